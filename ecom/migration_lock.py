"""One migration at a time, on each engine as it can."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from ecom.postgresql import LOCK_TIMEOUT, close_all

if TYPE_CHECKING:
    import psycopg
    from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite

    from ecom.documentdb.base import DatabaseWrapper

KEY = 0x65636F6D  # "ecom"; advisory locks have numbers for names, in each database its own
POLL = 0.5  # seconds
# Seconds a change of a table waits. The shop waits behind it, and must not be the first to give up.
TABLE_LOCK_TIMEOUT = LOCK_TIMEOUT - 1

HOLDER = """
SELECT pid, backend_start::timestamp(0) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND objid = %s AND granted AND database =
    (SELECT oid FROM pg_database WHERE datname = current_database())
"""

Say = Callable[[str], object]


def migration_lock(
    connection: BaseDatabaseWrapper, patience: float, say: Say
) -> AbstractContextManager[None]:
    """Hold the lock; `say` is told whom it waits for.

    Raises OperationalError after `patience` seconds without it.
    """
    if connection.vendor == "postgresql":
        return postgresql_lock(connection, patience, say)
    if connection.vendor == "mongodb":
        from ecom.documentdb import lock  # loads pymongo

        return lock.migration_lock(cast("DatabaseWrapper", connection), patience, say)
    if connection.vendor == "sqlite" and not cast("SQLite", connection).is_in_memory_db():
        return file_lock(Path(f"{connection.settings_dict['NAME']}.migrating"), patience, say)
    return nullcontext()


@contextmanager
def file_lock(path: Path, patience: float, say: Say) -> Iterator[None]:
    """SQLite's own locks end with each transaction. The file stays, unlocked."""
    try:
        file = path.open("a")
    except OSError as error:
        raise OperationalError(str(error)) from error
    with file:
        acquire(lambda: file_holder(file), patience, say, "kill its process")
        yield


def file_holder(file: TextIO) -> str:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return f"it holds {file.name}"
    return ""


@contextmanager
def postgresql_lock(connection: BaseDatabaseWrapper, patience: float, say: Say) -> Iterator[None]:
    """The lock belongs to the session that migrates, and ends with it, however it ends."""
    cure = "SELECT pg_terminate_backend(…) with that number"
    acquire(lambda: session_holder(connection), patience, say, cure)
    try:
        be_patient(connection.connection)
        yield
    finally:
        close_all(connection)


def be_patient(session: "psycopg.Connection[Any]") -> None:
    """A migration may take its time, but not make the shop wait for a lock it does not get."""
    session.execute("SET statement_timeout = 0")
    session.execute("SET idle_in_transaction_session_timeout = 0")
    session.execute(f"SET lock_timeout = '{TABLE_LOCK_TIMEOUT}s'".encode())
    session.patience = None  # type: ignore[attr-defined]  # of ecom.postgresql_connection


def session_holder(connection: BaseDatabaseWrapper) -> str:
    if answer(connection, "SELECT pg_try_advisory_lock(%s)", KEY) == (True,):
        return ""
    found = answer(connection, HOLDER, KEY)
    return "process {} of the server, since {} UTC".format(*found) if found else "just ended"


def acquire(holder: Callable[[], str], patience: float, say: Say, cure: str) -> None:
    """`holder` takes the lock, or tells who has it, and how to end that one is `cure`."""
    give_up = time.monotonic() + patience
    said = False
    while whom := holder():
        if time.monotonic() >= give_up:
            raise OperationalError(
                f"Another migration has been running for too long ({whom}). Wait until it has "
                f"ended, then migrate again. Should it hang: {cure}."
            )
        if not said:
            say(f"Another migration is running ({whom}). Waiting for it.")
            said = True
        time.sleep(POLL)


def answer(connection: BaseDatabaseWrapper, query: str, key: int) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(query, [key])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
