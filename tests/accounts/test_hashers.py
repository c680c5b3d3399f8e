import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

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
    free = threading.Event()
    with ThreadPoolExecutor(1) as busy:
        monkeypatch.setattr(hashers, "_threads", busy)
        busy.submit(free.wait)
        with pytest.raises(Overloaded):
            BoundedArgon2PasswordHasher().encode("x", "saltsaltsalt")
        free.set()


def test_a_failed_hash_is_told_and_the_next_is_made() -> None:
    for _ in range((os.cpu_count() or 1) + 1):
        with pytest.raises(AttributeError):
            BoundedArgon2PasswordHasher().encode(None, "saltsaltsalt")  # type: ignore[arg-type]
    assert BoundedArgon2PasswordHasher().encode("x", "saltsaltsalt")


def test_works_in_a_forked_process() -> None:
    """As in a worker of a server that made a hash before it forked."""
    hash_in_child = (
        "import os\n"
        "from accounts.hashers import BoundedArgon2PasswordHasher\n"
        "BoundedArgon2PasswordHasher().encode('x', 'saltsaltsalt')\n"
        "if child := os.fork():\n"
        "    os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
        "BoundedArgon2PasswordHasher().encode('x', 'saltsaltsalt')\n"
        "os._exit(0)\n"
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", hash_in_child],
        check=False,
        timeout=60,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
