from datetime import datetime
from typing import Any

import pytest
from bson import Decimal128, Int64, ObjectId, Timestamp

from tests.documentdb_server.engine.bson_types import now
from tests.documentdb_server.engine.collection import Collection, UpdateResult
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.engine.storage import Storage


@pytest.fixture
def collection() -> Collection:
    return Storage().create("shop", "item")


@pytest.mark.parametrize(
    ("before", "update", "after"),
    [
        ({"a": 1}, {"$set": {"a": 2, "b": 3}}, {"a": 2, "b": 3}),
        ({}, {"$set": {"b": 1, "a": 1}}, {"a": 1, "b": 1}),
        ({}, {"$set": {"a.b.c": 1}}, {"a": {"b": {"c": 1}}}),
        ({"a": {"x": 1}}, {"$set": {"a.y": 2}}, {"a": {"x": 1, "y": 2}}),
        ({"a": [1, 2]}, {"$set": {"a.1": 5}}, {"a": [1, 5]}),
        ({"a": [1]}, {"$set": {"a.3": 5}}, {"a": [1, None, None, 5]}),
        ({"a": [{"x": 1}]}, {"$set": {"a.0.y": 5}}, {"a": [{"x": 1, "y": 5}]}),
        ({"a": 1, "b": 2}, {"$unset": {"a": ""}}, {"b": 2}),
        ({"a": {"x": 1}}, {"$unset": {"a.x": "", "a.y": "", "b.c": ""}}, {"a": {}}),
        ({"a": [1, 2]}, {"$unset": {"a.0": ""}}, {"a": [None, 2]}),
        ({"a": 1}, {"$inc": {"a": 2, "b": 3}}, {"a": 3, "b": 3}),
        ({"a": 1}, {"$inc": {"a": 0.5}}, {"a": 1.5}),
        ({"a": Decimal128("1.10")}, {"$inc": {"a": 1}}, {"a": Decimal128("2.10")}),
        ({"a": 1}, {"$inc": {"a": Decimal128("0.1")}}, {"a": Decimal128("1.1")}),
        ({"a": 2**31 - 1}, {"$inc": {"a": 1}}, {"a": Int64(2**31)}),
        ({"a": Int64(5)}, {"$inc": {"a": -1}}, {"a": Int64(4)}),
        ({"a": 4}, {"$mul": {"a": 3, "b": 5}}, {"a": 12, "b": 0}),
        ({"a": Decimal128("1.5")}, {"$mul": {"a": 2}}, {"a": Decimal128("3.0")}),
        ({"a": 4}, {"$min": {"a": 3, "b": 1}}, {"a": 3, "b": 1}),
        ({"a": 4}, {"$max": {"a": 3}}, {"a": 4}),
        ({"a": 4}, {"$max": {"a": "x"}}, {"a": "x"}),
        ({"a": 1, "z": 2}, {"$rename": {"a": "b"}}, {"z": 2, "b": 1}),
        ({"a": {"x": 1}}, {"$rename": {"a.x": "y", "nothing": "b"}}, {"a": {}, "y": 1}),
        ({"a": 5}, {"$bit": {"a": {"and": 4}}}, {"a": 4}),
        ({"a": 1}, {"$setOnInsert": {"b": 1}}, {"a": 1}),
        ({}, {"$push": {"a": 1}}, {"a": [1]}),
        ({"a": [3, 1]}, {"$push": {"a": {"$each": [2], "$sort": 1}}}, {"a": [1, 2, 3]}),
        ({"a": [1, 2]}, {"$push": {"a": {"$each": [9], "$position": 0}}}, {"a": [9, 1, 2]}),
        ({"a": [1, 2]}, {"$push": {"a": {"$each": [3, 4], "$slice": -3}}}, {"a": [2, 3, 4]}),
        (
            {"a": [{"x": 2}]},
            {"$push": {"a": {"$each": [{"x": 3}], "$sort": {"x": -1}}}},
            {"a": [{"x": 3}, {"x": 2}]},
        ),
        ({"a": [1]}, {"$addToSet": {"a": 1.0}}, {"a": [1]}),
        ({"a": [1]}, {"$addToSet": {"a": {"$each": [2, 1, 2]}}}, {"a": [1, 2]}),
        ({"a": [1]}, {"$addToSet": {"a": [1]}}, {"a": [1, [1]]}),
        ({"a": [1, 2, 3]}, {"$pop": {"a": -1}}, {"a": [2, 3]}),
        ({"a": [1, 2, 3]}, {"$pop": {"a": 1, "b": 1}}, {"a": [1, 2]}),
        ({"a": [1, 2, 1]}, {"$pull": {"a": 1}}, {"a": [2]}),
        ({"a": [1, 5, 9]}, {"$pull": {"a": {"$gt": 3, "$lt": 7}}}, {"a": [1, 9]}),
        ({"a": [{"x": 1, "y": 1}, {"x": 2}]}, {"$pull": {"a": {"x": 1}}}, {"a": [{"x": 2}]}),
        ({"a": [1, 2, 3]}, {"$pullAll": {"a": [1, 3]}}, {"a": [2]}),
        ({"a": [1, 2]}, {"$inc": {"a.$[]": 1}}, {"a": [2, 3]}),
        ({"a": 1}, {"b": 2}, {"b": 2}),
        ({"a": 1}, {}, {}),
        ({"a": 1}, {"$set": {}}, {"a": 1}),
    ],
)
def test_update(
    collection: Collection, before: dict[str, Any], update: dict[str, Any], after: dict[str, Any]
) -> None:
    collection.insert({"_id": 1, **before})
    collection.update({"_id": 1}, update)
    (found,) = collection.find({})
    assert list(found.items()) == list({"_id": 1, **after}.items())
    assert [type(value) for value in found.values()] == [int, *map(type, after.values())]


@pytest.mark.parametrize(
    ("before", "update", "code", "message"),
    [
        ({"a": "x"}, {"$inc": {"a": 1}}, 14, r"Cannot apply \$inc to a value of non-numeric type"),
        ({"a": None}, {"$inc": {"a": 1}}, 14, "of non-numeric type null"),
        ({"a": 1}, {"$inc": {"a": "x"}}, 14, "Cannot increment with non-numeric argument"),
        ({"a": True}, {"$mul": {"a": 2}}, 14, "of non-numeric type bool"),
        ({"a": Int64(2**63 - 1)}, {"$inc": {"a": 1}}, 2, "64 bits"),
        ({"a": 5}, {"$set": {"a.b": 1}}, 28, r"Cannot create field 'b' in element \{5\}"),
        ({"a": [1]}, {"$set": {"a.b": 1}}, 28, "Cannot create field 'b' in an array"),
        ({}, {"$set": {"_id": 2}}, 66, "immutable field '_id'"),
        ({}, {"$unset": {"_id": ""}}, 66, "immutable field '_id'"),
        ({}, {"_id": 2, "a": 1}, 66, "immutable field '_id'"),
        ({}, {"$set": {"a": 1}, "$inc": {"a": 1}}, 40, "'a' would create a conflict at 'a'"),
        ({}, {"$set": {"a.b": 1, "a": 1}}, 40, "'a.b' would create a conflict at 'a'"),
        ({}, {"$rename": {"a": "b"}, "$set": {"b": 1}}, 40, "conflict at 'b'"),
        ({}, {"$foo": {"a": 1}}, 9, r"Unknown modifier: \$foo"),
        ({}, {"$set": {"a": 1}, "b": 1}, 9, "Unknown modifier: b"),
        ({}, {"$set": {"a..b": 1}}, 56, "empty field name"),
        ({"a": 1}, {"$push": {"a": 1}}, 2, "must be an array but is of type int"),
        ({"a": 1}, {"$pop": {"a": 2}}, 9, r"\$pop expects 1 or -1"),
        ({"a": 1.5}, {"$bit": {"a": {"or": 1}}}, 2, "non-integral"),
        ({"a": [1]}, {"$set": {"a.$": 1}}, 2, "positional operator did not find"),
    ],
)
def test_update_that_cannot_be(
    collection: Collection,
    before: dict[str, Any],
    update: dict[str, Any],
    code: int,
    message: str,
) -> None:
    collection.insert({"_id": 1, **before})
    with pytest.raises(CommandError, match=message) as caught:
        collection.update({"_id": 1}, update)
    assert caught.value.code == code
    assert list(collection.find({})) == [{"_id": 1, **before}]


def test_update_with_a_pipeline(collection: Collection) -> None:
    pipeline: Any = [{"$set": {"a": 1}}]
    with pytest.raises(CommandError) as caught:
        collection.update({}, pipeline)
    assert caught.value.code == 9


def test_stored_document_stays_as_it_was_read(collection: Collection) -> None:
    collection.insert({"_id": 1, "a": {"b": [1]}})
    (before,) = collection.find({})
    collection.update({}, {"$push": {"a.b": 2}, "$set": {"c": 1}})
    assert before == {"_id": 1, "a": {"b": [1]}}


def test_only_the_first_unless_multi(collection: Collection) -> None:
    for number in range(3):
        collection.insert({"_id": number, "a": number % 2})
    assert collection.update({"a": 0}, {"$set": {"b": 1}}) == UpdateResult(1, 1)
    assert collection.update({"a": 0}, {"$set": {"b": 1}}, multi=True) == UpdateResult(2, 1)
    assert collection.count({"b": 1}) == 2


@pytest.mark.parametrize(
    ("update", "modified"), [({"$set": {"a": 1}}, 0), ({"$set": {"a": 1.0}}, 1)]
)
def test_modified_counts_what_differs(
    collection: Collection, update: dict[str, Any], modified: int
) -> None:
    """A number of the same value and another type differs."""
    collection.insert({"_id": 1, "a": 1})
    assert collection.update({}, update) == UpdateResult(1, modified)


def test_multi_with_a_replacement(collection: Collection) -> None:
    with pytest.raises(CommandError, match="replacement-style"):
        collection.update({}, {"a": 1}, multi=True)


def test_index_that_the_update_walks_on(collection: Collection) -> None:
    """Each document is raised once, though it moves ahead in the index being read."""
    collection.create_index({"key": {"a": 1}})
    for number in range(10):
        collection.insert({"a": number})
    result = collection.update({"a": {"$gte": 0}}, {"$inc": {"a": 5}}, multi=True)
    assert result == UpdateResult(10, 10)
    assert [document["a"] for document in collection.find({}, sort={"a": 1})] == list(range(5, 15))


def test_upsert_inserts(collection: Collection) -> None:
    result = collection.update(
        {"sku": "a", "owner": {"$eq": "ann"}, "stock": {"$gt": 3}},
        {"$set": {"name": "x"}, "$setOnInsert": {"made": True}, "$inc": {"count": 1}},
        upsert=True,
    )
    (found,) = collection.find({})
    assert result == UpdateResult(0, 0, found["_id"], upserted=True)
    assert isinstance(found.pop("_id"), ObjectId)
    assert found == {"sku": "a", "owner": "ann", "count": 1, "made": True, "name": "x"}


def test_upsert_updates(collection: Collection) -> None:
    collection.insert({"_id": 1, "sku": "a"})
    update = {"$set": {"name": "x"}, "$setOnInsert": {"made": True}}
    assert collection.update({"sku": "a"}, update, upsert=True) == UpdateResult(1, 1)
    assert list(collection.find({})) == [{"_id": 1, "sku": "a", "name": "x"}]


def test_upsert_with_a_replacement(collection: Collection) -> None:
    result = collection.update({"_id": 5, "a": 1}, {"b": 2}, upsert=True)
    assert result == UpdateResult(0, 0, 5, upserted=True)
    assert list(collection.find({})) == [{"_id": 5, "b": 2}]


def test_upsert_by_dotted_path(collection: Collection) -> None:
    collection.update({"_id": 1, "$and": [{"a.b": 2}]}, {"$set": {"a.c": 3}}, upsert=True)
    assert list(collection.find({})) == [{"_id": 1, "a": {"b": 2, "c": 3}}]


def test_positional_element(collection: Collection) -> None:
    collection.insert({"_id": 1, "a": [{"x": 1}, {"x": 5}, {"x": 6}]})
    collection.update({"a.x": {"$gt": 3}}, {"$set": {"a.$.y": True}})
    assert list(collection.find({})) == [{"_id": 1, "a": [{"x": 1}, {"x": 5, "y": True}, {"x": 6}]}]


def test_filtered_elements(collection: Collection) -> None:
    collection.insert({"_id": 1, "a": [{"x": 1}, {"x": 5}, {"x": 6}]})
    collection.update({}, {"$inc": {"a.$[big].x": 1}}, array_filters=[{"big.x": {"$gt": 3}}])
    assert list(collection.find({})) == [{"_id": 1, "a": [{"x": 1}, {"x": 6}, {"x": 7}]}]


def test_filter_that_is_not_given(collection: Collection) -> None:
    with pytest.raises(CommandError, match="No array filter found for identifier 'big'"):
        collection.update({}, {"$inc": {"a.$[big].x": 1}})


def test_current_date(collection: Collection) -> None:
    start = now()
    collection.insert({"_id": 1})
    collection.update({}, {"$currentDate": {"a": True, "b": {"$type": "timestamp"}}})
    (found,) = collection.find({})
    assert start <= found["a"] <= now()
    assert found["a"].microsecond % 1000 == 0
    assert isinstance(found["b"], Timestamp)


def test_insert_puts_the_id_first(collection: Collection) -> None:
    collection.insert({"a": datetime(2024, 1, 1), "_id": 7})
    made = collection.insert({"a": 1})
    one, other = collection.find({})
    assert list(one) == list(other) == ["_id", "a"]
    assert other["_id"] == made


def test_insert_of_an_array_as_id(collection: Collection) -> None:
    with pytest.raises(CommandError) as caught:
        collection.insert({"_id": [1]})
    assert caught.value.code == 53


def test_delete(collection: Collection) -> None:
    for number in range(5):
        collection.insert({"_id": number, "a": number % 2})
    assert collection.delete({"a": 0}, limit=1) == 1
    assert collection.delete({"a": 0}) == 2
    assert [document["_id"] for document in collection.find({})] == [1, 3]
