import hashlib
from typing import TypedDict

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from rest_framework_simplejwt.exceptions import TokenError

from accounts.models import Session, User
from ecom.principal import Principal
from ecom.tokens import AccessToken, ShopToken


class Tokens(TypedDict):
    access: str
    refresh: str


class RefreshToken(ShopToken):
    """Good for one use. Its session keeps the digest of the one that is due."""

    token_type = "refresh"
    lifetime = settings.REFRESH_TOKEN_LIFETIME

    @property
    def digest(self) -> str:
        return hashlib.sha256(self["jti"].encode()).hexdigest()

    def successor(self, principal: Principal) -> "RefreshToken":
        """Its id follows from this one's, so that two tabs that refresh at once get the same."""
        token = RefreshToken.for_principal(principal)
        token["jti"] = salted_hmac("accounts.refresh", self["jti"], algorithm="sha256").hexdigest()
        return token


def begin_session(user: User, request: HttpRequest) -> Tokens:
    session = Session.objects.begin(user, request)
    refresh = RefreshToken.for_principal(session.principal)
    Session.objects.filter(pk=session.pk).update(refresh_digest=refresh.digest)
    return {"access": str(AccessToken.for_principal(session.principal)), "refresh": str(refresh)}


def rotate(used: RefreshToken) -> Tokens:
    """Raises TokenError, and ends the session when `used` was used before."""
    session = Session.objects.of(used.principal).select_related("user").first()
    if session is None:
        raise TokenError("The session has ended")
    refresh = used.successor(session.principal)
    if not session.rotate(used.digest, refresh.digest):
        raise TokenError("The token was used before")
    return {"access": str(AccessToken.for_principal(session.principal)), "refresh": str(refresh)}
