from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as DjangoValidationError
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import get_error_detail

from accounts.credentials import verify
from accounts.models import Session, User
from accounts.tokens import RefreshToken, Tokens, begin_session, rotate
from accounts.validators import MAX_PASSWORD
from ecom.fields import TextField
from ecom.tokens import MAX_TOKEN_LENGTH

MIN_PASSWORD = 8  # characters


class EmailField(TextField, serializers.EmailField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, **options)

    def to_internal_value(self, data: Any) -> str:
        return User.objects.normalize_email(super().to_internal_value(data))


class PasswordField(TextField):
    def __init__(self, **options: Any) -> None:
        style = {"input_type": "password"}
        super().__init__(
            max_length=MAX_PASSWORD,
            trim_whitespace=False,
            write_only=True,
            style=style,
            **options,
        )


@extend_schema_field({"type": "string", "pattern": r"\D"})
class NewPasswordField(PasswordField):
    """Neither too common nor like the e-mail address: check_new_password() sees to that."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_length=MIN_PASSWORD, **options)


def check_new_password(field: str, password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except DjangoValidationError as error:
        raise serializers.ValidationError({field: get_error_detail(error)}) from error


class AccountSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "email", "handle", "is_staff", "date_joined"]
        read_only_fields = fields


class SignUpSerializer(serializers.Serializer[User]):
    email = EmailField()
    password = NewPasswordField()

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        check_new_password("password", attrs["password"], User(email=attrs["email"]))
        return attrs

    def create(self, validated_data: dict[str, str]) -> User:
        return User.objects.sign_up(validated_data["email"], validated_data["password"])


class SignedUpSerializer(AccountSerializer):
    access = serializers.CharField()
    refresh = serializers.CharField()

    class Meta(AccountSerializer.Meta):
        fields = ["id", "email", "handle", "access", "refresh"]
        read_only_fields = fields


class SignInSerializer(serializers.Serializer[None]):
    # Not checked for its form: what is no address belongs to no account.
    email = TextField(max_length=254, trim_whitespace=False, write_only=True)
    password = PasswordField()
    access = serializers.CharField(read_only=True)
    refresh = serializers.CharField(read_only=True)

    def validate(self, attrs: dict[str, str]) -> Tokens:
        request = self.context["request"]._request
        return begin_session(verify(request, attrs["email"], attrs["password"]), request)


class RefreshSerializer(serializers.Serializer[None]):
    refresh = TextField(max_length=MAX_TOKEN_LENGTH, trim_whitespace=False)
    access = serializers.CharField(read_only=True)

    def validate(self, attrs: dict[str, str]) -> Tokens:
        return rotate(RefreshToken(attrs["refresh"]))


class SessionSerializer(serializers.ModelSerializer[Session]):
    current = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = [
            "sid",
            "current",
            "address",
            "user_agent",
            "created_at",
            "last_used_at",
            "expires_at",
        ]
        read_only_fields = fields

    def get_current(self, session: Session) -> bool:
        return bool(session.sid == self.context["request"].user.sid)


class PasswordSerializer(serializers.Serializer[None]):
    password = PasswordField()


class PasswordChangeSerializer(serializers.Serializer[None]):
    current_password = PasswordField()
    new_password = NewPasswordField()


class EmailChangeSerializer(serializers.Serializer[None]):
    email = EmailField()
    password = PasswordField()


class EmailSerializer(serializers.Serializer[None]):
    email = EmailField()


class LinkSerializer(serializers.Serializer[None]):
    token = TextField(max_length=MAX_TOKEN_LENGTH, trim_whitespace=False)


class PasswordResetSerializer(LinkSerializer):
    password = NewPasswordField()


class TokenSerializer(serializers.Serializer[None]):
    token = TextField(max_length=MAX_TOKEN_LENGTH, trim_whitespace=False, write_only=True)


class IntrospectionSerializer(serializers.Serializer[None]):
    """RFC 7662. Of a token that is not active, or not yours, there is only `active`."""

    active = serializers.BooleanField()
    token_type = serializers.CharField(required=False)
    sub = serializers.UUIDField(required=False)
    username = serializers.CharField(required=False)
    sid = serializers.UUIDField(required=False)
    iss = serializers.CharField(required=False)
    aud = serializers.CharField(required=False)
    jti = serializers.CharField(required=False)
    iat = serializers.IntegerField(required=False)
    exp = serializers.IntegerField(required=False)


class ExportLinksSerializer(serializers.Serializer[None]):
    items = serializers.URLField()
    purchases = serializers.URLField()
    sales = serializers.URLField()


class ExportSerializer(serializers.Serializer[None]):
    account = AccountSerializer()
    sessions = SessionSerializer(many=True)
    failed_sign_ins = serializers.ListField(child=serializers.DictField())
    catalog = ExportLinksSerializer()
