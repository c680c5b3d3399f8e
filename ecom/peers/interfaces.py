from typing import Protocol
from uuid import UUID

import jwt
from rest_framework.exceptions import APIException

from ecom.principal import Principal


class PeerUnavailable(APIException):
    """The other service did not answer in time, or not as agreed."""

    status_code = 503
    default_detail = "Part of the shop does not answer at the moment. Try again shortly."
    default_code = "peer_unavailable"
    wait = 5  # seconds, sent as Retry-After


class AccountsPeer(Protocol):
    """What any service needs from accounts. Each method but start may raise PeerUnavailable."""

    def start(self) -> None:
        """Called once in each worker process, after it was forked."""

    def find_key(self, kid: str) -> jwt.PyJWK | None:
        """The published public key of that id."""

    def is_revoked(self, principal: Principal) -> bool:
        """Whether the principal's session has ended, or its account's generation is older."""

    def sign_in_staff(self, email: str, password: str, address: str) -> Principal | None:
        """The staff account with these credentials. `address` is the client's, for the lockout."""

    def find_account(self, handle: str) -> UUID | None:
        """The id of the open account of that handle."""


class CatalogPeer(Protocol):
    """What accounts needs from catalog."""

    def withdraw_items(self, owner_id: UUID) -> bool:
        """Take everything of a closed account off sale, and refuse what it offers later.

        True when all of it is done, False when time ran out and a further call has to go on.
        Raises PeerUnavailable.
        """
