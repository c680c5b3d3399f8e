from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ecom.keys import key_store

MAX_AGE = 300  # seconds; a new key is published long before it signs


@method_decorator(cache_control(public=True, max_age=MAX_AGE), name="dispatch")
class PublicKeys(APIView):
    """The keys that tokens are verified with: a JWK set (RFC 7517)."""

    authentication_classes = ()
    permission_classes = ()
    renderer_classes = [JSONRenderer]

    @extend_schema(responses={200: {"type": "object", "required": ["keys"]}})
    def get(self, request: Request) -> Response:
        return Response(key_store.load().published())
