"""Who is asking: a bearer token (RFC 6750), or the session of a browser that signed in."""

from typing import Any, cast

from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication

from ecom.peers import accounts_peer
from ecom.principal import Principal
from ecom.tokens import AccessToken

SESSION_KEY = "claims"


def principal_of(request: Request) -> Principal:
    """Who is signed in, on a view that demands it."""
    return cast(Principal, request.user)


class TokenAuthentication(JWTStatelessUserAuthentication):
    def get_user(self, validated_token: AccessToken) -> Principal:
        principal = validated_token.principal
        if accounts_peer().is_revoked(principal):
            raise AuthenticationFailed("This session has ended. Sign in again.", "session_ended")
        return principal


class BrowserAuthentication(SessionAuthentication):
    """The claims that signing in put into the session, checked like a token's, and CSRF."""

    def authenticate(self, request: Request) -> tuple[Principal, Any] | None:
        claims = request._request.session.get(SESSION_KEY)
        if claims is None:
            return None
        principal = Principal.from_claims(claims)
        if accounts_peer().is_revoked(principal):
            request._request.session.flush()
            return None
        self.enforce_csrf(request)
        return principal, None
