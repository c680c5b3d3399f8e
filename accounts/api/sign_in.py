from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import extend_schema
from rest_framework.generics import CreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenViewBase

from accounts.models import Session, User
from accounts.serializers import (
    AccountSerializer,
    RefreshSerializer,
    SignedUpSerializer,
    SignInSerializer,
    SignUpSerializer,
)
from accounts.tokens import begin_session
from ecom.authentication import principal_of


@method_decorator(never_cache, name="dispatch")
class SignUp(CreateAPIView[User]):
    """Make an account and sign in to it."""

    authentication_classes = ()
    permission_classes = ()
    serializer_class = SignUpSerializer
    throttle_scope = "sign-up"
    error_statuses = {"post": [409, 503]}

    @extend_schema(responses={201: SignedUpSerializer})
    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = serializer.save()
        account = AccountSerializer(user).data
        tokens = begin_session(user, request._request)
        fields = ("id", "email", "handle")
        return Response({name: account[name] for name in fields} | tokens, status=201)


@method_decorator(never_cache, name="dispatch")
class SignIn(TokenViewBase):
    """Get an access token (30 minutes) and a refresh token (14 days, good for one use)."""

    serializer_class = SignInSerializer
    throttle_scope = "sign-in"
    error_statuses = {"post": [401, 503]}


@method_decorator(never_cache, name="dispatch")
class Refresh(TokenViewBase):
    """Exchange a refresh token for new tokens. One that was used before ends its session."""

    serializer_class = RefreshSerializer
    throttle_scope = "sign-in"
    error_statuses = {"post": [401]}


class SignOut(APIView):
    """End this session: its tokens are void."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        Session.objects.of(principal_of(request)).end()
        return Response(status=204)


class SignOutEverywhere(APIView):
    """End every session of the account, this one included."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        User.objects.get(pk=principal_of(request).id).revoke_tokens()
        return Response(status=204)
