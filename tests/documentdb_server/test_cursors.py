from typing import Any

import pytest
from bson import Int64
from pymongo.database import Database
from pymongo.errors import CursorNotFound, OperationFailure

Document = dict[str, Any]


def fill(database: Database[Document], count: int) -> None:
    database.a.insert_many([{"_id": number} for number in range(count)])


def test_default_batches(database: Database[Document]) -> None:
    fill(database, 250)
    answer = database.command("find", "a")["cursor"]
    assert len(answer["firstBatch"]) == 101
    following = database.command({"getMore": answer["id"], "collection": "a"})["cursor"]
    assert [each["_id"] for each in following["nextBatch"]] == list(range(101, 250))
    assert following["id"] == 0


@pytest.mark.parametrize("size", [1, 2, 3, 10, 11])
def test_batch_size(database: Database[Document], size: int) -> None:
    fill(database, 10)
    cursor = database.a.find(batch_size=size)
    assert [each["_id"] for each in cursor] == list(range(10))
    assert len(database.command("find", "a", batchSize=size)["cursor"]["firstBatch"]) == min(
        size, 10
    )


def test_a_batch_that_holds_all_leaves_no_cursor(database: Database[Document]) -> None:
    fill(database, 3)
    assert database.command("find", "a", batchSize=3)["cursor"]["id"] == 0


def test_empty_first_batch(database: Database[Document]) -> None:
    fill(database, 3)
    answer = database.command("find", "a", batchSize=0)["cursor"]
    assert answer["firstBatch"] == []
    following = database.command({"getMore": answer["id"], "collection": "a"})["cursor"]
    assert len(following["nextBatch"]) == 3


def test_single_batch(database: Database[Document]) -> None:
    fill(database, 5)
    answer = database.command("find", "a", batchSize=2, singleBatch=True)["cursor"]
    assert (len(answer["firstBatch"]), answer["id"]) == (2, 0)


def test_aggregate_in_batches(database: Database[Document]) -> None:
    fill(database, 10)
    cursor = database.a.aggregate([{"$match": {"_id": {"$gte": 2}}}], batchSize=3)
    assert [each["_id"] for each in cursor] == list(range(2, 10))


def test_large_documents(database: Database[Document]) -> None:
    """An answer stays below 16 MiB, whatever batch is asked for."""
    text = "x" * 6_000_000
    for number in range(5):
        database.a.insert_one({"_id": number, "text": text})
    assert len(database.command("find", "a", batchSize=5)["cursor"]["firstBatch"]) == 2
    assert [each["_id"] for each in database.a.find(batch_size=5)] == list(range(5))


def test_writes_do_not_disturb_an_open_cursor(database: Database[Document]) -> None:
    fill(database, 6)
    cursor = database.a.find(batch_size=2)
    first = next(cursor)
    database.a.delete_many({"_id": {"$gt": 3}})
    assert [first["_id"], *(each["_id"] for each in cursor)] == list(range(6))


def test_closed_cursor(database: Database[Document]) -> None:
    fill(database, 5)
    cursor = database.command("find", "a", batchSize=2)["cursor"]
    killed = database.command("killCursors", "a", cursors=[cursor["id"], Int64(5)])
    assert killed["cursorsKilled"] == [cursor["id"]]
    assert killed["cursorsNotFound"] == [5]
    with pytest.raises(CursorNotFound):
        database.command({"getMore": cursor["id"], "collection": "a"})


def test_cursor_of_another_collection(database: Database[Document]) -> None:
    fill(database, 5)
    cursor = database.command("find", "a", batchSize=2)["cursor"]
    with pytest.raises(OperationFailure) as caught:
        database.command({"getMore": cursor["id"], "collection": "b"})
    assert caught.value.code == 13


def test_a_cursor_that_is_read_to_its_end_is_forgotten(database: Database[Document]) -> None:
    def open_cursors() -> int:
        total: int = database.command("serverStatus")["metrics"]["cursor"]["open"]["total"]
        return total

    fill(database, 10)
    before = open_cursors()
    cursor = database.a.find(batch_size=2)
    next(cursor)
    assert open_cursors() == before + 1
    list(cursor)
    assert open_cursors() == before
