from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

LINKS = [
    "sign-up",
    "sign-in",
    "refresh",
    "sign-out",
    "sign-out-everywhere",
    "sessions",
    "me",
    "me-password",
    "me-email",
    "me-export",
    "me-close",
    "email-confirmations",
    "password-resets",
    "password-resets-confirm",
    "introspect",
    "jwks",
    "docs",
]


class Accounts(APIView):
    """People: sign up, sign in, and what belongs to one's account."""

    permission_classes = [AllowAny]

    @extend_schema(responses={200: {"type": "object", "additionalProperties": {"type": "string"}}})
    def get(self, request: Request) -> Response:
        return Response({name: reverse(f"accounts:{name}", request=request) for name in LINKS})
