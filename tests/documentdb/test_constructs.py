from typing import Any

import pytest
from bson import Regex

from ecom.documentdb import supported
from ecom.documentdb.advice import ADVICE
from ecom.documentdb.constructs import Construct, constructs, not_supported, unsupported

Document = dict[str, Any]


def pipeline(*stages: Document) -> Document:
    return {"aggregate": "shoes", "pipeline": list(stages)}


def update(changes: Any, query: Document | None = None, **options: Any) -> Document:
    return {"update": "shoes", "updates": [{"q": query or {}, "u": changes, **options}]}


def index(**options: Any) -> Document:
    return {"createIndexes": "shoes", "indexes": [{"key": {"sku": 1}, "name": "sku"} | options]}


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (pipeline({"$facet": {}}), "$facet"),
        (pipeline({"$set": {"a": 1}}), "$set"),
        (pipeline({"$unset": "a"}), "$unset"),
        (pipeline({"$unionWith": "hats"}), "$unionWith"),
        (pipeline({"$facet": {"a": [{"$merge": {"into": "x"}}]}}), "$merge"),
        (pipeline({"$lookup": {"from": "hats", "pipeline": []}}), "$lookup with pipeline"),
        (pipeline({"$lookup": {"let": {"a": "$b"}, "pipeline": []}}), "$lookup with let"),
        (
            pipeline({"$lookup": {"localField": "a", "foreignField": "b", "pipeline": []}}),
            "$lookup with localField and pipeline",
        ),
        (pipeline({"$lookup": {"pipeline": [{"$match": {"$where": "1"}}]}}), "$where"),
        (pipeline({"$project": {"a": {"$getField": "b"}}}), "$getField"),
        (pipeline({"$project": {"a": {"b": {"$dateTrunc": {}}}}}), "$dateTrunc"),
        (pipeline({"$addFields": {"a": {"$add": [1, {"$pow": [2, 3]}]}}}), "$pow"),
        (pipeline({"$match": {"$expr": {"$gt": ["$a", "$$NOW"]}}}), "$$NOW"),
        (pipeline({"$match": {"$or": [{"$expr": {"$rand": {}}}]}}), "$rand"),
        (pipeline({"$match": {"a": {"$not": {"$near": {"$box": []}}}}}), "$box"),
        (pipeline({"$match": {"a": {"$elemMatch": {"$expr": "$$CURRENT.b"}}}}), "$$CURRENT"),
        (pipeline({"$group": {"_id": {"$round": "$a"}}}), "$round"),
        (pipeline({"$group": {"_id": None, "n": {"$count": {}}}}), "$count"),
        (pipeline({"$group": {"_id": None, "n": {"$sum": {"$trunc": "$a"}}}}), "$trunc"),
        (pipeline({"$replaceRoot": {"newRoot": "$$REMOVE"}}), "$$REMOVE"),
        (
            pipeline({"$project": {"a": {"$switch": {"branches": [{"then": {"$sin": 1}}]}}}}),
            "$sin",
        ),
        ({"explain": pipeline({"$bucket": {}})}, "$bucket"),
        ({"find": "shoes", "filter": {"$where": "true"}}, "$where"),
        ({"find": "shoes", "filter": {}, "projection": {"a": {"$add": [1, 2]}}}, "$add"),
        ({"find": "shoes", "filter": {}, "collation": {"locale": "en"}}, "collation"),
        ({"find": "shoes", "filter": {}, "tailable": True}, "tailable"),
        ({"count": "shoes", "query": {"$where": "true"}}, "$where"),
        ({"delete": "shoes", "deletes": [{"q": {"$where": "true"}, "limit": 0}]}, "$where"),
        ({"delete": "shoes", "deletes": [{"q": {}, "collation": {}}]}, "collation"),
        (update([{"$set": {"a": 1}}]), "update with a pipeline"),
        (update({"$set": {"a": 1}}, {"$where": "true"}), "$where"),
        (update({"$set": {"a": 1}}, collation={}), "collation"),
        (update({"$push": {"a": {"$each": [], "$around": 1}}}), "$around"),
        (update({"$set": {"a": {"b.c": 1}}}), "dot in a field name"),
        ({"findAndModify": "shoes", "update": [{"$set": {}}]}, "update with a pipeline"),
        ({"insert": "shoes", "documents": [], "txnNumber": 1}, "txnNumber"),
        ({"insert": "shoes", "documents": [{"a": [{"b.c": 1}]}]}, "dot in a field name"),
        ({"insert": "shoes", "documents": [{"a": {"$b": 1}}]}, "dollar sign in a field name"),
        (index(key={"a": "hashed"}), "hashed"),
        (index(key={"$**": 1}), "wildcard"),
        (index(hidden=True), "hidden"),
        (index(collation={"locale": "en"}), "collation"),
        (index(partialFilterExpression={"a": {"$type": "string"}}), "$type"),
        (index(partialFilterExpression={"$or": []}), "$or"),
        (index(partialFilterExpression={"$and": [{"$and": [{"a": 1}]}]}), "nested $and"),
        ({"create": "shoes", "capped": True}, "capped"),
        ({"create": "shoes", "viewOn": "hats"}, "viewOn"),
        ({"collMod": "shoes", "index": {"name": "sku", "hidden": True}}, "hidden"),
        ({"listCollections": 1, "filter": {"type": "view"}}, "listCollections filter on type"),
        ({"mapReduce": "shoes"}, "mapReduce"),
    ],
)
def test_unsupported(command: Document, name: str) -> None:
    assert name in [construct.name for construct in unsupported(command)]


@pytest.mark.parametrize(
    "command",
    [
        {"hello": 1},
        {"ismaster": 1},
        {"buildinfo": 1},
        {"saslStart": 1, "payload": b"$facet"},
        {"find": "shoes", "filter": {"name": "$facet", "note": {"$eq": "$$NOW"}}},
        {"find": "shoes", "filter": {"name": {"$regex": "^a", "$options": "i"}}},
        {"find": "shoes", "filter": {"name": Regex("a"), "size": {"$not": Regex("b")}}},
        {"find": "shoes", "filter": {"a": {"$in": [{"$facet": 1}]}}},
        {"find": "shoes", "filter": {"a": {"b": 1}}, "projection": {"a": {"$slice": 3}}},
        {"find": "shoes", "filter": {"$text": {"$search": "a", "$language": "en"}}},
        pipeline({"$project": {"a": {"$literal": {"$getField": "$$NOW"}}}}),
        pipeline({"$project": {"a": {"$let": {"vars": {"v": "$b"}, "in": "$$v.c"}}}}),
        pipeline({"$lookup": {"from": "a", "localField": "b", "foreignField": "c", "as": "d"}}),
        pipeline({"$replaceRoot": {"newRoot": "$$ROOT"}}),
        update({"$set": {"a.b": 1}, "$inc": {"n": 1}}),
        update({"$push": {"a": {"$each": [1], "$slice": 3, "$sort": 1, "$position": 0}}}),
        update({"$set": {"tags.$[t]": 1}}, arrayFilters=[{"t": {"$gt": 1}}]),
        update({"a": 1}),
        {"insert": "shoes", "documents": [{"a": {"$ref": "x", "$id": 1, "$db": "y"}}]},
        {"insert": "shoes", "documents": [], "txnNumber": 1, "autocommit": False},
        {"commitTransaction": 1, "txnNumber": 1, "autocommit": False},
        index(unique=True, partialFilterExpression={"$and": [{"a": {"$gte": ""}}, {"b": True}]}),
        index(key={"a": "text", "b": -1}),
        {"create": "shoes"},
    ],
)
def test_supported(command: Document) -> None:
    assert unsupported(command) == []


def test_each_construct_is_named_once() -> None:
    command = pipeline({"$facet": {}}, {"$facet": {}})
    assert unsupported(command) == [Construct("stage", "$facet")]


def test_all_constructs_of_a_command() -> None:
    command = pipeline({"$match": {"a": {"$gt": 1}}}, {"$project": {"b": {"$toLower": "$c"}}})
    assert set(constructs(command)) == {
        ("command", "aggregate"),
        ("stage", "$match"),
        ("query operator", "$gt"),
        ("stage", "$project"),
        ("expression", "$toLower"),
    }


def test_sentence_names_the_construct_and_the_way_out() -> None:
    sentence = not_supported(unsupported(pipeline({"$facet": {}})))
    assert "stage $facet" in sentence
    assert ADVICE["$facet"] in sentence


@pytest.mark.parametrize(
    ("names", "lacks"),
    [
        (supported.STAGES, {"$facet", "$set", "$unset", "$unionWith", "$bucket"}),
        (supported.EXPRESSIONS, {"$getField", "$dateTrunc", "$pow", "$rand", "$round", "$trunc"}),
        (supported.VARIABLES, {"$$NOW", "$$REMOVE", "$$CURRENT"}),
        (supported.PARTIAL_INDEX_OPERATORS, {"$type", "$in", "$or", "$ne"}),
        (supported.ACCUMULATORS, {"$count", "$stdDevPop", "$firstN"}),
    ],
)
def test_what_documentdb_lacks(names: frozenset[str], lacks: set[str]) -> None:
    assert not names & lacks
