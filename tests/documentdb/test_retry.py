import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError
from pymongo import DeleteOne, InsertOne, MongoClient, ReplaceOne, UpdateMany, UpdateOne
from pymongo.errors import BulkWriteError

from ecom.documentdb.base import DatabaseWrapper
from ecom.documentdb.errors import code_of
from ecom.documentdb.retry import CONFLICT_TRIES, COUNTS, Request, repeatable, write
from tests.documentdb.conftest import Connect
from tests.documentdb_server.process import Server, start

Fail = Callable[..., None]

CONFLICT = 112
NOT_PRIMARY = 10107
INTERRUPTED = 11602


@pytest.fixture
def shoes(connection: DatabaseWrapper) -> Any:
    """Two shoes in a collection whose `sku` is unique."""
    shoes = connection.get_collection("shoes")
    shoes.create_index("sku", unique=True)
    shoes.insert_many([{"_id": 1, "sku": "a", "stock": 5}, {"_id": 2, "sku": "b", "stock": 5}])
    return shoes


def stock(shoes: Any) -> list[int]:
    return [shoe["stock"] for shoe in shoes.find({}, sort=[("_id", 1)])]


WRITES: dict[str, Callable[[Any], object]] = {
    "insert": lambda shoes: shoes.insert_one({"_id": 3, "sku": "c"}),
    "update": lambda shoes: shoes.update_many({}, {"$inc": {"stock": -1}}),
    "delete": lambda shoes: shoes.delete_many({"stock": 5}),
    "findAndModify": lambda shoes: shoes.find_one_and_update({}, {"$inc": {"stock": -1}}),
}


@pytest.mark.parametrize("refusal", [CONFLICT, NOT_PRIMARY])
@pytest.mark.parametrize("command", WRITES)
def test_refused_write_is_sent_again(shoes: Any, fail: Fail, command: str, refusal: int) -> None:
    before = stock(shoes) if command != "insert" else shoes.distinct("_id")
    fail(command, errorCode=refusal)
    WRITES[command](shoes)
    assert (stock(shoes) if command != "insert" else shoes.distinct("_id")) != before


@pytest.mark.parametrize(("refusal", "tries"), [(CONFLICT, CONFLICT_TRIES), (NOT_PRIMARY, 2)])
def test_refused_too_often(shoes: Any, fail: Fail, refusal: int, tries: int) -> None:
    fail("update", errorCode=refusal, times=tries)
    with pytest.raises(OperationalError, match="ry again"):
        shoes.update_one({"_id": 1}, {"$inc": {"stock": -1}})
    shoes.update_one({"_id": 1}, {"$inc": {"stock": -1}})  # the fail point is used up
    assert stock(shoes) == [4, 5]


def test_conflict_in_the_midst_of_a_bulk(connection: DatabaseWrapper, shoes: Any) -> None:
    """The first update is carried out, the second waits for a transaction to end."""
    session = connection.current_database().client.start_session()
    session.start_transaction()
    shoes.update_one({"_id": 2}, {"$inc": {"stock": 100}}, session=session)
    threading.Timer(0.05, session.abort_transaction).start()
    down = {"$inc": {"stock": -1}}
    result = shoes.bulk_write([UpdateOne({"_id": 1}, down), UpdateOne({"_id": 2}, down)])
    assert (result.matched_count, result.modified_count) == (2, 2)
    assert stock(shoes) == [4, 4]


def test_conflict_in_the_midst_of_an_update(connection: DatabaseWrapper, shoes: Any) -> None:
    """A statement is atomic: what it had changed before the conflict is not changed twice."""
    session = connection.current_database().client.start_session()
    session.start_transaction()
    shoes.update_one({"_id": 2}, {"$inc": {"stock": 100}}, session=session)
    threading.Timer(0.05, session.abort_transaction).start()
    shoes.update_many({}, {"$inc": {"stock": -1}})
    assert stock(shoes) == [4, 4]


class HalfDone:
    """No server that is at hand reports changes together with a conflict."""

    def bulk_write(self, requests: Any, ordered: bool) -> None:
        counts = dict.fromkeys(COUNTS, 0) | {"nModified": 3, "upserted": []}
        failure = {"index": 0, "code": CONFLICT, "errmsg": "WriteConflict"}
        raise BulkWriteError({**counts, "writeErrors": [failure], "writeConcernErrors": []})


def test_conflict_after_some_changes() -> None:
    update = UpdateMany({}, {"$inc": {"stock": -1}})
    with pytest.raises(OperationalError, match="3 documents"):
        write(HalfDone, [update])  # type: ignore[arg-type]


@pytest.mark.parametrize("lost", ["closeConnection", "closeAfter"])
def test_insert_whose_answer_is_lost(shoes: Any, fail: Fail, lost: str) -> None:
    fail("insert", **{lost: True})
    result = shoes.bulk_write([InsertOne({"_id": 3, "sku": "c"}), InsertOne({"_id": 4})])
    assert result.inserted_count == 2
    assert shoes.distinct("_id") == [1, 2, 3, 4]


@pytest.mark.parametrize("refusal", [CONFLICT, NOT_PRIMARY])
def test_second_command_of_a_bulk_is_refused(shoes: Any, fail: Fail, refusal: int) -> None:
    fail("update", errorCode=refusal)
    requests = [InsertOne({"_id": 3}), UpdateOne({"_id": 1}, {"$set": {"stock": 9}})]
    result = shoes.bulk_write(requests)
    assert (result.inserted_count, result.matched_count) == (1, 1)
    assert shoes.find_one({"_id": 1})["stock"] == 9


def test_second_command_of_a_bulk_that_cannot_be_repeated(shoes: Any, fail: Fail) -> None:
    fail("insert", errorCode=NOT_PRIMARY)
    requests = [UpdateOne({"_id": 1}, {"$inc": {"stock": 1}}), InsertOne({"_id": 3})]
    with pytest.raises(OperationalError):
        shoes.bulk_write(requests)
    assert stock(shoes) == [6, 5]


@pytest.mark.parametrize("lost", ["closeConnection", "closeAfter"])
def test_duplicate_whose_answer_is_lost(shoes: Any, fail: Fail, lost: str) -> None:
    fail("insert", **{lost: True})
    with pytest.raises(IntegrityError):
        shoes.insert_many([{"_id": 3, "sku": "c"}, {"_id": 4, "sku": "a"}])
    assert shoes.distinct("_id") == [1, 2, 3]


def test_other_document_of_the_same_id(shoes: Any, fail: Fail) -> None:
    fail("insert", closeConnection=True)
    with pytest.raises(IntegrityError):
        shoes.insert_one({"_id": 1, "sku": "c"})
    assert shoes.find_one({"_id": 1})["sku"] == "a"


def test_equal_document_that_was_there_before(shoes: Any) -> None:
    with pytest.raises(IntegrityError):
        shoes.insert_one({"_id": 1, "sku": "a", "stock": 5})


def test_connection_lost_twice(shoes: Any, fail: Fail) -> None:
    fail("insert", closeConnection=True, times=2)
    with pytest.raises(OperationalError, match="unknown"):
        shoes.insert_one({"_id": 3, "sku": "c"})


@pytest.mark.parametrize("lost", [{"closeAfter": True}, {"errorCode": INTERRUPTED}])
def test_increment_whose_answer_is_lost(shoes: Any, fail: Fail, lost: dict[str, Any]) -> None:
    fail("update", **lost)
    with pytest.raises(OperationalError):
        shoes.update_one({"_id": 1}, {"$inc": {"stock": -1}})
    assert stock(shoes)[0] == (4 if "closeAfter" in lost else 5)


@pytest.mark.parametrize("lost", ["closeConnection", "closeAfter"])
def test_assignment_whose_answer_is_lost(shoes: Any, fail: Fail, lost: str) -> None:
    fail("update", **{lost: True})
    result = shoes.update_many({"sku": "a"}, {"$set": {"stock": 7}})
    assert result.matched_count == 1
    assert stock(shoes) == [7, 5]


def test_compare_and_set_whose_answer_is_lost(shoes: Any, fail: Fail) -> None:
    """Sent again, it would find nothing to change and be taken for beaten."""
    fail("update", closeAfter=True)
    with pytest.raises(OperationalError, match="unknown"):
        shoes.update_many({"_id": 1, "stock": 5}, {"$set": {"stock": 4}})
    assert stock(shoes) == [4, 5]


@pytest.mark.parametrize("lost", ["closeConnection", "closeAfter"])
def test_delete_by_id_whose_answer_is_lost(shoes: Any, fail: Fail, lost: str) -> None:
    fail("delete", **{lost: True})
    shoes.delete_many({"_id": {"$in": [1]}})
    assert shoes.distinct("_id") == [2]


def test_guarded_delete_whose_answer_is_lost(shoes: Any, fail: Fail) -> None:
    fail("delete", closeAfter=True)
    with pytest.raises(OperationalError, match="unknown"):
        shoes.delete_many({"_id": 1, "stock": 5})


@pytest.mark.parametrize("refusal", [CONFLICT, NOT_PRIMARY])
@pytest.mark.parametrize("method", ["update_one", "find_one_and_update"])
def test_nothing_is_sent_again_in_a_transaction(
    connection: DatabaseWrapper, shoes: Any, fail: Fail, method: str, refusal: int
) -> None:
    fail("update", "findAndModify", errorCode=refusal)
    with connection.current_database().client.start_session() as session:
        session.start_transaction()
        with pytest.raises(OperationalError) as caught:
            getattr(shoes, method)({"_id": 1}, {"$inc": {"stock": -1}}, session=session)
    assert code_of(caught.value) == refusal
    assert stock(shoes) == [5, 5]


def test_read_is_sent_again(shoes: Any, fail: Fail) -> None:
    fail("find", closeConnection=True)
    assert stock(shoes) == [5, 5]


def test_unordered_writes_are_sent_once(shoes: Any, fail: Fail) -> None:
    fail("insert", errorCode=CONFLICT)
    with pytest.raises(OperationalError):
        shoes.insert_many([{"sku": "c"}], ordered=False)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Server]:
    with start(members=3) as cluster:
        yield cluster


def test_new_primary(cluster: Server, connect: Connect) -> None:
    shoes = connect(cluster.url()).get_collection("shoes")
    shoes.insert_one({"_id": 1, "stock": 5})
    with MongoClient[dict[str, Any]](cluster.url()) as client:
        first = client.primary
        client.admin.command("replSetStepDown", 60)
        shoes.update_one({"_id": 1}, {"$set": {"stock": 4}})
        assert shoes.find_one({"_id": 1})["stock"] == 4
        client.admin.command("ping")
        assert client.primary != first


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (InsertOne({}), True),
        (UpdateOne({"_id": 1}, {"$set": {"a": 1}, "$unset": {"b": ""}}), True),
        (UpdateOne({"_id": 1}, {"$set": {"a": 1}}, upsert=True), False),
        (UpdateOne({"sku": "a"}, {"$set": {"a": 1}}), False),
        (UpdateMany({"sku": "a"}, {"$set": {"a": 1}}), True),
        (UpdateMany({"$or": [{"sku": "a"}, {"a.b": 2}]}, {"$set": {"a": 1}}), False),
        (UpdateMany({"a": 2}, {"$set": {"a.b": 1}}), False),
        (UpdateMany({"$expr": {"$eq": ["$a", 1]}}, {"$set": {"a": 1}}), False),
        (UpdateMany({}, {"$push": {"a": 1}}), False),
        (ReplaceOne({"_id": 1}, {"a": 1}), False),
        (DeleteOne({"_id": 1}), True),
        (DeleteOne({"_id": 1, "a": 1}), False),
        (DeleteOne({}), False),
    ],
)
def test_comes_to_the_same_when_done_twice(request_: Request, expected: bool) -> None:
    assert repeatable(request_) is expected
