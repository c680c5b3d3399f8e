import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import NotSupportedError, OperationalError
from django.test.utils import CaptureQueriesContext
from pymongo import MongoClient

from ecom.documentdb.base import DatabaseWrapper
from ecom.documentdb.errors import code_of
from tests.documentdb.conftest import Connect
from tests.documentdb_server.process import Server, start

Fail = Callable[..., None]

ROOT = Path(__file__).resolve().parents[2]


def test_one_client_for_all_threads(connection: DatabaseWrapper) -> None:
    connection.ensure_connection()
    copy = connection.copy(connection.alias)
    copy.ensure_connection()
    assert copy.connection is connection.connection


def test_client_closed_by_another_thread(connection: DatabaseWrapper) -> None:
    shoes = connection.get_collection("shoes")
    shoes.insert_one({})
    other = connection.copy(connection.alias)
    other.ensure_connection()
    other.close_pool()
    assert len(list(shoes.find({}))) == 1


def test_usable(server: Server, connect: Connect, fail: Fail) -> None:
    connection = connect(server.url())
    assert connection.is_usable()
    fail("ping", closeConnection=True, times=2)
    assert not connection.is_usable()


def test_older_server(connect: Connect, fail: Fail, server: Server) -> None:
    connection = connect(server.url())
    connection.features.minimum_database_version = (5, 1)
    with pytest.raises(NotSupportedError, match=r"5\.1"):
        connection.ensure_connection()


def test_url_that_cannot_be_read(connect: Connect) -> None:
    connection = connect("mongodb://host:port/")
    with pytest.raises(ImproperlyConfigured, match="trial-"):
        connection.ensure_connection()


def test_option_that_nobody_knows(connect: Connect) -> None:
    connection = connect("mongodb://127.0.0.1:1", maxPoolSise=3)
    with pytest.raises(ImproperlyConfigured, match="trial-"):
        connection.ensure_connection()


def test_queries_are_logged(connection: DatabaseWrapper) -> None:
    with CaptureQueriesContext(connection) as queries:
        shoes = connection.get_collection("shoes")
        shoes.insert_one({"size": 40})
        list(shoes.find({"size": 40}, limit=1))
    assert [query["sql"] for query in queries] == [
        "db.shoes.insert_one({'size': 40})",
        "db.shoes.find({'size': 40}, limit=1)",
    ]


def test_transaction_is_undone(connection: DatabaseWrapper) -> None:
    shoes = connection.get_collection("shoes")
    shoes.insert_one({"_id": 1})
    connection.start_transaction_mongo()
    shoes.insert_one({"_id": 2}, session=connection.session)
    connection.rollback_mongo()
    assert shoes.distinct("_id") == [1]


def test_no_cursors_in_a_transaction(connection: DatabaseWrapper, fail: Fail) -> None:
    shoes = connection.get_collection("shoes")
    shoes.insert_many([{"_id": number} for number in range(300)])
    connection.start_transaction_mongo()
    fail("getMore", errorCode=303)
    assert len(list(shoes.find({}, session=connection.session))) == 300
    assert len(list(shoes.aggregate([], session=connection.session))) == 300
    connection.rollback_mongo()


def test_commit_that_fails(connection: DatabaseWrapper, fail: Fail) -> None:
    shoes = connection.get_collection("shoes")
    shoes.insert_one({"_id": 1})
    connection.start_transaction_mongo()
    shoes.insert_one({"_id": 2}, session=connection.session)
    fail("commitTransaction", errorCode=251)
    with pytest.raises(OperationalError, match="transaction has ended"):
        connection.commit_mongo()
    connection.rollback_mongo()
    assert connection.session is None


FORK = """
    import os
    from django.conf import settings
    settings.configure(DATABASES={{"default": {{
        "ENGINE": "ecom.documentdb", "HOST": {url!r}, "NAME": "forks"}}}})
    from django.db import connection
    shoes = connection.get_collection("shoes")
    shoes.insert_one({{"by": "parent"}})
    of_parent = connection.connection
    if (child := os.fork()) == 0:
        shoes.insert_one({{"by": "child"}})
        own = connection.connection is not of_parent
        connection.close_pool()
        os._exit(0 if own else 3)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, status
    assert sorted(shoes.distinct("by")) == ["child", "parent"]
    assert connection.connection is of_parent
    connection.close_pool()
"""


def test_fork(server: Server) -> None:
    """Warnings of pymongo, of a client used after a fork or left open, would be errors."""
    script = textwrap.dedent(FORK.format(url=server.url()))
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True, cwd=ROOT, timeout=60)


def test_server_killed(connect: Connect) -> None:
    with start() as server:
        connection = connect(server.url(), serverSelectionTimeoutMS=100)
        shoes = connection.get_collection("shoes")
        shoes.insert_one({})
        server.kill()
        with pytest.raises(OperationalError, match="cluster"):
            shoes.insert_one({})


@pytest.fixture
def locked() -> Iterator[Server]:
    """A server that asks for a password."""
    with start(user="shop", password="first") as server:
        yield server


def test_wrong_password(locked: Server, connect: Connect) -> None:
    url = locked.url().replace("first", "wrong")
    with pytest.raises(OperationalError, match="password") as caught:
        connect(url).get_collection("shoes").find_one({})
    assert code_of(caught.value) == 18
    assert "wrong" not in str(caught.value)


class Secret:
    """As of a secrets store: what was fetched is kept until it was refused."""

    def __init__(self, *passwords: str) -> None:
        self.passwords = list(passwords)
        self.fetched = 1

    def __call__(self, refused: tuple[str, str] | None) -> tuple[str, str]:
        if refused:
            self.fetched += 1
            if len(self.passwords) > 1:
                self.passwords.pop(0)
        return "shop", self.passwords[0]


def without_user(url: str) -> str:
    return url.replace("shop:first@", "")


READS_AND_WRITES: dict[str, Callable[[Any], object]] = {
    "write": lambda shoes: shoes.insert_one({"_id": 1}),
    "read": lambda shoes: list(shoes.find({})),
    "aggregate": lambda shoes: list(shoes.aggregate([])),
    "command": lambda shoes: shoes.distinct("size"),
}


@pytest.mark.parametrize("call", READS_AND_WRITES)
def test_changed_password(locked: Server, connect: Connect, call: str) -> None:
    secret = Secret("outdated", "first")
    connection = connect(without_user(locked.url()), credentials=secret)
    READS_AND_WRITES[call](connection.get_collection("shoes"))
    assert secret.fetched == 2


def change_password(admin: MongoClient[dict[str, Any]], lost: str) -> None:
    """And cut the connection at the next insert, so that the next command signs in."""
    admin.admin.command("updateUser", "shop", pwd="second")
    admin.admin.command(
        "configureFailPoint",
        "failCommand",
        mode={"times": 1},
        data={"failCommands": ["insert"], lost: True},
    )


def test_password_changed_while_connected(locked: Server, connect: Connect) -> None:
    secret = Secret("first", "second")
    connection = connect(without_user(locked.url()), credentials=secret)
    other_thread = connection.copy(connection.alias)
    for each in (connection, other_thread):
        each.get_collection("shoes").insert_one({})
    with MongoClient[dict[str, Any]](locked.url()) as admin:
        change_password(admin, "closeConnection")
        for each in (connection, other_thread):
            each.get_collection("shoes").insert_one({})
        assert admin[connection.alias].shoes.count_documents({}) == 4
    assert secret.fetched == 2


def test_password_changed_between_a_write_and_its_answer(locked: Server, connect: Connect) -> None:
    """What is stored already is not taken for another's when it is sent again."""
    connection = connect(without_user(locked.url()), credentials=Secret("first", "second"))
    shoes = connection.get_collection("shoes")
    shoes.insert_one({"_id": 1})
    with MongoClient[dict[str, Any]](locked.url()) as admin:
        change_password(admin, "closeAfter")
        assert shoes.insert_one({"_id": 2}).inserted_id == 2
        assert admin[connection.alias].shoes.distinct("_id") == [1, 2]


def test_password_that_stays_wrong(locked: Server, connect: Connect) -> None:
    secret = Secret("wrong")
    connection = connect(without_user(locked.url()), credentials=secret)
    with pytest.raises(OperationalError, match="password"):
        connection.get_collection("shoes").find_one({})
    assert secret.fetched == 2
