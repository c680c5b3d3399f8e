from uuid import UUID

import jwt
from django.conf import settings

from ecom.peers.asking import Peer
from ecom.peers.http import PeerClient
from ecom.peers.interfaces import PeerUnavailable
from ecom.peers.remote_keys import RemoteKeys
from ecom.peers.revocations import RevocationFeed
from ecom.principal import Principal


class AccountsOverHTTP:
    """AccountsPeer for a service that runs apart from accounts."""

    def __init__(self) -> None:
        client = PeerClient("ACCOUNTS_URL", settings.ACCOUNTS_URL)
        self.keys = RemoteKeys(client, "/.well-known/jwks.json")
        self.peer = Peer("accounts", client, self.keys)
        self.revocations = RevocationFeed(self.peer)

    def start(self) -> None:
        self.revocations.start()

    def find_key(self, kid: str) -> jwt.PyJWK | None:
        return self.keys.find_key(kid)

    def is_revoked(self, principal: Principal) -> bool:
        return self.revocations.current().revoke(principal)

    def sign_in_staff(self, email: str, password: str, address: str) -> Principal | None:
        content = {"email": email, "password": password, "address": address}
        answer = self.peer.ask("staff-sign-in", "/accounts/peer/staff-sign-in/", **content)
        try:
            return Principal.from_claims(answer["account"]) if answer["account"] else None
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise PeerUnavailable from error

    def find_account(self, handle: str) -> UUID | None:
        answer = self.peer.ask("find-account", "/accounts/peer/accounts/", handle=handle)
        try:
            return UUID(answer["id"]) if answer["id"] else None
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise PeerUnavailable from error
