"""What 5.0 lacks is refused with DocumentDB's own code and words, and leaves no trace."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import OperationFailure

from ecom.documentdb.constructs import SUPPORTED
from tests.documentdb_server import process, refusals

Document = dict[str, Any]

LOOKUP = {"from": "b", "as": "found"}
OTHER_LOOKUPS = "multiple join conditions and uncorrelated subquery"
STAGES = {
    "$facet": {"x": []},
    "$unionWith": "b",
    "$set": {"x": 1},
    "$unset": "x",
    "$merge": {"into": "b"},
    "$bucket": {"groupBy": "$x", "boundaries": [0, 1]},
    "$sortByCount": "$x",
    "$replaceWith": "$x",
    "$setWindowFields": {"output": {}},
    "$graphLookup": {},
    "$listSearchIndexes": {},
}
EXPRESSIONS = {
    "$getField": "x",
    "$setField": {"field": "x", "input": {}, "value": 1},
    "$dateTrunc": {"date": "$x", "unit": "day"},
    "$round": ["$x", 1],
    "$trunc": "$x",
    "$pow": ["$x", 2],
    "$rand": {},
    "$sin": "$x",
    "$function": {},
}
ACCUMULATORS = ["$count", "$stdDevPop", "$top", "$firstN"]
VARIABLES = ["$$NOW", "$$REMOVE", "$$CLUSTER_TIME"]


def aggregate(*pipeline: Document) -> Document:
    return {"aggregate": "a", "pipeline": list(pipeline), "cursor": {}}


def update(change: Any) -> Document:
    return {"update": "a", "updates": [{"q": {}, "u": change}]}


def index(**options: Any) -> Document:
    return {"createIndexes": "a", "indexes": [{"key": {"x": 1}, "name": "x", **options}]}


CASES: list[tuple[Document, int, str]] = [
    *((aggregate({stage: value}), 304, f"'{stage}'") for stage, value in STAGES.items()),
    *(
        (aggregate({"$project": {"y": {operator: value}}}), 305, f"'{operator}'")
        for operator, value in EXPRESSIONS.items()
    ),
    *(
        (aggregate({"$group": {"_id": None, "y": {operator: "$x"}}}), 305, f"'{operator}'")
        for operator in ACCUMULATORS
    ),
    *((aggregate({"$project": {"y": name}}), 303, name) for name in VARIABLES),
    (
        aggregate({"$lookup": {**LOOKUP, "localField": "x", "foreignField": "y", "pipeline": []}}),
        9,
        "concise correlated subquery",
    ),
    (aggregate({"$lookup": {**LOOKUP, "let": {"x": "$x"}, "pipeline": []}}), 304, OTHER_LOOKUPS),
    (aggregate({"$lookup": {**LOOKUP, "pipeline": []}}), 304, OTHER_LOOKUPS),
    (update([{"$set": {"x": 1}}]), 9, "field must be of BSON type object"),
    (
        {"findAndModify": "a", "query": {}, "update": [{"$set": {"x": 1}}]},
        9,
        "field must be of BSON type object",
    ),
    ({"find": "a", "filter": {"$where": "true"}}, 303, "$where"),
    ({"find": "a", "filter": {"$or": [{"x": {"$not": {"$center": 1}}}]}}, 303, "$center"),
    ({"find": "a", "collation": {"locale": "de"}}, 303, "collation"),
    ({"find": "a", "filter": {"$expr": {"$eq": ["$$NOW", 1]}}}, 303, "NOW"),
    ({"explain": aggregate({"$facet": {}})}, 304, "facet"),
    (index(partialFilterExpression={"x": {"$type": "string"}}), 303, "$type"),
    (index(partialFilterExpression={"$or": [{"x": 1}]}), 303, "$or"),
    (index(collation={"locale": "de"}), 303, "collation"),
    ({"createIndexes": "a", "indexes": [{"key": {"x": "hashed"}, "name": "x"}]}, 303, "hashed"),
    ({"createIndexes": "a", "indexes": [{"key": {"$**": 1}, "name": "x"}]}, 303, "wildcard"),
    ({"create": "b", "viewOn": "a", "pipeline": []}, 303, "viewOn"),
    ({"create": "b", "capped": True, "size": 4096}, 303, "capped"),
    ({"insert": "a", "documents": [{"_id": 9}], "txnNumber": 1}, 9, "'txnNumber'"),
    ({"mapReduce": "a"}, 59, "no such command"),
    ({"getLastError": 1}, 59, "no such command"),
]


@pytest.mark.parametrize(
    ("command", "code", "words"), CASES, ids=[f"{next(iter(c))}-{w}" for c, _, w in CASES]
)
def test_refusal(database: Database[Document], command: Document, code: int, words: str) -> None:
    database.a.insert_one({"_id": 1, "x": 1})
    with pytest.raises(OperationFailure, match=re.escape(words)) as caught:
        database.command(dict(command))
    assert caught.value.code == code
    assert list(database.a.find()) == [{"_id": 1, "x": 1}]
    assert database.list_collection_names() == ["a"]
    assert list(database.a.index_information()) == ["_id_"]


def test_retryable_write(server: process.Server, database: Database[Document]) -> None:
    with (
        MongoClient[Document](server.url(retryWrites="true")) as retrying,
        pytest.raises(OperationFailure, match="Unrecognized field: 'txnNumber'") as caught,
    ):
        retrying.shop.a.insert_one({})
    assert caught.value.code == 9


@pytest.mark.parametrize(
    "command",
    [
        aggregate({"$lookup": {**LOOKUP, "localField": "x", "foreignField": "y"}}),
        aggregate({"$group": {"_id": "$x", "n": {"$sum": 1}}}, {"$sort": {"n": -1}}),
        aggregate({"$project": {"y": {"$switch": {"branches": [], "default": 1}}}})
        | {"pipeline": [{"$project": {"y": {"$cond": [True, 1, 2]}}}]},
        update({"$inc": {"x": 1}}),
        index(unique=True, partialFilterExpression={"x": {"$gte": ""}}),
        index(expireAfterSeconds=60),
    ],
)
def test_what_is_supported_passes(database: Database[Document], command: Document) -> None:
    assert database.command(dict(command))["ok"] == 1.0


def test_sentences_are_of_known_kinds() -> None:
    assert set(refusals.BY_KIND) <= set(SUPPORTED)


@pytest.fixture(scope="module")
def mongodb() -> Iterator[MongoClient[Document]]:
    with (
        process.start(profile="mongodb") as server,
        MongoClient[Document](server.url()) as client,
    ):
        yield client


def test_no_refusals_in_the_profile_of_mongodb(mongodb: MongoClient[Document]) -> None:
    mongodb.shop.command(index(partialFilterExpression={"x": {"$type": "string"}}))
    assert "x" in mongodb.shop.a.index_information()
