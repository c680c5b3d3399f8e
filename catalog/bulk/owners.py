from dataclasses import dataclass
from uuid import UUID

from ecom.peers import accounts_peer


class UnknownOwnerError(LookupError):
    """The message is a sentence for people."""


@dataclass(frozen=True)
class Owner:
    id: UUID
    handle: str

    @classmethod
    def find(cls, handle: str) -> "Owner":
        """Raises UnknownOwnerError or PeerUnavailable."""
        account = accounts_peer().find_account(handle)
        if account is None:
            raise UnknownOwnerError(f"There is no open account with the handle {handle!r}.")
        return cls(account, handle)
