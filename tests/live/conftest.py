import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from tests.environment import start_database
from tests.live.browser import chromium
from tests.live.person import Person, together
from tests.live.services import Shop, running_shop

StartServer = Callable[..., Shop]

# Of the monolith, which does not run on DocumentDB.
MONOLITH_ONLY = ["test_browser.py", "test_serve.py", "test_throttles.py"]
# Of the catalog on DocumentDB, or of two services as they are deployed: accounts on PostgreSQL.
DOCUMENTDB_ONLY = [
    "test_closing.py",
    "test_documentdb_user.py",
    "test_dump_and_load.py",
    "test_killed_services.py",
    "test_migrate.py",
    "test_rude_clients.py",
]
# They start all databases themselves, or are about none: once is enough.
SQLITE_ONLY = ["test_database_gone.py", "test_services.py", "test_stalled_clients.py"]
# Of two services, which nobody runs on files.
NOT_SQLITE = ["test_split.py", "test_tokens_across_services.py", "test_two_services.py"]
DATABASE_URL = os.environ.get("DATABASE_URL")
ON_DOCUMENTDB = (DATABASE_URL or "").startswith("mongodb")
collect_ignore = MONOLITH_ONLY if ON_DOCUMENTDB else DOCUMENTDB_ONLY
collect_ignore = [*collect_ignore, *(SQLITE_ONLY if DATABASE_URL else NOT_SQLITE)]


@pytest.fixture(scope="session")
def engine() -> str:
    return os.environ.get("ECOM_TEST_DATABASE", "sqlite")


@pytest.fixture(scope="session")
def database_server() -> str | None:
    """The URL of the database server, or None where the tests run on SQLite."""
    return os.environ.get("DATABASE_URL")


@pytest.fixture(scope="session")
def accounts_server(database_server: str | None) -> str | None:
    """That of accounts, where the catalog runs on DocumentDB: a PostgreSQL."""
    return start_database("postgresql") if ON_DOCUMENTDB else database_server


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory,
    database_server: str | None,
    accounts_server: str | None,
) -> Iterator[Shop]:
    """The shop, without throttles: it serves all tests that need nothing special."""
    folder = tmp_path_factory.mktemp("server")
    variables = {"THROTTLES_ENABLED": "false"}
    with running_shop(folder, database_server, accounts_server, **variables) as server:
        yield server


@pytest.fixture
def start_server(
    tmp_path: Path, database_server: str | None, accounts_server: str | None
) -> Iterator[StartServer]:
    """Starts further ones, each with variables of its own."""
    with ExitStack() as stack:
        yield lambda **variables: stack.enter_context(
            running_shop(tmp_path, database_server, accounts_server, **variables)
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


@pytest.fixture
def chrome(tmp_path: Path) -> Iterator[Chrome]:
    with chromium(tmp_path) as driver:
        yield driver
