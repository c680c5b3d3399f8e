from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from tests.documentdb_server import process

Client = MongoClient[dict[str, Any]]
SHOP = {"role": "readWrite", "db": "shop"}


@pytest.fixture(scope="module")
def locked() -> Iterator[process.Server]:
    with process.start(user="admin", password="first") as server, Client(server.url()) as admin:
        admin.other.a.insert_one({"_id": 1})
        admin.admin.command("createUser", "writer", pwd="p", roles=[SHOP])
        admin.admin.command("createUser", "reader", pwd="p", roles=[{"role": "read", "db": "shop"}])
        admin.admin.command("createUser", "nobody", pwd="p", roles=[])
        yield server


def signed_in(server: process.Server, user: str) -> Client:
    url = f"mongodb://127.0.0.1:{server.ports[0]}/?directConnection=true&retryWrites=false"
    return Client(url, username=user, password="p", authSource="admin", authMechanism="SCRAM-SHA-1")


def is_refused(call: Callable[[], Any]) -> bool:
    try:
        call()
    except OperationFailure as error:
        assert error.code == 13
        assert "Authorization failure" in str(error)
        return True
    return False


def test_what_its_role_allows(locked: process.Server) -> None:
    with signed_in(locked, "writer") as writer, signed_in(locked, "reader") as reader:
        writer.shop.a.insert_one({"_id": 1})
        writer.shop.a.create_index("b")
        writer.shop.a.rename("c")
        assert reader.shop.c.find_one() == {"_id": 1}
        assert reader.shop.list_collection_names() == ["c"]
        writer.shop.drop_collection("c")


CALLS: dict[str, Callable[[Client], Any]] = {
    "find": lambda client: client.other.a.find_one(),
    "aggregate": lambda client: list(client.other.a.aggregate([{"$match": {}}])),
    "out": lambda client: list(
        client.shop.a.aggregate([{"$out": {"db": "other", "coll": "a"}}]),
    ),
    "insert": lambda client: client.other.a.insert_one({}),
    "list": lambda client: client.other.list_collection_names(),
    "index": lambda client: client.other.a.create_index("b"),
    "drop": lambda client: client.other.drop_collection("a"),
    "rename": lambda client: client.other.a.rename("b"),
    "explain": lambda client: client.other.command("explain", {"find": "a"}),
    "users": lambda client: client.admin.command("usersInfo", 1),
    "create": lambda client: client.shop.command("createUser", "mine", pwd="p", roles=["root"]),
    "promote": lambda client: client.admin.command("updateUser", "writer", roles=["root"]),
    "database": lambda client: client.drop_database("shop"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("user", ["writer", "nobody"])
def test_what_it_does_not(locked: process.Server, user: str, call: Callable[[Client], Any]) -> None:
    with signed_in(locked, user) as client:
        assert is_refused(lambda: call(client))
    with Client(locked.url()) as admin:
        assert admin.other.a.count_documents({}) == 1


def test_reading_is_not_writing(locked: process.Server) -> None:
    with signed_in(locked, "reader") as reader:
        assert is_refused(lambda: reader.shop.a.insert_one({}))
        assert is_refused(lambda: list(reader.shop.a.aggregate([{"$out": "b"}])))
        assert is_refused(lambda: reader.shop.command("explain", {"insert": "a"}))


def test_roles_change_at_once_and_outlive_the_server(tmp_path: Path) -> None:
    with process.start(tmp_path, user="admin", password="first") as server:
        with Client(server.url()) as admin:
            admin.admin.command("createUser", "writer", pwd="p", roles=[])
            with signed_in(server, "writer") as writer:
                assert is_refused(writer.shop.a.find_one)
                admin.admin.command("updateUser", "writer", roles=[SHOP])
                assert writer.shop.a.find_one() is None
        server.restart()
        with signed_in(server, "writer") as writer:
            assert writer.shop.a.find_one() is None
            assert is_refused(writer.other.a.find_one)


def test_a_role_that_does_not_exist(locked: process.Server) -> None:
    with Client(locked.url()) as admin, pytest.raises(OperationFailure) as caught:
        admin.admin.command("createUser", "x", pwd="p", roles=["owner"])
    assert caught.value.code == 31
