from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import TokenError

from accounts.models import Session
from accounts.serializers import IntrospectionSerializer, TokenSerializer
from accounts.tokens import RefreshToken
from ecom.authentication import principal_of
from ecom.principal import Principal
from ecom.tokens import AccessToken, ShopToken

CLAIMS = ("sub", "sid", "iss", "aud", "jti", "iat", "exp")


def verified(token: str) -> ShopToken | None:
    """The token, unless it is malformed, expired, revoked, or a refresh token that was used."""
    for token_class in (AccessToken, RefreshToken):
        try:
            found = token_class(token)
        except TokenError:
            continue
        sessions = Session.objects.of(found.principal)
        if isinstance(found, RefreshToken):
            sessions = sessions.filter(refresh_digest=found.digest)
        return found if sessions.exists() else None
    return None


def may_ask(asking: Principal, token: ShopToken) -> bool:
    return asking.is_staff or asking.id == token.principal.id


def description(token: ShopToken) -> dict[str, Any]:
    claims = {name: token[name] for name in CLAIMS}
    return {
        "active": True,
        "token_type": "Bearer",
        "username": token.principal.handle,
        **claims,
    }


class Introspect(GenericAPIView[Any]):
    """Whether a token is good at this moment (RFC 7662). Staff may ask about anybody's."""

    serializer_class = TokenSerializer
    throttle_scope = "write"

    @extend_schema(responses=IntrospectionSerializer)
    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        token = verified(serializer.validated_data["token"])
        if token is None or not may_ask(principal_of(request), token):
            return Response({"active": False})
        return Response(description(token))
