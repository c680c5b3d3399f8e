"""Argon2id with the parameters OWASP recommends, and never more hashes at once than processors.

Without the bound, each of a hundred simultaneous sign-ups would take its 19 MiB at once. Threads
of their own make the hashes, since the allocator keeps what each thread that hashed has freed.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.contrib.auth.hashers import Argon2PasswordHasher

from ecom.errors import Overloaded

T = TypeVar("T")

MAX_WAIT = 10  # seconds

_threads: ThreadPoolExecutor


def start_threads() -> None:
    global _threads  # noqa: PLW0603  (one per process)
    _threads = ThreadPoolExecutor(os.cpu_count() or 1, "argon2")


start_threads()
os.register_at_fork(after_in_child=start_threads)  # a fork leaves the threads behind


def in_turn(make_hash: Callable[[], T]) -> T:
    """Raises Overloaded when its turn does not come in time."""
    future = _threads.submit(make_hash)
    try:
        return future.result(MAX_WAIT)
    except TimeoutError as error:
        future.cancel()
        raise Overloaded from error


class BoundedArgon2PasswordHasher(Argon2PasswordHasher):
    memory_cost = 19456  # KiB
    time_cost = 2
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        return in_turn(lambda: Argon2PasswordHasher.encode(self, password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        return in_turn(lambda: Argon2PasswordHasher.verify(self, password, encoded))
