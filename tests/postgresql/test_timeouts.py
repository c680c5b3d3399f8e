"""Nothing waits for PostgreSQL for ever."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import InternalError, OperationalError
from django.db.backends.postgresql.base import DatabaseWrapper

from ecom import postgresql
from tests.postgresql.connecting import connected, row

PID = "SELECT pg_backend_pid()"


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """A server's process that does not answer, as when its machine hangs."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def is_open(connection: DatabaseWrapper) -> bool:
    return not connection.connection.closed


def test_a_long_statement(database_server: str) -> None:
    with connected(database_server, statement_timeout=1) as connection:
        with pytest.raises(OperationalError) as raised:
            row(connection, "SELECT pg_sleep(30)")
        assert isinstance(raised.value.__cause__, psycopg.errors.QueryCanceled)
        assert row(connection, "SELECT 1") == (1,)


def test_a_locked_row(database_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "LOCK_TIMEOUT", 1)
    with connected(database_server) as one, connected(database_server) as another:
        row(one, "SELECT pg_advisory_lock(1)")
        with pytest.raises(OperationalError) as raised:
            row(another, "SELECT pg_advisory_lock(1)")
    assert isinstance(raised.value.__cause__, psycopg.errors.LockNotAvailable)


def test_a_forgotten_transaction(database_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would hold its locks, and rows that nobody needs any more, as long as it lives."""
    monkeypatch.setattr(postgresql, "IDLE_TIMEOUT", 1)
    with connected(database_server) as one, connected(database_server) as another:
        one.set_autocommit(False)
        (pid,) = row(one, PID)
        deadline = time.monotonic() + 20
        while row(another, "SELECT count(*) FROM pg_stat_activity WHERE pid = %s", pid) != (0,):
            assert time.monotonic() < deadline
        with pytest.raises(InternalError, match="idle-in-transaction"):
            row(one, "SELECT 1")


def test_a_silent_server(database_server: str) -> None:
    with connected(database_server, statement_timeout=1) as connection:
        (pid,) = row(connection, PID)
        with stopped(pid), pytest.raises(OperationalError, match="timeout"):
            row(connection, "SELECT 1")
        assert not is_open(connection), "a late answer would be taken for the next one's"


def test_a_silent_connection_in_the_pool(database_server: str) -> None:
    """The next request finds out within its time, and gets another connection."""
    with connected(database_server, statement_timeout=60) as connection:
        (pid,) = row(connection, PID)
        connection.close()
        with stopped(pid):
            assert row(connection, PID) != (pid,)


def test_everything_that_is_set(database_server: str) -> None:
    with connected(database_server, statement_timeout=7) as connection:
        for setting, value in {
            "statement_timeout": "7s",
            "lock_timeout": "3s",
            "idle_in_transaction_session_timeout": "15s",
            "random_page_cost": "1.1",
        }.items():
            assert row(connection, f"SHOW {setting}") == (value,), setting


def test_what_libpq_is_told(database_server: str) -> None:
    with connected(database_server) as connection:
        connection.ensure_connection()
        parameters = connection.connection.info.get_parameters()
    assert (
        parameters.items()
        >= {
            "connect_timeout": "2",
            "keepalives_idle": "5",
            "keepalives_interval": "2",
            "keepalives_count": "2",
            "tcp_user_timeout": "5000",
        }.items()
    )


def test_options_of_ones_own(database_server: str) -> None:
    url = f"{database_server}&options=-c%20lock_timeout%3D9s"
    with connected(url) as connection:
        assert row(connection, "SHOW lock_timeout") == ("9s",)
        assert row(connection, "SHOW statement_timeout") == ("10s",)
