from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from pymongo import MongoClient, ReadPreference
from pymongo.errors import AutoReconnect, CursorNotFound, NotPrimaryError, OperationFailure

from tests.documentdb_server import process

Document = dict[str, Any]


@pytest.fixture(scope="module")
def trio() -> Iterator[process.Server]:
    with process.start(members=3) as server:
        yield server


@pytest.fixture
def client(trio: process.Server) -> Iterator[MongoClient[Document]]:
    with MongoClient[Document](trio.url(), serverSelectionTimeoutMS=5000) as client:
        yield client
        client.drop_database("shop")


def direct(address: tuple[str, int | None]) -> MongoClient[Document]:
    host, port = address
    return MongoClient(host, port, directConnection=True, retryReads=False, retryWrites=False)


def secondary_of(client: MongoClient[Document]) -> tuple[str, int | None]:
    # A client that has found the primary may not have asked the other members yet.
    client.admin.command("ping", read_preference=ReadPreference.SECONDARY)
    return next(iter(client.secondaries))


def code(error: NotPrimaryError) -> int:
    assert isinstance(error.details, dict)
    return int(error.details["code"])


def test_members(trio: process.Server, client: MongoClient[Document]) -> None:
    hello = client.admin.command("hello")
    assert hello["hosts"] == [f"127.0.0.1:{port}" for port in trio.ports]


def test_step_down(client: MongoClient[Document]) -> None:
    client.shop.a.insert_one({"_id": 1})
    old = client.primary
    client.admin.command("replSetStepDown", 10)
    with pytest.raises((AutoReconnect, NotPrimaryError)):
        for _ in range(3):  # the first ones may wait for the new primary
            client.shop.a.insert_one({})
            if client.primary != old:
                raise NotPrimaryError("the client followed without an error")
    assert client.shop.a.find_one({"_id": 1}) == {"_id": 1}
    client.shop.a.insert_one({"_id": 2})
    assert client.primary != old


def test_write_to_a_secondary(client: MongoClient[Document]) -> None:
    with direct(secondary_of(client)) as other, pytest.raises(NotPrimaryError) as caught:
        other.shop.a.insert_one({})
    assert code(caught.value) == 10107


def test_read_from_a_secondary(client: MongoClient[Document]) -> None:
    client.shop.a.insert_one({"_id": 1})
    with direct(secondary_of(client)) as other:
        assert other.shop.a.find_one() == {"_id": 1}  # pymongo asks for "primaryPreferred"
        raw = {"find": "a", "$readPreference": {"mode": "primary"}}
        with pytest.raises(NotPrimaryError) as caught:
            other.shop.command(raw)
    assert code(caught.value) == 13435


def test_election(client: MongoClient[Document]) -> None:
    """While there is no primary, a client waits for one as long as it is told to."""
    client.shop.a.insert_one({"_id": 1})
    former = client.primary
    assert former
    client.admin.command("replSetStepDown", 10, electionPauseMS=2000)
    with direct(former) as other, pytest.raises((AutoReconnect, NotPrimaryError)):
        other.shop.a.insert_one({"_id": 2})
    with suppress(AutoReconnect, NotPrimaryError):  # unless it has heard of it already
        client.shop.a.insert_one({"_id": 3})
    client.shop.a.insert_one({"_id": 4})
    assert client.primary != former
    assert {1, 4} <= {each["_id"] for each in client.shop.a.find()} <= {1, 3, 4}


def test_lone_member_returns(server: process.Server) -> None:
    with MongoClient[Document](server.url(), serverSelectionTimeoutMS=100) as client:
        client.admin.command("replSetStepDown", 1)
        with pytest.raises(AutoReconnect):
            client.shop.a.insert_one({})
    with MongoClient[Document](server.url(), serverSelectionTimeoutMS=5000) as client:
        client.shop.a.insert_one({})
        client.drop_database("shop")


def test_cursors_are_lost(client: MongoClient[Document]) -> None:
    client.shop.a.insert_many([{} for _ in range(10)])
    cursor = client.shop.a.find(batch_size=2)
    next(cursor)
    client.admin.command("replSetStepDown", 10)
    with pytest.raises((AutoReconnect, CursorNotFound, OperationFailure)):
        list(cursor)


def test_transactions_are_lost(client: MongoClient[Document]) -> None:
    client.shop.create_collection("a")
    with client.start_session() as session:
        session.start_transaction()
        client.shop.a.insert_one({"_id": 1}, session=session)
        client.admin.command("replSetStepDown", 10)
        with pytest.raises((AutoReconnect, OperationFailure)):
            session.commit_transaction()
    assert client.shop.a.count_documents({}) == 0
