"""More connections than the server has are refused before there is any load."""

from pathlib import Path

import pytest
import requests

from ecom.connection_budget import server_limit
from tests.live.databases import new_database
from tests.live.server import Server
from tests.postgresql.connecting import connected, row

TOO_MANY = {"WEB_CONCURRENCY": "1", "DATABASE_TASKS": "20", "DATABASE_CONNECTIONS": "200"}
SENTENCE = "Tasks (20) times workers (1) times connections of each (10) are 200, and PostgreSQL"


@pytest.fixture
def server(tmp_path: Path, database_server: str) -> Server:
    return Server(tmp_path, new_database(tmp_path, database_server), **TOO_MANY)


def test_what_the_server_gives(database_server: str) -> None:
    """The last ones are only for superusers."""
    with connected(database_server) as connection:
        most = int(row(connection, "SHOW max_connections")[0])
        reserved = int(row(connection, "SHOW superuser_reserved_connections")[0])
        assert reserved > 0
        assert server_limit(connection) == most - reserved


def test_serving(server: Server) -> None:
    with pytest.raises(AssertionError):
        server.start()
    assert f"Error: {SENTENCE} " in server.logged()
    assert "Traceback" not in server.logged()
    assert server.process is not None and server.process.returncode == 1


def test_migrating(server: Server) -> None:
    done = server.manage("migrate")
    assert done.returncode == 1
    assert f"(ecom.E005) {SENTENCE}" in done.stderr
    assert server.select("pg_tables", "tablename", schemaname="public") == []


def test_serving_while_the_database_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That nobody answers is no reason not to start: it may be back in a moment."""
    monkeypatch.setattr("tests.live.server.START_WITHIN", 8)
    server = Server(tmp_path, "postgresql://shop@127.0.0.1:1/shop", **TOO_MANY)
    with pytest.raises(AssertionError, match="Not ready"):
        server.start()
    try:
        assert requests.get(f"{server.url}/health", timeout=5).ok
    finally:
        server.kill()
