from uuid import UUID

import pytest

from ecom.peers import PeerUnavailable
from ecom.principal import Principal


class Directory:
    """Stands for accounts: whom it knows by which handle."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.accounts: dict[str, UUID] = {}
        self.available = True
        monkeypatch.setattr("catalog.bulk.owners.accounts_peer", lambda: self)

    def add(self, person: Principal) -> None:
        self.accounts[person.handle] = person.id

    def find_account(self, handle: str) -> UUID | None:
        if not self.available:
            raise PeerUnavailable
        return self.accounts.get(handle)
