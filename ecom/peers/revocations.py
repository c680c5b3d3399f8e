"""The list of what accounts has revoked, so that no request has to ask.

Accounts serves it signed: the ended sessions, and for accounts whose tokens are void the lowest
generation that is not, of one access-token lifetime (older tokens have expired anyway).
"""

import logging
import os
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from django.conf import settings

from ecom.peers.http import PeerClient
from ecom.peers.interfaces import PeerUnavailable
from ecom.peers.remote_keys import KeySource
from ecom.peers.signing import sign, verify
from ecom.principal import Principal

logger = logging.getLogger(__name__)

PATH = "/accounts/peer/revocations/"
SCOPE = "revocations"
INTERVAL = 4  # seconds between two fetches
FIRST_WAIT = 5  # seconds that the first request of a process waits for its list


@dataclass(frozen=True)
class Revocations:
    sids: frozenset[str] = frozenset()
    gens: dict[str, int] = field(default_factory=dict)
    etag: str = ""

    @classmethod
    def from_claims(cls, claims: dict[str, Any], etag: str) -> "Revocations":
        return cls(frozenset(claims["sids"]), claims["gens"], etag)

    def revoke(self, principal: Principal) -> bool:
        too_old = principal.gen < self.gens.get(str(principal.id), 0)
        return too_old or str(principal.sid) in self.sids


class RevocationFeed:
    """Fetches the list every few seconds, in a thread that each process starts for itself."""

    def __init__(self, client: PeerClient, keys: KeySource) -> None:
        self.client = client
        self.keys = keys
        self._list = Revocations()
        self._confirmed_at = float("-inf")  # time.monotonic() of the last good answer
        self._lock = threading.Lock()
        self._pid = 0
        self._first = threading.Event()

    def current(self) -> Revocations:
        """Raises PeerUnavailable without a list, or with one older than an access token lives."""
        if self._pid != os.getpid():
            self._start()
        self._first.wait(FIRST_WAIT)
        if time.monotonic() - self._confirmed_at > settings.ACCESS_TOKEN_LIFETIME.total_seconds():
            raise PeerUnavailable
        return self._list

    def _start(self) -> None:
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
        response = self.client.get(
            PATH, token=sign("accounts", SCOPE), headers={"If-None-Match": self._list.etag}
        )
        if response.status_code == 200:
            try:
                claims = verify(response.text, self.keys, "accounts", SCOPE)
                self._list = Revocations.from_claims(claims, response.headers.get("ETag", ""))
            except (jwt.InvalidTokenError, KeyError, TypeError) as error:
                raise PeerUnavailable from error
        elif response.status_code != 304:
            raise PeerUnavailable
        self._confirmed_at = asked_at
