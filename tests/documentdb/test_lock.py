import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from ecom.documentdb.base import DatabaseWrapper
from ecom.documentdb.lock import COLLECTION, MigrationLock, migration_lock
from tests.documentdb.conftest import Connect
from tests.documentdb_server.process import Server


def lock_document(connection: DatabaseWrapper) -> Any:
    return connection.get_collection(COLLECTION).find_one({})


def other(connection: DatabaseWrapper) -> DatabaseWrapper:
    """As of another process."""
    wrapper: DatabaseWrapper = connection.copy(connection.alias)
    return wrapper


def until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_held_and_released(connection: DatabaseWrapper) -> None:
    with migration_lock(connection, 0, print):
        assert lock_document(connection)["_id"] == "migrate"
    assert lock_document(connection) is None


def test_released_after_an_error(connection: DatabaseWrapper) -> None:
    with pytest.raises(ZeroDivisionError), migration_lock(connection, 0, print):
        raise ZeroDivisionError
    assert lock_document(connection) is None


def test_one_at_a_time(connection: DatabaseWrapper) -> None:
    with migration_lock(connection, 0, print):
        holder = lock_document(connection)["holder"]
        with pytest.raises(OperationalError) as caught, migration_lock(other(connection), 0, print):
            pytest.fail("two hold the lock")
        assert holder in str(caught.value)
        assert lock_document(connection)["holder"] == holder


def test_waits_until_the_other_has_ended(connection: DatabaseWrapper) -> None:
    said: list[str] = []
    first = MigrationLock(connection)
    first.acquire(0, said.append)
    threading.Timer(0.1, first.release).start()
    with migration_lock(other(connection), 30, said.append):
        assert lock_document(connection)["token"] != first.token
    (sentence,) = said
    assert first.holder in sentence


def test_lock_of_a_crashed_process_expires(connection: DatabaseWrapper) -> None:
    MigrationLock(connection, lasts=0.05).acquire(0, print)  # and nobody renews it
    with migration_lock(other(connection), 30, print):
        pass


def test_renewed_while_it_is_held(connection: DatabaseWrapper) -> None:
    with migration_lock(connection, 0, print, lasts=1):
        first = lock_document(connection)["expires"]
        until(lambda: lock_document(connection)["expires"] > first)
        with pytest.raises(OperationalError), migration_lock(other(connection), 0, print):
            pytest.fail("two hold the lock")


def test_renewed_after_a_failure(
    connection: DatabaseWrapper, fail: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    with migration_lock(connection, 0, print, lasts=1):
        first = lock_document(connection)["expires"]
        fail("update", closeConnection=True)
        until(lambda: lock_document(connection)["expires"] > first)
    assert "could not be renewed" in caplog.text


def test_lost(connection: DatabaseWrapper, caplog: pytest.LogCaptureFixture) -> None:
    locks = connection.get_collection(COLLECTION)
    with migration_lock(connection, 0, print, lasts=0.4):
        locks.update_one({}, {"$set": {"token": "another"}})
        until(lambda: "was lost" in caplog.text)
    assert lock_document(connection)["token"] == "another"


def test_release_that_fails(
    connection: DatabaseWrapper, fail: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    with migration_lock(connection, 0, print):
        fail("delete", errorCode=13)
    assert "will expire" in caplog.text


def test_race_for_an_expired_lock(server: Server, connect: Connect) -> None:
    connection = connect(server.url())
    MigrationLock(connection, lasts=0).acquire(0, print)
    holders: list[str] = []
    barrier = threading.Barrier(4)

    def take(mine: DatabaseWrapper) -> None:
        lock = MigrationLock(mine)
        barrier.wait()
        if lock._take():
            holders.append(lock.token)

    threads = [threading.Thread(target=take, args=(other(connection),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert holders == [lock_document(connection)["token"]]
