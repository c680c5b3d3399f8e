import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.live.person import Person, together
from tests.live.services import Shop, running_shop

StartServer = Callable[..., Shop]

# Of the monolith, which does not run on DocumentDB.
MONOLITH_ONLY = ["test_browser.py", "test_serve.py", "test_throttles.py"]
DOCUMENTDB_ONLY = ["test_dump_and_load.py", "test_migrate.py"]
ON_DOCUMENTDB = os.environ.get("DATABASE_URL", "").startswith("mongodb")
collect_ignore = MONOLITH_ONLY if ON_DOCUMENTDB else DOCUMENTDB_ONLY


@pytest.fixture(scope="session")
def engine() -> str:
    return os.environ.get("ECOM_TEST_DATABASE", "sqlite")


@pytest.fixture(scope="session")
def database_server() -> str | None:
    """The URL of the database server, or None where the tests run on SQLite."""
    return os.environ.get("DATABASE_URL")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, database_server: str | None) -> Iterator[Shop]:
    """The shop, without throttles: it serves all tests that need nothing special."""
    folder = tmp_path_factory.mktemp("server")
    with running_shop(folder, database_server, THROTTLES_ENABLED="false") as server:
        yield server


@pytest.fixture
def start_server(tmp_path: Path, database_server: str | None) -> Iterator[StartServer]:
    """Starts further ones, each with variables of its own."""
    with ExitStack() as stack:
        yield lambda **variables: stack.enter_context(
            running_shop(tmp_path, database_server, **variables)
        )


@pytest.fixture
def owner(server: Shop) -> Person:
    return Person.signed_up(server.url)


@pytest.fixture
def buyer(server: Shop) -> Person:
    return Person.signed_up(server.url)


@pytest.fixture(scope="session")
def crowd(server: Shop) -> list[Person]:
    """Fifty people."""
    return [
        person for _ in range(5) for person in together(10, lambda _: Person.signed_up(server.url))
    ]
