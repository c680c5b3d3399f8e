from typing import Any

import pytest
from bson import Decimal128, Int64

from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.engine.storage import Storage

ITEMS: list[dict[str, Any]] = [
    {
        "_id": 1,
        "owner": "ann",
        "price": Decimal128("1.50"),
        "stock": 3,
        "cat": 1,
        "tags": ["a", "b"],
    },
    {"_id": 2, "owner": "bob", "price": Decimal128("2.25"), "stock": 0, "cat": 2, "tags": []},
    {"_id": 3, "owner": "ann", "price": Decimal128("4.00"), "stock": None, "cat": None},
    {"_id": 4, "owner": "cid", "price": None, "stock": 5, "tags": ["b"]},
]


@pytest.fixture
def storage() -> Storage:
    storage = Storage()
    items, categories = storage.create("shop", "item"), storage.create("shop", "category")
    for item in ITEMS:
        items.insert(item)
    for number, slug in enumerate(["one", "two", "three"], start=1):
        categories.insert({"_id": number, "slug": slug})
    return storage


def run(storage: Storage, *stages: dict[str, Any]) -> list[dict[str, Any]]:
    return list(storage.aggregate("shop", "item", list(stages)))


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        (
            [{"$match": {"owner": "ann"}}, {"$project": {"stock": 1}}],
            [{"_id": 1, "stock": 3}, {"_id": 3, "stock": None}],
        ),
        ([{"$sort": {"stock": -1}}, {"$limit": 1}, {"$project": {"_id": 1}}], [{"_id": 4}]),
        (
            [{"$sort": {"_id": -1}}, {"$skip": 1}, {"$limit": 2}, {"$project": {"_id": 1}}],
            [{"_id": 3}, {"_id": 2}],
        ),
        ([{"$limit": 3}, {"$skip": 2}, {"$project": {"_id": 1}}], [{"_id": 3}]),
        (
            [{"$project": {"_id": 0, "n": "$owner"}}, {"$sort": {"n": -1}}, {"$limit": 2}],
            [{"n": "cid"}, {"n": "bob"}],
        ),
        (
            [{"$project": {"_id": 1}}, {"$sort": {"_id": -1}}, {"$skip": 1}, {"$limit": 2}],
            [{"_id": 3}, {"_id": 2}],
        ),
        ([{"$count": "n"}], [{"n": 4}]),
        ([{"$match": {"owner": "ann"}}, {"$count": "n"}], [{"n": 2}]),
        ([{"$match": {"owner": "zed"}}, {"$count": "n"}], []),
        ([{"$skip": 1}, {"$limit": 2}, {"$count": "n"}], [{"n": 2}]),
        ([{"$group": {"_id": None, "n": {"$sum": 1}}}], [{"_id": None, "n": 4}]),
        ([{"$match": {"owner": "zed"}}, {"$group": {"_id": None, "n": {"$sum": 1}}}], []),
        (
            [
                {"$match": {"_id": 1}},
                {"$addFields": {"a.b": "$stock", "stock": 9}},
                {"$project": {"a": 1, "stock": 1}},
            ],
            [{"_id": 1, "stock": 9, "a": {"b": 3}}],
        ),
        (
            [{"$match": {"_id": 1}}, {"$project": {"o": {"p": "$owner"}, "_id": 0}}],
            [{"o": {"p": "ann"}}],
        ),
        (
            [{"$match": {"_id": 1}}, {"$project": {"price": 0, "tags": 0, "cat": 0}}],
            [{"_id": 1, "owner": "ann", "stock": 3}],
        ),
        ([{"$match": {"_id": 2}}, {"$replaceRoot": {"newRoot": {"x": "$stock"}}}], [{"x": 0}]),
        (
            [{"$unwind": "$tags"}, {"$project": {"tags": 1}}],
            [{"_id": 1, "tags": "a"}, {"_id": 1, "tags": "b"}, {"_id": 4, "tags": "b"}],
        ),
        (
            [
                {"$match": {"_id": {"$in": [2, 3, 4]}}},
                {
                    "$unwind": {
                        "path": "$tags",
                        "preserveNullAndEmptyArrays": True,
                        "includeArrayIndex": "i",
                    }
                },
                {"$project": {"tags": 1, "i": 1}},
            ],
            [{"_id": 2, "i": None}, {"_id": 3, "i": None}, {"_id": 4, "tags": "b", "i": 0}],
        ),
    ],
)
def test_stages(
    storage: Storage, stages: list[dict[str, Any]], expected: list[dict[str, Any]]
) -> None:
    found = run(storage, *stages)
    assert found == expected
    assert [list(document) for document in found] == [list(document) for document in expected]


@pytest.mark.parametrize(
    ("accumulator", "expected"),
    [
        ({"$sum": "$price"}, Decimal128("5.50")),
        ({"$sum": "$stock"}, 3),
        ({"$sum": {"$multiply": ["$stock", 2]}}, 6),
        ({"$sum": "$owner"}, 0),
        ({"$avg": "$price"}, Decimal128("2.75")),
        ({"$avg": "$stock"}, 3.0),
        ({"$avg": "$owner"}, None),
        ({"$min": "$price"}, Decimal128("1.50")),
        ({"$max": "$stock"}, 3),
        ({"$max": "$nothing"}, None),
        ({"$first": "$_id"}, 1),
        ({"$last": "$stock"}, None),
        ({"$last": "$nothing"}, None),
        ({"$push": "$stock"}, [3, None]),
        ({"$push": "$tags"}, [["a", "b"]]),
        ({"$addToSet": "$owner"}, ["ann"]),
        ({"$mergeObjects": {"a": "$cat"}}, {"a": None}),
    ],
)
def test_accumulators(storage: Storage, accumulator: dict[str, Any], expected: Any) -> None:
    (found,) = run(
        storage, {"$match": {"owner": "ann"}}, {"$group": {"_id": "$owner", "x": accumulator}}
    )
    assert found == {"_id": "ann", "x": expected}
    assert type(found["x"]) is type(expected)


def test_sum_of_longs_and_of_doubles(storage: Storage) -> None:
    collection = storage.create("shop", "numbers")
    for number in (0.1, 0.2, 0.3):
        collection.insert({"f": number, "l": Int64(1), "i": 2**30})
    pipeline = [{"$group": {"_id": None, **{name: {"$sum": f"${name}"} for name in "fli"}}}]
    (found,) = storage.aggregate("shop", "numbers", pipeline)
    assert found == {"_id": None, "f": 0.6, "l": 3, "i": 3 * 2**30}
    assert type(found["l"]) is type(found["i"]) is Int64


def test_groups_by_value(storage: Storage) -> None:
    """Numbers of all types fall together, as do null and missing."""
    collection = storage.create("shop", "numbers")
    for value in (1, 1.0, Decimal128("1"), None, "1", True):
        collection.insert({"a": value})
    collection.insert({})
    pipeline = [{"$group": {"_id": "$a", "n": {"$sum": 1}}}]
    found = [(group["_id"], group["n"]) for group in storage.aggregate("shop", "numbers", pipeline)]
    assert found == [(1, 3), (None, 2), ("1", 1), (True, 1)]


def test_group_by_several_fields(storage: Storage) -> None:
    found = run(
        storage,
        {"$group": {"_id": {"owner": "$owner", "has": {"$gt": ["$stock", 0]}}, "n": {"$sum": 1}}},
        {"$sort": {"_id.owner": 1, "_id.has": 1}},
    )
    assert [(group["_id"]["owner"], group["_id"]["has"]) for group in found] == [
        ("ann", False),
        ("ann", True),
        ("bob", False),
        ("cid", True),
    ]


LOOKUP = {"$lookup": {"from": "category", "localField": "cat", "foreignField": "_id", "as": "cat"}}


def test_lookup(storage: Storage) -> None:
    found = run(storage, LOOKUP, {"$project": {"cat.slug": 1}})
    slugs = [[category["slug"] for category in item["cat"]] for item in found]
    assert slugs == [["one"], ["two"], [], []]


def test_outer_join(storage: Storage) -> None:
    unwind = {"$unwind": {"path": "$cat", "preserveNullAndEmptyArrays": True}}
    found = run(storage, LOOKUP, unwind, {"$sort": {"cat.slug": 1, "_id": 1}})
    assert [item["_id"] for item in found] == [3, 4, 1, 2]


@pytest.mark.parametrize("indexed", [True, False])
def test_lookup_of_null_and_arrays(storage: Storage, indexed: bool) -> None:
    labels = storage.create("shop", "label")
    if indexed:
        labels.create_index({"key": {"name": 1}})
    for name in ("a", None, ["b", "c"], ["a", "b"]):
        labels.insert({"name": name})
    labels.insert({"other": 1})
    lookup = {"from": "label", "localField": "tags", "foreignField": "name", "as": "found"}
    counts = {item["_id"]: len(item["found"]) for item in run(storage, {"$lookup": lookup})}
    assert counts == {1: 3, 2: 0, 3: 2, 4: 2}


def test_lookup_in_no_collection(storage: Storage) -> None:
    lookup = {"from": "nowhere", "localField": "cat", "foreignField": "_id", "as": "cat"}
    assert [item["cat"] for item in run(storage, {"$lookup": lookup})] == [[], [], [], []]


def test_lookup_with_a_pipeline(storage: Storage) -> None:
    inner = [{"$match": {"slug": "two"}}, {"$project": {"_id": 0}}]
    lookup = {"$lookup": {"from": "category", "pipeline": inner, "as": "all"}}
    assert run(storage, {"$match": {"_id": 4}}, lookup)[0]["all"] == [{"slug": "two"}]


def test_out(storage: Storage) -> None:
    storage.create("shop", "copy").insert({"_id": "old"})
    assert run(storage, {"$match": {"owner": "ann"}}, {"$out": "copy"}) == []
    copy = storage.collection("shop", "copy")
    assert copy is not None
    assert [item["_id"] for item in copy.find({})] == [1, 3]


def test_sample(storage: Storage) -> None:
    found = run(storage, {"$sample": {"size": 3}})
    assert len({item["_id"] for item in found}) == 3


def test_reports(storage: Storage) -> None:
    (stats,) = run(storage, {"$collStats": {"count": {}}})
    assert (stats["ns"], stats["count"]) == ("shop.item", 4)
    assert [index["name"] for index in run(storage, {"$indexStats": {}})] == ["_id_"]


def test_pipeline_of_no_collection(storage: Storage) -> None:
    assert list(storage.aggregate("shop", "nowhere", [{"$match": {"a": 1}}])) == []


def test_pipeline_does_not_change_what_is_stored(storage: Storage) -> None:
    run(storage, LOOKUP, {"$addFields": {"tags": 1}}, {"$unwind": "$tags"})
    items = storage.collection("shop", "item")
    assert items is not None
    assert list(items.find({})) == ITEMS


@pytest.mark.parametrize(
    ("stage", "code"),
    [
        ({"$foo": 1}, 40324),
        ({"$match": {}, "$limit": 1}, 40323),
        ({"$group": {"n": {"$sum": 1}}}, 15955),
        ({"$group": {"_id": None, "n": {"$foo": 1}}}, 15952),
        ({"$group": {"_id": None, "n": 5}}, 40234),
        ({"$limit": 0}, 15958),
        ({"$limit": "x"}, 15958),
        ({"$skip": -1}, 15956),
        ({"$unwind": "tags"}, 28818),
        ({"$project": {}}, 51272),
        ({"$lookup": {"from": "category", "as": "x"}}, 9),
        ({"$replaceRoot": {"newRoot": "$stock"}}, 40228),
    ],
)
def test_stage_that_cannot_be(storage: Storage, stage: dict[str, Any], code: int) -> None:
    with pytest.raises(CommandError) as caught:
        run(storage, stage)
    assert caught.value.code == code


@pytest.mark.parametrize("operator", ["$collStats", "$indexStats"])
def test_report_that_is_not_first(storage: Storage, operator: str) -> None:
    with pytest.raises(CommandError, match="only valid as the first stage") as caught:
        run(storage, {"$match": {"owner": "ann"}}, {operator: {}})
    assert caught.value.code == 40602


def test_explain(storage: Storage) -> None:
    pipeline: list[dict[str, Any]] = [
        {"$match": {"_id": {"$gt": 1}}},
        {"$sort": {"_id": 1}},
        {"$limit": 2},
        {"$project": {"_id": 1}},
    ]
    explained = storage.explain_aggregate("shop", "item", pipeline)
    assert explained["executionStats"]["totalDocsExamined"] == 2
    assert explained["stages"] == ["$project"]
