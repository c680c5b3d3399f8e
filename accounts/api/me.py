from typing import Any

from axes.models import AccessAttempt
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import closing, mail
from accounts.credentials import WrongPassword, confirm
from accounts.models import User
from accounts.serializers import (
    AccountSerializer,
    EmailChangeSerializer,
    ExportSerializer,
    PasswordChangeSerializer,
    PasswordSerializer,
    SessionSerializer,
    check_new_password,
)
from ecom.authentication import principal_of

CATALOG_LISTS = {
    "items": "/catalog/my/items/",
    "purchases": "/catalog/my/purchases/",
    "sales": "/catalog/my/sales/",
}


@method_decorator(never_cache, name="dispatch")
class Me(RetrieveAPIView[User]):
    """The account that is signed in."""

    serializer_class = AccountSerializer

    def get_object(self) -> User:
        return User.objects.get(pk=principal_of(self.request).id)


class Close(GenericAPIView[Any]):
    """Close the account for good: its items go off sale, its tokens are void, its data go."""

    serializer_class = PasswordSerializer
    error_statuses = {"post": [429]}

    @extend_schema(responses={204: None})
    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        closing.close(confirm(request, serializer.validated_data["password"]))
        return Response(status=204)


class Password(GenericAPIView[Any]):
    """Change the password. Every session ends, this one included."""

    serializer_class = PasswordChangeSerializer
    error_statuses = {"post": [429]}

    @extend_schema(responses={204: None})
    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        passwords = serializer.validated_data
        user = confirm(request, passwords["current_password"])
        check_new_password("new_password", passwords["new_password"], user)
        if not user.change_password(passwords["new_password"]):
            raise WrongPassword  # it was changed a moment ago
        return Response(status=204)


class Email(GenericAPIView[Any]):
    """Ask for another e-mail address. It holds once the link mailed to it was followed."""

    serializer_class = EmailChangeSerializer
    throttle_scope = "mail"

    @extend_schema(responses={202: None})
    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = confirm(request, serializer.validated_data["password"])
        mail.send_later(mail.send_email_confirmation, user, serializer.validated_data["email"])
        return Response(status=202)


@method_decorator(never_cache, name="dispatch")
class Export(APIView):
    """Everything that is stored about the account, and where the catalog's part is."""

    @extend_schema(responses=ExportSerializer)
    def get(self, request: Request) -> Response:
        user = User.objects.get(pk=principal_of(request).id)
        context = {"request": request}
        return Response(
            {
                "account": AccountSerializer(user).data,
                "sessions": SessionSerializer(user.sessions, many=True, context=context).data,
                "failed_sign_ins": failed_sign_ins(user),
                "catalog": {
                    name: request.build_absolute_uri(path) for name, path in CATALOG_LISTS.items()
                },
            }
        )


def failed_sign_ins(user: User) -> list[dict[str, Any]]:
    attempts = AccessAttempt.objects.filter(username=user.email)
    return list(attempts.values("ip_address", "user_agent", "attempt_time", "failures_since_start"))
