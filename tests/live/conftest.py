import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.live.person import Person, together
from tests.live.server import Server, running

StartServer = Callable[..., Server]


@pytest.fixture(scope="session")
def postgresql() -> str | None:
    """The URL of the PostgreSQL server, or None where the tests run on SQLite."""
    return os.environ.get("DATABASE_URL")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, postgresql: str | None) -> Iterator[Server]:
    """The monolith, without throttles: it serves all tests that need nothing special."""
    folder = tmp_path_factory.mktemp("server")
    with running(folder, postgresql, THROTTLES_ENABLED="false") as server:
        yield server


@pytest.fixture
def start_server(tmp_path: Path, postgresql: str | None) -> Iterator[StartServer]:
    """Starts further servers, each with variables of its own."""
    with ExitStack() as stack:
        yield lambda **variables: stack.enter_context(running(tmp_path, postgresql, **variables))


@pytest.fixture
def owner(server: Server) -> Person:
    return Person.signed_up(server.url)


@pytest.fixture
def buyer(server: Server) -> Person:
    return Person.signed_up(server.url)


@pytest.fixture(scope="session")
def crowd(server: Server) -> list[Person]:
    """Fifty people."""
    return [
        person for _ in range(5) for person in together(10, lambda _: Person.signed_up(server.url))
    ]
