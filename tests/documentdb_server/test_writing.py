from typing import Any

import pytest
from bson import ObjectId
from pymongo import DeleteMany, InsertOne, ReturnDocument, UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

Document = dict[str, Any]


def identifiers(database: Database[Document]) -> list[Any]:
    return [each["_id"] for each in database.a.find(sort={"_id": 1})]


def test_insert_makes_an_id(database: Database[Document]) -> None:
    database.command("insert", "a", documents=[{"x": 1}])
    [document] = database.a.find()
    assert isinstance(document["_id"], ObjectId)
    assert document["x"] == 1


def test_duplicate_key(database: Database[Document]) -> None:
    database.a.create_index("sku", unique=True)
    database.a.insert_one({"_id": 1, "sku": "s"})
    with pytest.raises(DuplicateKeyError) as caught:
        database.a.insert_one({"_id": 2, "sku": "s"})
    assert caught.value.code == 11000
    details = caught.value.details
    assert details is not None
    assert details["keyPattern"] == {"sku": 1}
    assert details["keyValue"] == {"sku": "s"}
    assert identifiers(database) == [1]


def test_ordered_inserts_end_with_the_first_error(database: Database[Document]) -> None:
    documents = [{"_id": 1}, {"_id": 1}, {"_id": 2}]
    with pytest.raises(BulkWriteError) as caught:
        database.a.insert_many(documents)
    assert caught.value.details["nInserted"] == 1
    assert [each["index"] for each in caught.value.details["writeErrors"]] == [1]
    assert identifiers(database) == [1]


def test_unordered_inserts_go_on(database: Database[Document]) -> None:
    documents = [{"_id": number} for number in (1, 1, 2, 2, 3, 4)]
    with pytest.raises(BulkWriteError) as caught:
        database.a.insert_many(documents, ordered=False)
    assert caught.value.details["nInserted"] == 4
    assert [each["index"] for each in caught.value.details["writeErrors"]] == [1, 3]
    assert identifiers(database) == [1, 2, 3, 4]


def test_no_statements(database: Database[Document]) -> None:
    with pytest.raises(OperationFailure, match="between 1 and 100000") as caught:
        database.command("insert", "a", documents=[])
    assert caught.value.code == 16


def test_update(database: Database[Document]) -> None:
    database.a.insert_many([{"_id": 1, "x": 1}, {"_id": 2, "x": 1}, {"_id": 3, "x": 5}])
    one = database.a.update_one({"x": 1}, {"$set": {"x": 2}})
    assert (one.matched_count, one.modified_count) == (1, 1)
    many = database.a.update_many({}, {"$set": {"x": 2}})
    assert (many.matched_count, many.modified_count) == (3, 2)
    assert database.a.distinct("x") == [2]


def test_upsert(database: Database[Document]) -> None:
    made = database.a.update_one({"_id": 7}, {"$set": {"x": 1}}, upsert=True)
    assert (made.matched_count, made.upserted_id) == (0, 7)
    again = database.a.update_one({"_id": 7}, {"$set": {"x": 2}}, upsert=True)
    assert (again.matched_count, again.upserted_id) == (1, None)
    assert database.a.find_one() == {"_id": 7, "x": 2}


def test_update_of_a_collection_that_is_not_there(database: Database[Document]) -> None:
    assert database.a.update_one({}, {"$set": {"x": 1}}).matched_count == 0
    assert database.list_collection_names() == []


def test_delete(database: Database[Document]) -> None:
    database.a.insert_many([{"_id": number} for number in range(4)])
    assert database.a.delete_one({"_id": {"$gt": 1}}).deleted_count == 1
    assert database.a.delete_many({}).deleted_count == 3
    assert database.b.delete_many({}).deleted_count == 0


def test_bulk_write(database: Database[Document]) -> None:
    result = database.a.bulk_write(
        [
            InsertOne({"_id": 1}),
            UpdateOne({"_id": 1}, {"$set": {"x": 1}}),
            UpdateOne({"_id": 2}, {"$set": {"x": 2}}, upsert=True),
            DeleteMany({"x": 1}),
        ]
    )
    assert (result.inserted_count, result.modified_count, result.deleted_count) == (1, 1, 1)
    assert result.upserted_ids == {2: 2}
    assert identifiers(database) == [2]


def test_find_one_and_update(database: Database[Document]) -> None:
    database.a.insert_many([{"_id": 1, "x": 1}, {"_id": 2, "x": 9}])
    before = database.a.find_one_and_update({}, {"$inc": {"x": 1}}, sort=[("x", -1)])
    assert before == {"_id": 2, "x": 9}
    after = database.a.find_one_and_update(
        {"_id": 2},
        {"$inc": {"x": 1}},
        return_document=ReturnDocument.AFTER,
        projection={"_id": 0, "x": 1},
    )
    assert after == {"x": 11}
    assert database.a.find_one_and_update({"_id": 3}, {"$inc": {"x": 1}}) is None


def test_find_one_and_update_that_moves_the_document_out_of_its_query(
    database: Database[Document],
) -> None:
    database.a.insert_many([{"_id": 1, "x": 1}, {"_id": 2, "x": 1}])
    after = database.a.find_one_and_update(
        {"x": 1}, {"$set": {"x": 2}}, return_document=ReturnDocument.AFTER
    )
    assert after == {"_id": 1, "x": 2}


def test_find_one_and_upsert(database: Database[Document]) -> None:
    made = database.a.find_one_and_update(
        {"_id": 1}, {"$set": {"x": 1}}, upsert=True, return_document=ReturnDocument.AFTER
    )
    assert made == {"_id": 1, "x": 1}


def test_find_one_and_delete(database: Database[Document]) -> None:
    database.a.insert_many([{"_id": 1}, {"_id": 2}])
    assert database.a.find_one_and_delete({}, sort=[("_id", -1)]) == {"_id": 2}
    assert identifiers(database) == [1]
