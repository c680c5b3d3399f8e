"""While the database is away one call asks whether it is back, and the others are refused."""

import threading
from collections.abc import Iterator

import psycopg
import psycopg_pool
import pytest
from django.db import OperationalError
from django.test import Client
from pymongo.errors import (
    AutoReconnect,
    NetworkTimeout,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
    WriteError,
)

from ecom.outage import Outage, has_waited, outage

WAITED = psycopg_pool.PoolTimeout()


def failed(cause: Exception) -> OperationalError:
    error = OperationalError()
    error.__cause__ = cause
    return error


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """What the database says when it is asked, one after the other."""
    answers: list[bool] = []
    for module in ("health", "outage"):  # which the former imports
        monkeypatch.setattr(f"ecom.{module}.database_answers", lambda: answers.pop(0))
    monkeypatch.setattr("ecom.outage.PAUSE", 0)
    yield answers
    assert answers == []


@pytest.mark.parametrize(
    "cause",
    [
        WAITED,
        psycopg.errors.ConnectionTimeout(),
        ServerSelectionTimeoutError(),
        WaitQueueTimeoutError(),
        NetworkTimeout(),
    ],
    ids=lambda cause: type(cause).__name__,
)
def test_waited_in_vain(cause: Exception) -> None:
    assert has_waited(cause)


@pytest.mark.parametrize(
    "cause",
    [
        None,
        psycopg.OperationalError(),
        psycopg.errors.AdminShutdown(),
        psycopg.errors.QueryCanceled(),
        psycopg.errors.LockNotAvailable(),
        psycopg.errors.DeadlockDetected(),
        AutoReconnect(),
        WriteError("conflict", 112),
        OSError(),
    ],
    ids=lambda cause: type(cause).__name__,
)
def test_failed_at_once(cause: Exception | None) -> None:
    """The next call may do better, and others go on meanwhile."""
    assert not has_waited(cause)


def test_from_failure_to_recovery(answers: list[bool]) -> None:
    outage = Outage()
    assert not outage.goes_on()
    outage.notice(failed(WAITED))
    answers += [False, False, True]
    assert [outage.goes_on() for _ in range(4)] == [True, True, False, False]


def test_who_has_just_waited_is_not_the_next_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a call would wait twice."""
    asked: list[bool] = []
    monkeypatch.setattr("ecom.outage.database_answers", lambda: asked.append(True))
    outage = Outage()
    outage.notice(failed(WAITED))
    assert outage.goes_on()
    assert asked == []


def test_one_asks_and_the_others_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def ask() -> bool:
        asked.set()
        return go_on.wait(10)

    monkeypatch.setattr("ecom.outage.database_answers", ask)
    monkeypatch.setattr("ecom.outage.PAUSE", 0)
    outage = Outage()
    outage.notice(failed(WAITED))
    results: list[bool] = []
    asking = threading.Thread(target=lambda: results.append(outage.goes_on()))
    asking.start()
    assert asked.wait(10)

    assert outage.goes_on()

    go_on.set()
    asking.join()
    assert results == [False]


def test_answers_of_the_shop(client: Client, answers: list[bool]) -> None:
    outage.notice(failed(WAITED))
    answers += [False, False]
    refused = client.get("/catalog/items/")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "5"
    assert refused.json()["code"] == "database_unavailable"
    assert client.get("/ready").status_code == 503
    assert client.get("/health").status_code == 200
    assert client.get("/.well-known/jwks.json").status_code == 200

    answers += [True, True]
    assert client.get("/ready").status_code == 200
