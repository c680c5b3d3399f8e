"""`manage.py migrate` on PostgreSQL: twice at once, and under the older version."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from ecom import postgresql
from ecom.migration_lock import KEY, migration_lock
from tests.live.databases import new_database
from tests.live.person import Person
from tests.live.server import Server
from tests.postgresql.connecting import connected, row
from tests.postgresql.newer import CONTRACT, EXPAND, newer_version

ACCOUNTS = {"DJANGO_SETTINGS_MODULE": "ecom.settings.accounts", "WEB_CONCURRENCY": "1"}


@pytest.fixture
def accounts(tmp_path: Path, database_server: str) -> Server:
    return Server(
        tmp_path, new_database(tmp_path, database_server), **ACCOUNTS, THROTTLES_ENABLED="false"
    )


def migrate(server: Server, *options: str) -> str:
    done = server.manage("migrate", "--verbosity=1", *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(server: Server, *options: str) -> str:
    done = server.manage("migrate", *options)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def columns(server: Server) -> set[str]:
    found = server.select("information_schema.columns", "column_name", table_name=TABLE)
    return {name for (name,) in found}


TABLE = "ecom_throttlecount"


@contextmanager
def session(server: Server, statement: str) -> Iterator[None]:
    """Somebody else's, who has executed the statement and not ended the transaction."""
    with psycopg.connect(server.database_url) as connection:
        connection.execute(statement.encode())
        yield
        connection.rollback()


def test_twice_at_once(accounts: Server) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: migrate(accounts), range(3)))
    applied = accounts.select("django_migrations", "app", "name")
    assert len(applied) == len(set(applied)) > 5


def test_another_one_does_not_end(accounts: Server) -> None:
    with session(accounts, f"SELECT pg_advisory_lock({KEY})"):
        said = accounts.manage("migrate", "--lock-timeout=0")
    assert said.returncode == 1
    assert said.stderr.startswith("CommandError: Another migration has been running for too long")
    assert accounts.select("pg_tables", "tablename", schemaname="public") == []


def test_waits_for_another_one(accounts: Server) -> None:
    with ThreadPoolExecutor(1) as pool:
        with session(accounts, f"SELECT pg_advisory_lock({KEY})"):
            waiting = pool.submit(migrate, accounts)
            with psycopg.connect(accounts.database_url) as connection:
                query = "SELECT 1 FROM pg_stat_activity WHERE query LIKE %s AND pid <> %s"
                values = [f"%objid = {KEY}%", connection.info.backend_pid]
                while not connection.execute(query, values).fetchall():
                    connection.rollback()  # or it would see the same picture again
                    assert not waiting.done()
        assert "Another migration is running" in waiting.result()


def test_the_lock_ends_with_its_process(accounts: Server) -> None:
    crashed = psycopg.connect(accounts.database_url)
    crashed.execute(f"SELECT pg_advisory_lock({KEY})".encode())
    with psycopg.connect(accounts.database_url) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", [crashed.info.backend_pid])
    crashed.close()
    migrate(accounts, "--lock-timeout=0")


def test_under_the_older_version(accounts: Server) -> None:
    """It serves on while a newer one migrates, and afterwards."""
    migrate(accounts)
    accounts.start()
    ended = threading.Event()

    def sign_up_until_the_end() -> int:
        count = 0
        while not ended.is_set() or not count:
            Person.signed_up(accounts.url)
            count += 1
        return count

    try:
        with ThreadPoolExecutor(4) as pool:
            people = [pool.submit(sign_up_until_the_end) for _ in range(4)]
            try:
                migrate(newer_version(accounts, EXPAND))
            finally:
                ended.set()
            assert sum(person.result() for person in people) >= 4
        assert "note" in columns(accounts)
        Person.signed_up(accounts.url)
        assert accounts.stop() == 0
    finally:
        accounts.kill()


def test_what_the_older_version_would_not_survive(accounts: Server) -> None:
    migrate(accounts)
    newer = newer_version(accounts, CONTRACT)

    said = refused(newer)

    assert "ecom.0003_newer: Remove field window from ThrottleCount: the older version" in said
    assert "window" in columns(accounts)
    migrate(newer, "--allow-destructive")
    assert "window" not in columns(accounts)


def test_taking_back(accounts: Server) -> None:
    migrate(accounts)
    assert "ecom.0002_throttlecount_key would be taken back" in refused(accounts, "ecom", "0001")
    migrate(accounts, "ecom", "0001", "--allow-destructive")


def test_a_table_in_use(accounts: Server) -> None:
    """Everybody who comes after a waiting migration waits behind it, so that it gives up first."""
    migrate(accounts)
    waited = 0.0
    with (
        ThreadPoolExecutor(1) as pool,
        session(accounts, f"SELECT * FROM {TABLE}"),
        connected(accounts.database_url) as shop,
    ):
        migrating = pool.submit(refused, newer_version(accounts, EXPAND))
        while not migrating.done():
            began = time.monotonic()
            row(shop, f"SELECT count(*) FROM {TABLE}")
            waited = max(waited, time.monotonic() - began)
    assert "CommandError: A table was in use for too long" in migrating.result()
    assert "note" not in columns(accounts)
    assert waited > 1, "nothing has waited behind the migration"


def test_a_long_migration(database_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the server nor the connection ends it after the shop's time."""
    monkeypatch.setattr(postgresql, "SLACK", 0.1)
    with (
        connected(database_server, statement_timeout=1) as connection,
        migration_lock(connection, 0, print),
    ):
        row(connection, "SELECT pg_sleep(1.5)")
        assert row(connection, "SHOW idle_in_transaction_session_timeout") == ("0",)


def test_no_database(tmp_path: Path) -> None:
    server = Server(tmp_path, "postgresql://shop:hunter2@127.0.0.1:1/shop", **ACCOUNTS)
    said = refused(server)
    assert "CommandError" in said
    assert "hunter2" not in said
