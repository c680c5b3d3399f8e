"""Requests and answers between services: JWTs of 60 seconds, each for one operation.

`iss` is the service that signs with its own key, `aud` the one meant, `scope` the operation.
"""

import time
import uuid
from typing import TYPE_CHECKING, Any

import jwt
from django.conf import settings
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from ecom.keys import key_store
from ecom.peers.remote_keys import KeySource

if TYPE_CHECKING:
    from rest_framework.views import APIView

LIFETIME = 60  # seconds


def sign(audience: str, scope: str, **claims: Any) -> str:
    """Other `claims` travel along, and may replace the `jti` (an answer repeats its request's)."""
    key = key_store.load().active
    now = int(time.time())
    payload = {
        "iss": settings.SERVICE_NAME,
        "aud": audience,
        "scope": scope,
        "iat": now,
        "exp": now + LIFETIME,
        "jti": uuid.uuid4().hex,
    } | claims
    return jwt.encode(payload, key.key, algorithm="RS256", headers={"kid": key.key_id})


def verify(token: str, keys: KeySource, issuer: str, scope: str) -> dict[str, Any]:
    """The claims. Raises jwt.InvalidTokenError, or PeerUnavailable where no key is known yet."""
    kid = jwt.get_unverified_header(token).get("kid")
    key = keys.find_key(kid) if isinstance(kid, str) else None
    if key is None:
        raise jwt.InvalidTokenError("no such key")
    claims: dict[str, Any] = jwt.decode(
        token,
        key.key,
        algorithms=["RS256"],
        audience=settings.SERVICE_NAME,
        issuer=issuer,
        options={"require": ["exp", "iat", "jti"]},
    )
    if claims.get("scope") != scope:
        raise jwt.InvalidTokenError("signed for another operation")
    return claims


class PeerService:
    """The service that signed the request, as `request.user`."""

    is_authenticated = True

    def __init__(self, name: str) -> None:
        self.name = name


class PeerAuthentication(BaseAuthentication):
    """For a view with `peer` (who may call), `peer_scope` and `peer_keys()`."""

    def authenticate(self, request: Request) -> tuple[PeerService, dict[str, Any]] | None:
        scheme, _, token = get_authorization_header(request).partition(b" ")
        if scheme != b"Bearer":
            return None
        view = request.parser_context["view"]
        try:
            claims = verify(token.decode(), view.peer_keys(), view.peer, view.peer_scope)
        except (jwt.InvalidTokenError, UnicodeDecodeError) as error:
            raise AuthenticationFailed("The peer's token is not valid.", "peer_token") from error
        return PeerService(view.peer), claims

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="peer"'


class IsPeerService(BasePermission):
    def has_permission(self, request: Request, view: "APIView") -> bool:
        return isinstance(request.user, PeerService)
