"""The calls of the first little-ecom, for its clients: the same code behind other routes."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError

from accounts import closing
from accounts.credentials import verify
from accounts.models import EmailTaken, Session, User
from accounts.serializers import EmailField, PasswordField, TokenSerializer
from accounts.tokens import begin_session
from ecom.fields import TextField
from ecom.original import OriginalView
from ecom.tokens import AccessToken


class RegisterSerializer(serializers.Serializer[User]):
    email = EmailField()
    password = PasswordField(min_length=6)


class CredentialsSerializer(serializers.Serializer[None]):
    email = TextField(max_length=254, trim_whitespace=False)
    password = PasswordField()


class ValidSerializer(serializers.Serializer[None]):
    email = serializers.EmailField()
    exp = serializers.IntegerField()


class AuthView(OriginalView):
    authentication_classes = ()
    permission_classes = ()
    throttle_scope = "sign-in"

    def validated(self, request: Request, *names: str) -> list[str]:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return [serializer.validated_data[name] for name in names]

    def get_authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class Register(AuthView):
    serializer_class = RegisterSerializer
    throttle_scope = "sign-up"
    error_statuses = {"post": [503]}

    @extend_schema(tags=["original"], responses={201: None})
    def post(self, request: Request) -> Response:
        try:
            User.objects.sign_up(*self.validated(request, "email", "password"))
        except EmailTaken as error:
            raise serializers.ValidationError({"email": [error.detail]}) from error
        return Response(status=201)


class SignIn(AuthView):
    serializer_class = CredentialsSerializer
    error_statuses = {"post": [401, 503]}

    @extend_schema(tags=["original"], responses={(200, "text/plain"): OpenApiTypes.STR})
    def post(self, request: Request) -> HttpResponse:
        user = verify(request._request, *self.validated(request, "email", "password"))
        tokens = begin_session(user, request._request)
        return HttpResponse(tokens["access"], content_type="text/plain")


class Validate(AuthView):
    serializer_class = TokenSerializer
    error_statuses = {"post": [401]}

    @extend_schema(tags=["original"], responses=ValidSerializer)
    def post(self, request: Request) -> Response:
        try:
            token = AccessToken(*self.validated(request, "token"))
        except TokenError as error:
            raise InvalidToken(error.args[0]) from error
        session = Session.objects.of(token.principal).select_related("user").first()
        if session is None:
            raise InvalidToken("The session has ended")
        return Response({"email": session.user.email, "exp": token["exp"]})


class Delete(AuthView):
    serializer_class = CredentialsSerializer
    deletes_with_body = True
    error_statuses = {"delete": [401, 503]}

    @extend_schema(tags=["original"], responses={204: None})
    def delete(self, request: Request) -> Response:
        closing.close(verify(request._request, *self.validated(request, "email", "password")))
        return Response(status=204)
