"""Access tokens (RFC 7519): how every process signs and verifies them."""

from typing import Any

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenError
from rest_framework_simplejwt.tokens import Token

from ecom.keys import key_store
from ecom.peers import accounts_peer
from ecom.principal import Principal

MAX_TOKEN_LENGTH = 4096  # characters; the shop's own are below 900


class KeyIDBackend(TokenBackend):
    """Names the signing key in the header's `kid` (RFC 7515, 4.1.4) and verifies with the key
    that `kid` names among those accounts publishes. Keys sent along (jwk, jku) are not looked at.
    """

    def get_verifying_key(self, token: Any) -> Any:
        try:
            kid = jwt.get_unverified_header(token).get("kid")
        except jwt.InvalidTokenError as error:
            raise TokenBackendError("Token is invalid") from error
        key = accounts_peer().find_key(kid) if isinstance(kid, str) else None
        if key is None:
            raise TokenBackendError("Token names no known key")
        return key.key

    def encode(self, payload: dict[str, Any]) -> str:
        key = key_store.load().active
        claims = payload | {"iss": self.issuer, "aud": self.audience}
        return jwt.encode(claims, key.key, algorithm="RS256", headers={"kid": key.key_id})

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        if len(token) > MAX_TOKEN_LENGTH:
            raise TokenBackendError("Token is too long")
        claims: dict[str, Any] = super().decode(token, verify)
        return claims


class ShopToken(Token):
    """A token for a principal; verifying raises TokenError."""

    _token_backend = KeyIDBackend(
        "RS256", issuer=settings.TOKEN_ISSUER, audience=settings.TOKEN_AUDIENCE
    )

    def verify(self) -> None:
        super().verify()
        try:
            self.principal = Principal.from_claims(self.payload)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise TokenError("Token lacks a claim") from error

    @classmethod
    def for_principal(cls, principal: Principal) -> "ShopToken":
        token = cls()
        token.principal = principal
        token.payload.update(principal.claims())
        return token


class AccessToken(ShopToken):
    token_type = "access"
    lifetime = settings.ACCESS_TOKEN_LIFETIME
