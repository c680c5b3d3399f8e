"""One migration at a time: a lock document that expires, renewed while its holder lives."""

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, OperationalError
from django.db.utils import Error
from pymongo.errors import PyMongoError
from pymongo.synchronous.collection import Collection

from ecom.documentdb.base import DatabaseWrapper

logger = logging.getLogger(__name__)

COLLECTION = "django_migration_lock"
LOCK = "migrate"

LASTS = 60.0  # seconds; after a crash, others wait no longer than that
POLL = 1.0


@contextmanager
def migration_lock(
    connection: DatabaseWrapper,
    patience: float,
    say: Callable[[str], object],
    lasts: float = LASTS,
) -> Iterator[None]:
    """Hold the lock. Raises OperationalError after `patience` seconds without it.

    `say` is told, once, whom it waits for.
    """
    lock = MigrationLock(connection, lasts)
    lock.acquire(patience, say)
    try:
        with lock.renewed():
            yield
    finally:
        lock.release()


class MigrationLock:
    def __init__(self, connection: DatabaseWrapper, lasts: float = LASTS) -> None:
        self.connection = connection
        self.collection = connection.get_collection(COLLECTION)
        self.lasts = timedelta(seconds=lasts)
        self.holder = f"{socket.gethostname()}, process {os.getpid()}"
        self.token = uuid.uuid4().hex

    def acquire(self, patience: float, say: Callable[[str], object]) -> None:
        give_up = time.monotonic() + patience
        said = False
        while not self._take():
            holder = self.collection.find_one({"_id": LOCK}) or {}
            whom = f"{holder.get('holder')}, since {_time(holder.get('since'))} UTC"
            if time.monotonic() >= give_up:
                raise OperationalError(
                    f"Another migration has been running for too long ({whom}). Wait until it has "
                    "ended, then migrate again. The lock of a process that has crashed expires "
                    f"within {self.lasts.total_seconds():.0f} seconds."
                )
            if not said:
                say(f"Another migration is running ({whom}). Waiting for it.")
                said = True
            time.sleep(POLL)

    def _take(self) -> bool:
        now = self._now()
        mine = {
            "holder": self.holder,
            "token": self.token,
            "since": now,
            "expires": now + self.lasts,
        }
        try:
            self.collection.insert_one({"_id": LOCK, **mine})
        except IntegrityError:
            # One of several that find it expired changes it; for the others it no longer matches.
            expired = {"_id": LOCK, "expires": {"$lt": now}}
            return bool(self.collection.update_one(expired, {"$set": mine}).matched_count)
        return True

    @contextmanager
    def renewed(self) -> Iterator[None]:
        # Django's connection belongs to the migrating thread; pymongo's client, to all.
        collection = self.connection.current_database()[COLLECTION]
        done = threading.Event()
        thread = threading.Thread(target=self._renew_until, args=(done, collection), daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _renew_until(self, done: threading.Event, collection: Collection[Any]) -> None:
        while not done.wait(self.lasts.total_seconds() / 4):
            try:
                changes = {"$set": {"expires": _server_time(collection.database) + self.lasts}}
                renewed = collection.update_one({"_id": LOCK, "token": self.token}, changes)
            except PyMongoError as error:
                logger.warning(
                    "The migration lock could not be renewed (%s); trying again.",
                    type(error).__name__,
                )
                continue
            if not renewed.matched_count:
                logger.error(
                    "The migration lock was lost: it had expired, and another process took it. "
                    "Two migrations may be running. Stop one, and migrate again."
                )
                return

    def release(self) -> None:
        try:
            self.collection.delete_one({"_id": LOCK, "token": self.token})
        except Error as error:
            logger.warning("The migration lock could not be released; it will expire. %s", error)

    def _now(self) -> datetime:
        return _server_time(self.connection.get_database())


def _server_time(database: Any) -> datetime:
    """Hosts' clocks differ; the server's is the same for all of them."""
    now: datetime = database.command("hello")["localTime"]
    return now


def _time(moment: datetime | None) -> str:
    return moment.isoformat(" ", "seconds") if moment else "?"
