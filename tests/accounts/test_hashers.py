import os
import threading
import time

import pytest

from accounts import hashers
from accounts.hashers import BoundedArgon2PasswordHasher
from ecom.errors import Overloaded


def test_parameters() -> None:
    encoded = BoundedArgon2PasswordHasher().encode("a password", "saltsaltsalt")
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert BoundedArgon2PasswordHasher().verify("a password", encoded)
    assert not BoundedArgon2PasswordHasher().verify("another", encoded)


def test_never_more_at_once_than_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    running: list[int] = []
    peak: list[int] = []

    def slow(*args: object) -> str:
        running.append(1)
        peak.append(len(running))
        time.sleep(0.02)
        running.pop()
        return ""

    monkeypatch.setattr("django.contrib.auth.hashers.Argon2PasswordHasher.encode", slow)
    hasher = BoundedArgon2PasswordHasher()
    threads = [threading.Thread(target=hasher.encode, args=("x", "y")) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(peak) == 12
    assert max(peak) <= (os.cpu_count() or 1)


def test_gives_up_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashers, "MAX_WAIT", 0.01)
    monkeypatch.setattr(hashers, "_slots", threading.BoundedSemaphore(1))
    with hashers.slot(), pytest.raises(Overloaded):
        BoundedArgon2PasswordHasher().encode("x", "saltsaltsalt")


def test_a_failed_hash_gives_its_slot_back(monkeypatch: pytest.MonkeyPatch) -> None:
    slots = threading.BoundedSemaphore(1)
    monkeypatch.setattr(hashers, "_slots", slots)
    with pytest.raises(AttributeError):
        BoundedArgon2PasswordHasher().encode(None, "y")  # type: ignore[arg-type]
    assert slots.acquire(blocking=False)
