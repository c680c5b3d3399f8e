"""The list of what accounts has revoked, so that no request has to ask.

The ended sessions, and for accounts whose tokens are void the lowest generation that is not, as
long as a token or a browser's session from before may be shown (settings.REVOKED_FOR).
"""

import logging
import os
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from ecom.peers.asking import Peer
from ecom.peers.interfaces import PeerUnavailable
from ecom.principal import Principal

logger = logging.getLogger(__name__)

PATH = "/accounts/peer/revocations/"
INTERVAL = 4  # seconds between two fetches
FIRST_WAIT = 5  # seconds that the first request of a process waits for its list


@dataclass(frozen=True)
class Revocations:
    sids: frozenset[str] = frozenset()
    gens: dict[str, int] = field(default_factory=dict)
    digest: str = ""

    @classmethod
    def from_claims(cls, claims: dict[str, Any]) -> "Revocations":
        """Raises KeyError or TypeError for claims of another form."""
        sids, gens = claims["sids"], claims["gens"]
        if not (isinstance(sids, list) and isinstance(gens, dict)):
            raise TypeError("sids is no list, or gens no object")
        if not all(type(gen) is int for gen in gens.values()):
            raise TypeError("a generation is no number")
        return cls(frozenset(sids), gens, claims["digest"])

    def revoke(self, principal: Principal) -> bool:
        too_old = principal.gen < self.gens.get(str(principal.id), 0)
        return too_old or str(principal.sid) in self.sids


class RevocationFeed:
    """Fetches the list every few seconds, in a thread that each process starts for itself."""

    def __init__(self, accounts: Peer) -> None:
        self.accounts = accounts
        self._list = Revocations()
        self._confirmed_at = float("-inf")  # time.monotonic() of the last good answer
        self._lock = threading.Lock()
        self._pid = 0
        self._first = threading.Event()

    def current(self) -> Revocations:
        """Raises PeerUnavailable without a list, or with one older than an access token lives."""
        self.start()
        self._first.wait(FIRST_WAIT)
        if time.monotonic() - self._confirmed_at > settings.ACCESS_TOKEN_LIFETIME.total_seconds():
            raise PeerUnavailable
        return self._list

    def start(self) -> None:
        """Does nothing where the thread runs already. A server calls it after the fork, so that
        no request waits for the first list; where none did, the first request starts it.
        """
        if self._pid == os.getpid():
            return
        with self._lock:
            if self._pid == os.getpid():
                return
            self._first = threading.Event()
            threading.Thread(target=self._run, name="revocations", daemon=True).start()
            self._pid = os.getpid()

    def _run(self) -> None:
        while True:
            try:
                self.refresh()
            except PeerUnavailable:
                logger.warning("accounts does not serve its revocations; the last list stays")
            except Exception:  # whatever it was, the next fetch must take place
                logger.exception("The revocations cannot be read")
            self._first.set()
            time.sleep(INTERVAL)

    def refresh(self) -> None:
        """Raises PeerUnavailable."""
        asked_at = time.monotonic()
        known = self._list.digest
        answer = self.accounts.ask("revocations", PATH, known=known)
        if answer.get("digest") != known:
            try:
                self._list = Revocations.from_claims(answer)
            except (KeyError, TypeError) as error:
                raise PeerUnavailable from error
        self._confirmed_at = asked_at
