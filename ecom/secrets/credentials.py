"""The database's user and password, which are changed while processes run."""

import logging
import os
import threading
from time import monotonic

from ecom.secrets.reading import CURRENT, PENDING, read
from ecom.secrets.secret import Secret
from ecom.secrets.source import SecretError

logger = logging.getLogger(__name__)

Credentials = tuple[str, str]

RENEW_WITHIN = 4  # seconds: a request waits for it
FIRST_PAUSE, LONGEST_PAUSE = 1, 15  # seconds between two readings that brought nothing new


class RotatingCredentials:
    """Answers user and password from memory; told which the server refused, reads the secret anew.

    Of many threads that were refused, one reads and the others wait for what it brings. Where
    nothing else can be read it answers as before, so that the server's refusal is what is seen.
    """

    def __init__(self, secret: Secret) -> None:
        self.source = secret.source
        self._current = secret.credentials()
        self._refused: set[Credentials] = set()
        self._lock = threading.Lock()
        self._pause: float = FIRST_PAUSE
        self._not_before = 0.0
        # A thread that holds the lock while the process forks does not exist in the child.
        os.register_at_fork(after_in_child=self._new_lock)

    def __call__(self, refused: Credentials | None = None) -> Credentials:
        if refused is None:
            return self._current
        with self._lock:
            if self._current == refused and monotonic() >= self._not_before:
                self._renew()
            return self._current

    def __deepcopy__(self, memo: dict[int, object]) -> "RotatingCredentials":
        """Django copies a connection's settings for each further one. This is shared."""
        return self

    def _new_lock(self) -> None:
        self._lock = threading.Lock()

    def _renew(self) -> None:
        if monotonic() - self._not_before > LONGEST_PAUSE:  # what was refused then may be good now
            self._refused, self._pause = set(), FIRST_PAUSE
        self._refused.add(self._current)
        try:
            found = self._find()
        except SecretError as error:
            logger.error("The database refused its user or password. %s", error)
            found = self._current
        if found in self._refused:
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
        else:
            logger.warning("The database's user or password has changed: %s", self.source.secret_id)
            self._refused, self._pause = {self._current}, FIRST_PAUSE
        self._current = found
        self._not_before = monotonic() + self._pause

    def _find(self) -> Credentials:
        """A rotation gives the database the new password before the secret: it is pending then.

        Where both have been refused before, the other of the two: what was given up may be back.
        """
        current = self._read(CURRENT)
        if current not in self._refused:
            return current
        try:
            pending = self._read(PENDING)
        except SecretError:
            return current
        return current if pending == self._current else pending

    def _read(self, stage: str) -> Credentials:
        return read(self.source, stage, RENEW_WITHIN).credentials()
