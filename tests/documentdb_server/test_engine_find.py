"""Sorting, paging, projections, distinct values, and what a cursor sees."""

from datetime import datetime
from typing import Any

import pytest
from bson import Decimal128

from tests.documentdb_server.engine.collection import Collection
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.engine.storage import Storage


@pytest.fixture
def collection() -> Collection:
    return Storage().create("shop", "item")


def ids(collection: Collection, **options: Any) -> list[Any]:
    return [document["_id"] for document in collection.find({}, **options)]


def test_natural_order(collection: Collection) -> None:
    for number in (3, 1, 2):
        collection.insert({"_id": number})
    collection.update({"_id": 3}, {"$set": {"a": 1}})
    assert ids(collection) == [3, 1, 2]
    assert ids(collection, sort={"$natural": -1}) == [2, 1, 3]


def test_sort_is_stable_and_mixes_directions(collection: Collection) -> None:
    for number, (a, b) in enumerate([(1, 1), (2, 1), (1, 2), (1, 1), (2, 3)]):
        collection.insert({"_id": number, "a": a, "b": b})
    assert ids(collection, sort={"a": 1}) == [0, 2, 3, 1, 4]
    assert ids(collection, sort={"a": 1, "b": -1}) == [2, 0, 3, 4, 1]
    assert ids(collection, sort={"a": -1, "b": 1}, limit=3) == [1, 4, 0]
    assert ids(collection, sort={"a": 1}, skip=1, limit=2) == [2, 3]
    assert ids(collection, sort={"a": 1}, skip=4) == [4]


def test_sort_across_types(collection: Collection) -> None:
    values = [True, "a", 2, None, Decimal128("1.5"), {"x": 1}, datetime(2024, 1, 1), 1]
    for number, value in enumerate(values):
        collection.insert({"_id": number, "a": value})
    collection.insert({"_id": 8})
    assert ids(collection, sort={"a": 1}) == [3, 8, 7, 4, 2, 1, 5, 0, 6]


def test_array_sorts_by_its_lowest_or_highest(collection: Collection) -> None:
    for number, value in enumerate([None, [5, 1], 3, [], [2, 9]]):
        collection.insert({"_id": number, "a": value})
    assert ids(collection, sort={"a": 1}) == [3, 0, 1, 4, 2]
    assert ids(collection, sort={"a": -1}) == [4, 1, 2, 0, 3]


@pytest.mark.parametrize("order", [0, 2, True, "text"])
def test_sort_order_that_is_none(collection: Collection, order: Any) -> None:
    with pytest.raises(CommandError, match="ordering must be 1"):
        collection.find({}, sort={"a": order})


def test_cursor_sees_the_moment_of_the_call(collection: Collection) -> None:
    collection.insert({"_id": 1, "a": 1})
    cursor = collection.find({})
    collection.update({}, {"$set": {"a": 2}})
    collection.insert({"_id": 2})
    assert list(cursor) == [{"_id": 1, "a": 1}]


@pytest.mark.parametrize(
    ("projection", "expected"),
    [
        ({}, {"_id": 1, "a": 1, "b": {"x": 2, "y": [3, 4]}, "c": [{"x": 5, "y": 6}, 7]}),
        ({"a": 1}, {"_id": 1, "a": 1}),
        ({"a": 1, "_id": 0}, {"a": 1}),
        ({"_id": 1}, {"_id": 1}),
        ({"nothing": 1}, {"_id": 1}),
        ({"_id": 0}, {"a": 1, "b": {"x": 2, "y": [3, 4]}, "c": [{"x": 5, "y": 6}, 7]}),
        ({"b": 0, "c": 0}, {"_id": 1, "a": 1}),
        ({"a": 0, "c": 0, "_id": 1}, {"_id": 1, "b": {"x": 2, "y": [3, 4]}}),
        ({"b.x": 1}, {"_id": 1, "b": {"x": 2}}),
        ({"b": {"x": 1}}, {"_id": 1, "b": {"x": 2}}),
        ({"c.x": 1}, {"_id": 1, "c": [{"x": 5}]}),
        ({"c.x": 0, "b": 0}, {"_id": 1, "a": 1, "c": [{"y": 6}, 7]}),
        ({"a.x": 1}, {"_id": 1}),
        ({"a": 1, "d": "$b.x"}, {"_id": 1, "a": 1, "d": 2}),
        ({"_id": 0, "d": {"$add": ["$a", 1]}}, {"d": 2}),
        (
            {"b.y": {"$slice": 1}, "c": {"$slice": -1}},
            {"_id": 1, "a": 1, "b": {"x": 2, "y": [3]}, "c": [7]},
        ),
        (
            {"b.y": {"$slice": [1, 5]}, "c": 1},
            {"_id": 1, "b": {"y": [4]}, "c": [{"x": 5, "y": 6}, 7]},
        ),
        ({"c": {"$elemMatch": {"x": 5}}}, {"_id": 1, "c": [{"x": 5, "y": 6}]}),
        ({"c": {"$elemMatch": {"x": 9}}}, {"_id": 1}),
    ],
)
def test_projection(
    collection: Collection, projection: dict[str, Any], expected: dict[str, Any]
) -> None:
    collection.insert({"_id": 1, "a": 1, "b": {"x": 2, "y": [3, 4]}, "c": [{"x": 5, "y": 6}, 7]})
    (found,) = collection.find({}, projection=projection)
    assert found == expected
    assert list(found) == list(expected)


def test_projection_of_the_matching_element(collection: Collection) -> None:
    collection.insert({"_id": 1, "a": [1, 5, 9]})
    (found,) = collection.find({"a": {"$gt": 3}}, projection={"a.$": 1})
    assert found == {"_id": 1, "a": [5]}


@pytest.mark.parametrize(
    ("projection", "code"),
    [({"a": 1, "b": 0}, 31254), ({"a": 0, "b": 1}, 31253), ({"a": 1, "a.b": 1}, 31250)],
)
def test_projection_that_makes_no_sense(
    collection: Collection, projection: dict[str, Any], code: int
) -> None:
    with pytest.raises(CommandError) as caught:
        collection.find({}, projection=projection)
    assert caught.value.code == code


def test_distinct(collection: Collection) -> None:
    for value in (2, 1, [1, 3], 2.0, None, "a"):
        collection.insert({"a": value, "b": {"c": value}})
    collection.insert({})
    assert collection.distinct("a", {}) == [2, 1, 3, None, "a"]
    assert collection.distinct("b.c", {"a": 1}) == [1, 3]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("red", [1, 2]),
        ("BLUE shirt", [1, 3]),
        ("-red shirt", []),
        ('"red shoes"', [2]),
        ("re", []),
    ],
)
def test_text(collection: Collection, search: str, expected: list[int]) -> None:
    collection.create_index({"key": {"name": "text", "tags": "text"}})
    collection.insert({"_id": 1, "name": "Red shirt"})
    collection.insert({"_id": 2, "name": "Red shoes"})
    collection.insert({"_id": 3, "name": "Hat", "tags": ["blue", "wool"]})
    found = collection.find({"$and": [{"$text": {"$search": search}}]}, sort={"_id": 1})
    assert [document["_id"] for document in found] == expected


def test_text_without_an_index(collection: Collection) -> None:
    with pytest.raises(CommandError, match="text index required") as caught:
        collection.find({"$text": {"$search": "red"}})
    assert caught.value.code == 27


@pytest.mark.parametrize(
    ("options", "expected"),
    [({}, 5), ({"limit": 3}, 3), ({"skip": 4}, 1), ({"skip": 2, "limit": 9}, 3), ({"skip": 9}, 0)],
)
def test_count(collection: Collection, options: dict[str, Any], expected: int) -> None:
    for number in range(5):
        collection.insert({"a": number})
    assert collection.count({}, **options) == expected
    assert collection.count({"a": {"$gte": 0}}, **options) == expected
