"""Credentials that are read anew once the server refused them."""

import copy
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ecom.secrets import credentials, reading
from ecom.secrets.credentials import RotatingCredentials
from ecom.secrets.secret import Secret
from ecom.secrets.source import SecretError, Source
from tests.ecom.secrets.aws import ENDPOINT, SecretsManager, refused
from tests.ecom.secrets.process import ROOT

FIRST, SECOND = (
    {"username": "shop", "password": "first"},
    {"username": "shop", "password": "second"},
)
OLD, NEW = ("shop", "first"), ("shop", "second")
FORK = """
import os, sys
from ecom.secrets.credentials import RotatingCredentials
from ecom.secrets.secret import Secret
from ecom.secrets.source import Source
secret = Secret(Source("A", "a", "eu-central-1"), "", None, "", {"username": "u", "password": "p"})
held = RotatingCredentials(secret)
held._lock.acquire()
child = os.fork()
if child == 0:
    os._exit(not held._lock.acquire(timeout=5))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


class Readings:
    """Counts what is read, at a time that tests set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stages: list[str] = []
        self.now = 1000.0
        monkeypatch.setattr(credentials, "read", self.read)
        monkeypatch.setattr(credentials, "monotonic", lambda: self.now)

    def read(self, source: Source, stage: str, within: float) -> Secret:
        self.stages.append(stage)
        return reading.read(source, stage, within)

    def forget(self) -> Iterator[str]:
        stages, self.stages = self.stages, []
        yield from stages


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    return Readings(monkeypatch)


@pytest.fixture
def name(secrets: SecretsManager) -> str:
    return secrets.make(FIRST)


@pytest.fixture
def rotating(name: str, readings: Readings) -> RotatingCredentials:
    return RotatingCredentials(reading.read_once("ECOM_DATABASE_SECRET_ID", name))


def test_read_anew_only_when_refused(
    secrets: SecretsManager, name: str, rotating: RotatingCredentials, readings: Readings
) -> None:
    secrets.change(name, SECOND)
    assert rotating() == OLD
    assert readings.stages == []
    assert rotating(OLD) == NEW
    assert rotating() == NEW
    assert readings.stages == ["AWSCURRENT"]


def test_one_reading_for_many_threads(
    secrets: SecretsManager, name: str, rotating: RotatingCredentials, readings: Readings
) -> None:
    secrets.change(name, SECOND)
    barrier = threading.Barrier(20)

    def refuse() -> tuple[str, str]:
        barrier.wait()
        return rotating(OLD)

    with ThreadPoolExecutor(20) as pool:
        found = [each.result() for each in [pool.submit(refuse) for _ in range(20)]]
    assert found == [NEW] * 20
    assert readings.stages == ["AWSCURRENT"]


def test_refusals_that_come_late(
    secrets: SecretsManager, name: str, rotating: RotatingCredentials, readings: Readings
) -> None:
    """Of connections that were begun before the change was known."""
    secrets.change(name, SECOND)
    rotating(OLD)
    readings.now += 100
    assert rotating(OLD) == NEW
    assert readings.stages == ["AWSCURRENT"]


def read_at(rotating: RotatingCredentials, readings: Readings) -> list[float]:
    """When it reads the secret, within 100 seconds in which whatever it answers is refused."""
    times = []
    for tenth in range(1000):
        readings.now = tenth / 10
        rotating(rotating())
        if "AWSCURRENT" in readings.forget():
            times.append(readings.now)
    return times


def test_ever_longer_pauses_while_nothing_is_new(
    rotating: RotatingCredentials, readings: Readings
) -> None:
    assert read_at(rotating, readings) == [0, 2, 6, 14, 29, 44, 59, 74, 89]


def test_ever_longer_pauses_between_two_that_are_wrong(
    secrets: SecretsManager, name: str, rotating: RotatingCredentials, readings: Readings
) -> None:
    """As after a rotation that failed long ago. Each has its turn."""
    secrets.change(name, SECOND, stage="AWSPENDING")
    assert read_at(rotating, readings) == [0, 1, 3, 7, 15, 30, 45, 60, 75, 90]
    last = rotating()
    readings.now = 105
    assert {last, rotating(last)} == {OLD, NEW}


def test_refused_once_in_a_while(
    secrets: SecretsManager, name: str, rotating: RotatingCredentials, readings: Readings
) -> None:
    """Though the password is right: what a failed rotation left is tried for a second each time."""
    secrets.change(name, SECOND, stage="AWSPENDING")
    for hour in range(1, 5):
        readings.now = hour * 3600.0
        assert rotating(OLD) == NEW
        readings.now += 1
        assert rotating(NEW) == OLD


def test_password_that_the_database_has_before_the_secret(
    secrets: SecretsManager, name: str, rotating: RotatingCredentials, readings: Readings
) -> None:
    """The rotation of AWS changes the database first, and the secret some seconds later."""
    secrets.change(name, SECOND, stage="AWSPENDING")
    assert rotating(OLD) == NEW
    assert readings.stages == ["AWSCURRENT", "AWSPENDING"]


def test_pending_password_that_was_given_up(
    secrets: SecretsManager, name: str, rotating: RotatingCredentials, readings: Readings
) -> None:
    secrets.change(name, SECOND, stage="AWSPENDING")
    rotating(OLD)
    readings.now += 1
    assert rotating(NEW) == OLD


def test_secrets_manager_does_not_answer(
    rotating: RotatingCredentials,
    readings: Readings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv(ENDPOINT, refused())
    assert rotating(OLD) == OLD
    [record] = [each for each in caplog.records if each.levelname == "ERROR"]
    assert "refused its user or password. ECOM_DATABASE_SECRET_ID: the secret" in record.message
    assert "first" not in caplog.text


def test_copies_of_settings_share_it(rotating: RotatingCredentials) -> None:
    assert copy.deepcopy({"credentials": rotating})["credentials"] is rotating


def test_fork_while_a_thread_reads() -> None:
    subprocess.run([sys.executable, "-c", FORK], cwd=ROOT, check=True, timeout=30)


def test_no_password_at_the_start(secrets: SecretsManager) -> None:
    name = secrets.make({"username": "shop"})
    with pytest.raises(SecretError, match="no password"):
        RotatingCredentials(reading.read_once("ECOM_DATABASE_SECRET_ID", name))
