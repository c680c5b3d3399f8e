"""Which index a query takes, what it reads, and that it finds the same as without one."""

import random
from typing import Any

import pytest

from tests.documentdb_server.engine.collection import Collection
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.engine.storage import Storage

PAGE = 21
INDEXES: list[dict[str, Any]] = [
    {"key": {"on_sale": 1, "position": 1}, "name": "sale"},
    {"key": {"on_sale": 1, "price": 1, "position": 1}, "name": "price"},
    {"key": {"owner": 1, "created": -1}, "name": "mine"},
    {"key": {"sku": 1}, "name": "sku", "unique": True},
    {
        "key": {"code": 1},
        "name": "code",
        "unique": True,
        "partialFilterExpression": {"code": {"$gte": ""}},
    },
]


@pytest.fixture(scope="module")
def items() -> Collection:
    collection = Storage().create("shop", "item")
    for spec in INDEXES:
        collection.create_index(spec)
    for number in range(2000):
        collection.insert(
            {
                "_id": number,
                "on_sale": number % 10 != 0,
                "position": number,
                "price": number % 50,
                "owner": f"owner {number % 20}",
                "created": number,
                "sku": f"sku {number:04}",
                "name": f"name {number}",
                **({"code": f"code {number}"} if number % 2 else {}),
            }
        )
    return collection


def scan(plan: dict[str, Any]) -> dict[str, Any]:
    while "inputStage" in plan:
        plan = plan["inputStage"]
    return plan


def stages(plan: dict[str, Any]) -> list[str]:
    found = [plan["stage"]]
    while "inputStage" in plan:
        plan = plan["inputStage"]
        found.append(plan["stage"])
    return found


@pytest.mark.parametrize(
    ("query", "sort", "index"),
    [
        ({"on_sale": True}, {"position": 1}, "sale"),
        ({"on_sale": True}, {"position": -1}, "sale"),
        ({"on_sale": {"$in": [True]}}, {"position": 1}, "sale"),
        ({"on_sale": True, "position": {"$gt": 500}}, {"position": 1}, "sale"),
        ({"on_sale": True, "position": {"$lt": 500}}, {"position": -1}, "sale"),
        ({"$and": [{"on_sale": True}, {"position": {"$gt": 5}}]}, {"position": 1}, "sale"),
        ({"on_sale": True}, {"on_sale": -1, "position": 1}, "sale"),
        ({"on_sale": True, "$and": [{"on_sale": {"$gte": False}}]}, {"position": 1}, "sale"),
        ({"on_sale": True}, {"price": 1, "position": 1}, "price"),
        ({"on_sale": True, "price": {"$gte": 10}}, {"price": -1, "position": -1}, "price"),
        ({"on_sale": True, "price": 7}, {"position": 1}, "price"),
        ({"owner": "owner 7"}, {"created": -1}, "mine"),
        ({"owner": "owner 7"}, {"created": 1}, "mine"),
        ({"owner": "owner 7", "created": {"$lt": 1500}}, {"created": -1}, "mine"),
        ({}, {"_id": -1}, "_id_"),
        ({"sku": {"$gt": "sku 1"}}, {"sku": 1}, "sku"),
    ],
)
def test_page_reads_only_itself(
    items: Collection, query: dict[str, Any], sort: dict[str, Any], index: str
) -> None:
    explained = items.explain_find(query, sort=sort, limit=PAGE)
    plan, numbers = explained["queryPlanner"]["winningPlan"], explained["executionStats"]
    assert stages(plan) == ["LIMIT", "FETCH", "IXSCAN"]
    assert scan(plan)["indexName"] == index
    assert numbers["totalDocsExamined"] == numbers["totalKeysExamined"] == PAGE
    found = list(items.find(query, sort=sort, limit=PAGE))
    assert found == list(items.find(query, sort=sort, hint={"$natural": 1}))[:PAGE]


def test_keyset_of_two_fields(items: Collection) -> None:
    """The alternatives leave the price one range together."""
    after = [{"price": {"$gt": 40}}, {"price": 40, "position": {"$gt": 1000}}]
    query = {"on_sale": True, "$or": after}
    explained = items.explain_find(query, sort={"price": 1, "position": 1}, limit=PAGE)
    assert scan(explained["queryPlanner"]["winningPlan"])["indexName"] == "price"
    assert explained["executionStats"]["totalDocsExamined"] < 3 * PAGE


@pytest.mark.parametrize("query", [{"_id": 7}, {"_id": {"$in": [7]}}, {"sku": "sku 0007"}])
def test_one_document(items: Collection, query: dict[str, Any]) -> None:
    explained = items.explain_find(query)
    assert explained["executionStats"]["totalDocsExamined"] == 1
    assert explained["executionStats"]["nReturned"] == 1


def test_id_hack(items: Collection) -> None:
    explained = items.explain_find({"_id": 7})
    assert explained["queryPlanner"]["winningPlan"] == {"stage": "IDHACK"}


def test_most_selective_index(items: Collection) -> None:
    explained = items.explain_find({"on_sale": True, "sku": "sku 0007"}, sort={"position": 1})
    assert scan(explained["queryPlanner"]["winningPlan"])["indexName"] == "sku"
    assert explained["executionStats"]["totalDocsExamined"] == 1


def test_selective_index_rather_than_the_order(items: Collection) -> None:
    """Sorting a few is cheaper than searching all in order."""
    query = {"on_sale": True, "owner": "owner 7", "created": {"$gt": 1970}}
    explained = items.explain_find(query, sort={"position": 1}, limit=PAGE)
    plan = explained["queryPlanner"]["winningPlan"]
    assert stages(plan) == ["LIMIT", "SORT", "FETCH", "IXSCAN"]
    assert scan(plan)["indexName"] == "mine"


@pytest.mark.parametrize(
    "query", [{"name": "name 5"}, {"sku": {"$regex": "^sku 0007"}}, {"sku": {"$ne": "a"}}]
)
def test_no_index(items: Collection, query: dict[str, Any]) -> None:
    explained = items.explain_find(query)
    assert stages(explained["queryPlanner"]["winningPlan"]) == ["COLLSCAN"]
    assert explained["executionStats"]["totalDocsExamined"] == 2000


def test_regular_expression_with_a_hint(items: Collection) -> None:
    explained = items.explain_find({"sku": {"$regex": "^sku 0007"}}, hint="sku")
    assert stages(explained["queryPlanner"]["winningPlan"]) == ["FETCH", "IXSCAN"]
    assert explained["executionStats"]["totalDocsExamined"] == 1


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("^sku 000[78]", 2),
        ("^sku 00077?$", 1),
        ("^sku 0007|^sku 0008", 2),
        ("^sku 0*7$", 1),
        ("sku 0007", 1),
        (r"^sku\ 0007", 1),
        ("(?i)^SKU 0007", 1),
    ],
)
def test_prefix_of_a_regular_expression(items: Collection, pattern: str, expected: int) -> None:
    """With a hint only the keys that begin with it are read, which must not be too few."""
    assert items.count({"sku": {"$regex": pattern}}, hint="sku") == expected
    assert items.count({"sku": {"$regex": pattern}}) == expected


def test_same_value_in_two_alternatives(items: Collection) -> None:
    query = {"$or": [{"sku": "sku 0007"}, {"sku": "sku 0007"}, {"sku": "sku 0008"}]}
    assert [item["_id"] for item in items.find(query, sort={"sku": 1})] == [7, 8]
    assert items.explain_find(query)["executionStats"]["totalKeysExamined"] == 2


@pytest.mark.parametrize("hint", ["sale", {"on_sale": 1, "position": 1}])
def test_hint(items: Collection, hint: Any) -> None:
    explained = items.explain_find({"_id": 7}, hint=hint)
    assert scan(explained["queryPlanner"]["winningPlan"])["indexName"] == "sale"
    assert explained["executionStats"]["totalDocsExamined"] == 2000


def test_hint_at_no_index(items: Collection) -> None:
    with pytest.raises(CommandError, match="hint provided does not correspond") as caught:
        list(items.find({}, hint={"position": 1, "on_sale": 1}))
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ("query", "uses_it"),
    [
        ({"code": "code 7"}, True),
        ({"code": {"$in": ["code 7", "code 9"]}}, True),
        ({"code": {"$gt": "code"}}, True),
        ({"code": None}, False),
        ({"code": {"$in": ["code 7", None]}}, False),
        ({"code": 7}, False),
    ],
)
def test_partial_index_only_where_it_has_all(
    items: Collection, query: dict[str, Any], uses_it: bool
) -> None:
    explained = items.explain_find(query)
    plan = scan(explained["queryPlanner"]["winningPlan"])
    assert (plan.get("indexName") == "code") is uses_it


def test_sparse_index_only_where_it_has_all() -> None:
    collection = Storage().create("shop", "item")
    collection.create_index({"key": {"code": 1}, "name": "code", "sparse": True})
    for number in range(20):
        collection.insert({"_id": number, **({"code": number} if number % 2 else {})})
    assert collection.explain_find({"code": 7})["executionStats"]["totalKeysExamined"] == 1
    assert collection.count({"code": {"$in": [7, None]}}) == 11
    assert len(list(collection.find({}, sort={"code": 1}))) == 20


def test_several_ranges_in_descending_order(items: Collection) -> None:
    query = {"owner": "owner 7", "created": {"$in": [27, 7, 1987, 47]}}
    explained = items.explain_find(query, sort={"created": -1})
    assert stages(explained["queryPlanner"]["winningPlan"]) == ["FETCH", "IXSCAN"]
    found = [item["created"] for item in items.find(query, sort={"created": -1})]
    assert found == [1987, 47, 27, 7]


ARRAYS: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], list[int]]] = [
    # Two conditions that two elements meet.
    ({"a": 1}, {"a": {"$gt": 5, "$lt": 3}}, {"_id": 1}, [1]),
    ({"a.x": 1, "a.y": 1}, {"a.x": 1, "a.y": 2}, {"_id": 1}, [3]),
    # The order goes by the lowest element, even one out of the range.
    ({"a": 1}, {"a": {"$gt": 4}}, {"a": 1}, [1, 2]),
]


@pytest.mark.parametrize(("key", "query", "sort", "expected"), ARRAYS)
def test_arrays(
    key: dict[str, Any], query: dict[str, Any], sort: dict[str, Any], expected: list[int]
) -> None:
    collection = Storage().create("shop", "item")
    collection.create_index({"key": key})
    collection.insert({"_id": 1, "a": [1, 9]})
    collection.insert({"_id": 2, "a": [5]})
    collection.insert({"_id": 3, "a": [{"x": 1, "y": 1}, {"x": 2, "y": 2}]})
    for number in range(10, 50):
        collection.insert({"_id": number, "a": {"x": number, "y": number}})
    assert collection.search(query, sort=sort).plan.index is not None
    assert [document["_id"] for document in collection.find(query, sort=sort)] == expected


def test_count_reads_no_document(items: Collection) -> None:
    search = items.search({"on_sale": True, "price": {"$gte": 10, "$lt": 20}})
    assert search.count() == 360
    assert search.documents_examined == 0


def value(random_: random.Random) -> Any:
    return random_.choice(
        [None, 0, 1, 2.0, 3, "", "a", "b", True, [], [1, "a"], [None, 2], {"x": 1}, {"x": [1, 2]}]
    )


def document(random_: random.Random) -> dict[str, Any]:
    fields = {name: value(random_) for name in ("a", "c") if random_.random() < 0.8}
    if random_.random() < 0.8:
        scalar = random_.choice([None, 1, 2, "a"])
        fields["b"] = scalar if random_.random() < 0.7 else {"x": scalar, "y": random_.randrange(3)}
    return fields


def condition(random_: random.Random) -> Any:
    operator = random_.choice(
        ["", "$gt", "$gte", "$lt", "$lte", "$in", "$ne", "$exists", "$all", "$elemMatch"]
    )
    scalar = random_.choice([None, 0, 1, 2, 3, "a", "b", True, {"x": 1}])
    match operator:
        case "":
            return value(random_)
        case "$in" | "$all":
            return {operator: [value(random_) for _ in range(random_.randrange(3))]}
        case "$exists":
            return {operator: random_.random() < 0.5}
        case "$elemMatch":
            return {operator: {"$gte": 1}}
    return {operator: scalar}


def query(random_: random.Random, depth: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = {
        random_.choice(["a", "b", "c", "b.x", "b.y", "a.x"]): condition(random_)
        for _ in range(random_.randrange(3))
    }
    if depth < 2 and random_.random() < 0.4:
        found[random_.choice(["$or", "$and"])] = [
            query(random_, depth + 1) for _ in range(random_.randrange(1, 3))
        ]
    return found


KEYS: list[dict[str, Any]] = [
    {"key": {"a": 1}},
    {"key": {"a": -1, "b": 1}},
    {"key": {"b": 1, "c": -1}},
    {"key": {"b.x": 1, "b.y": -1}},
    {"key": {"a.x": 1}},
    {"key": {"c": 1}, "sparse": True},
    {"key": {"b": 1}, "name": "partial", "partialFilterExpression": {"b": {"$gt": 0}}},
    {"key": {"b": 1, "_id": -1}},
]


@pytest.mark.parametrize("seed", range(8))
def test_same_results_as_without_indexes(seed: int) -> None:
    random_ = random.Random(seed)
    collection = Storage().create("shop", "anything")
    for spec in random_.sample(KEYS, 4):
        collection.create_index(spec)
    for number in range(60):
        fields = document(random_)
        if isinstance(fields.get("a"), list):
            fields.pop("b", None)  # parallel arrays
            fields.pop("c", None)
        if isinstance(fields.get("c"), list):
            fields.pop("b", None)
        collection.insert({"_id": number, **fields})
    used = 0
    for _ in range(400):
        asked, order = query(random_), random_.sample(["a", "b", "c", "b.x", "_id"], 2)
        sort = {field: random_.choice([1, -1]) for field in order} | {"_id": 1}
        options: dict[str, Any] = {"sort": sort, "limit": random_.choice([0, 5])}
        plain = list(collection.find(asked, hint={"$natural": 1}, **options))
        assert list(collection.find(asked, **options)) == plain, (asked, sort)
        assert collection.count(asked) == collection.count(asked, hint={"$natural": 1}), asked
        used += collection.search(asked).plan.index is not None
    assert used > 50
