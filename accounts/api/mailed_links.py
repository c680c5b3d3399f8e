"""What the links in mails do, for programs. People follow them to accounts.pages."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import links, mail
from accounts.followed_links import confirm_email, reset_password
from accounts.serializers import (
    EmailSerializer,
    LinkSerializer,
    PasswordResetSerializer,
    check_new_password,
)


class PublicView(GenericAPIView[Any]):
    authentication_classes = ()
    permission_classes = ()
    throttle_scope = "mail"


class PasswordResets(PublicView):
    """Have a link mailed that sets a new password. The answer is the same for any address."""

    serializer_class = EmailSerializer
    error_statuses = {"post": [503]}

    @extend_schema(responses={202: None})
    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        mail.send_later(mail.send_password_reset, serializer.validated_data["email"])
        return Response(status=202)


class PasswordResetsConfirm(PublicView):
    """Set a new password with the token of a mailed link. Every session ends."""

    serializer_class = PasswordResetSerializer
    throttle_scope = "sign-in"
    error_statuses = {"post": [404, 503]}

    @extend_schema(responses={204: None})
    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user, _ = links.read("password-reset", serializer.validated_data["token"])
        password = serializer.validated_data["password"]
        check_new_password("password", password, user)
        reset_password(user, password)
        return Response(status=204)


class EmailConfirmations(PublicView):
    """Take the e-mail address that the token's link was mailed to."""

    serializer_class = LinkSerializer
    throttle_scope = "sign-in"
    error_statuses = {"post": [404, 409]}

    @extend_schema(responses={204: None})
    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        confirm_email(serializer.validated_data["token"])
        return Response(status=204)
