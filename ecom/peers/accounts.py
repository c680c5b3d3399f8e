from urllib.parse import quote
from uuid import UUID, uuid4

import jwt
from django.conf import settings

from ecom.peers.http import PeerClient
from ecom.peers.interfaces import PeerUnavailable
from ecom.peers.remote_keys import RemoteKeys
from ecom.peers.revocations import RevocationFeed
from ecom.peers.signing import sign, verify
from ecom.principal import Principal


class AccountsOverHTTP:
    """AccountsPeer for a service that runs apart from accounts."""

    def __init__(self) -> None:
        self.client = PeerClient("ACCOUNTS_URL", settings.ACCOUNTS_URL)
        self.keys = RemoteKeys(self.client, "/.well-known/jwks.json")
        self.revocations = RevocationFeed(self.client, self.keys)

    def find_key(self, kid: str) -> jwt.PyJWK | None:
        return self.keys.find_key(kid)

    def is_revoked(self, principal: Principal) -> bool:
        return self.revocations.current().revoke(principal)

    def sign_in_staff(self, email: str, password: str, address: str) -> Principal | None:
        request_id = uuid4().hex
        response = self.client.post(
            "/accounts/peer/staff-sign-in/",
            token=sign("accounts", "staff-sign-in", jti=request_id),
            json={"email": email, "password": password, "address": address},
        )
        if response.status_code == 403:
            return None
        try:
            claims = verify(response.text, self.keys, "accounts", "staff-sign-in")
            if claims["jti"] != request_id:
                raise jwt.InvalidTokenError("answers another request")
            return Principal.from_claims(claims)
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError) as error:
            raise PeerUnavailable from error

    def find_account(self, handle: str) -> UUID | None:
        response = self.client.get(
            f"/accounts/peer/accounts/{quote(handle, safe='')}/",
            token=sign("accounts", "find-account"),
        )
        if response.status_code == 404:
            return None
        try:
            return UUID(response.json()["id"])
        except (ValueError, KeyError, TypeError) as error:
            raise PeerUnavailable from error
