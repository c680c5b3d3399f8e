"""Argon2id with the parameters OWASP recommends, and never more hashes at once than processors.

Without the bound, each of a hundred simultaneous sign-ups would take its 19 MiB at once.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

from ecom.errors import Overloaded

MAX_WAIT = 10  # seconds

_slots = BoundedSemaphore(os.cpu_count() or 1)


@contextmanager
def slot() -> Iterator[None]:
    """Raises Overloaded when no slot becomes free in time."""
    if not _slots.acquire(timeout=MAX_WAIT):
        raise Overloaded
    try:
        yield
    finally:
        _slots.release()


class BoundedArgon2PasswordHasher(Argon2PasswordHasher):
    memory_cost = 19456  # KiB
    time_cost = 2
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with slot():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with slot():
            return super().verify(password, encoded)
