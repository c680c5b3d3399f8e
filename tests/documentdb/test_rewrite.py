from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

import pytest
from bson import Decimal128

from ecom.documentdb import constructs, rewrite
from tests.documentdb.conftest import Connect
from tests.documentdb_server.process import Server

NOW = datetime(2024, 5, 6, 7, 8, 9)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ({"$getField": {"input": "$a", "field": "b"}}, "$a.b"),
        (
            {"$getField": {"input": {"$getField": {"input": "$a", "field": "b"}}, "field": "c"}},
            "$a.b.c",
        ),
        (
            {"$getField": {"input": {"$arrayElemAt": ["$a", 0]}, "field": "b"}},
            {"$let": {"vars": {"object": {"$arrayElemAt": ["$a", 0]}}, "in": "$$object.b"}},
        ),
        ({"$add": ["$$NOW", 1000]}, {"$add": [NOW, 1000]}),
        ({"$literal": "$$NOW"}, {"$literal": "$$NOW"}),
        ({"$literal": {"$trunc": 1}}, {"$literal": {"$trunc": 1}}),
        ({"$year": {"date": "$a", "timezone": "UTC"}}, {"$year": "$a"}),
        (
            {"$year": {"date": "$a", "timezone": "Asia/Tokyo"}},
            {"$year": {"date": "$a", "timezone": "Asia/Tokyo"}},
        ),
        ({"$pow": [{"$literal": 2}, {"$literal": 3}]}, {"$literal": 8}),
        ({"$pow": ["$a", "$b"]}, {"$pow": ["$a", "$b"]}),
        ({"$pow": ["$a", {"$literal": 0.5}]}, {"$pow": ["$a", {"$literal": 0.5}]}),
        ({"$round": ["$a", "$b"]}, {"$round": ["$a", "$b"]}),
    ],
)
def test_expression(expression: Any, expected: Any) -> None:
    assert rewrite.expression(expression, NOW) == expected


def test_pipeline_leaves_values_alone() -> None:
    stages: list[dict[str, Any]] = [
        {"$match": {"name": "$$NOW", "$or": [{"a": {"$in": ["$$NOW"]}}, {"$expr": "$$NOW"}]}},
        {"$addFields": {"it": "$$NOW"}},
        {"$sort": {"it": 1}},
    ]
    assert rewrite.pipeline(stages, NOW) == [
        {"$match": {"name": "$$NOW", "$or": [{"a": {"$in": ["$$NOW"]}}, {"$expr": NOW}]}},
        {"$addFields": {"it": NOW}},
        {"$sort": {"it": 1}},
    ]


def test_renamed_paths() -> None:
    expression = {"$eq": ["$shelf.code", {"$concat": ["$title", {"$literal": "$shelf.code"}]}]}
    assert rewrite.renamed(expression, "$shelf.", "$$it.") == {
        "$eq": ["$$it.code", {"$concat": ["$title", {"$literal": "$shelf.code"}]}]
    }


def test_roots_of_paths() -> None:
    conditions = {
        "a.b": 1,
        "$or": [{"c": "$x"}, {"$expr": {"$eq": ["$d.e", {"$literal": "$y"}]}}],
        "f": {"$in": ["$z"]},
    }
    assert set(rewrite.roots(conditions)) == {"a", "c", "d", "f"}


TENTHS = [Decimal(n) / 10 for n in range(-40, 41)]
DAYS = [datetime(2023 + n % 3, 1 + n % 12, 1 + n % 28, n % 24, n % 60, n % 59) for n in range(60)]


def first_month(day: datetime) -> int:
    return day.month - (day.month - 1) % 3


@pytest.mark.parametrize(
    ("expression", "values", "expected"),
    [
        ({"$trunc": "$value"}, TENTHS, int),
        (
            {"$trunc": ["$value", 1]},
            [Decimal("-1.29"), Decimal("1.29")],
            lambda value: value.quantize(Decimal("0.1"), ROUND_DOWN),
        ),
        ({"$round": ["$value"]}, TENTHS, round),
        ({"$round": ["$value", 1]}, [Decimal("0.25"), Decimal("-0.35")], lambda v: round(v, 1)),
        ({"$round": ["$value", -1]}, [15, 25, -15, 14], lambda value: round(value, -1)),
        ({"$pow": ["$value", 3]}, [-2, 0, 5], lambda value: value**3),
        ({"$pow": ["$value", {"$literal": 1}]}, [-2, 7], lambda value: value),
        (
            {"$dateTrunc": {"date": "$value", "unit": "quarter", "startOfWeek": "mon"}},
            DAYS,
            lambda day: datetime(day.year, first_month(day), 1),
        ),
        (
            {"$dateTrunc": {"date": "$value", "unit": "minute", "timezone": "UTC"}},
            DAYS,
            lambda day: day.replace(second=0),
        ),
        ({"$getField": {"input": "$$ROOT", "field": "$a.b"}}, [1], lambda _: None),
    ],
)
def test_the_server_computes_the_same(
    server: Server, connect: Connect, expression: Any, values: list[Any], expected: Any
) -> None:
    """Each value, and null, through the rewritten expression."""
    connection = connect(server.url())
    collection = connection.get_collection("values")
    stored = [Decimal128(each) if isinstance(each, Decimal) else each for each in values]
    collection.insert_many([{"n": n, "value": value} for n, value in enumerate([*stored, None])])
    stages = rewrite.pipeline([{"$project": {"n": 1, "it": expression}}], NOW)
    assert constructs.unsupported({"aggregate": "values", "pipeline": stages}) == []
    rows = sorted(collection.aggregate(stages), key=lambda row: int(row["n"]))
    *found, of_null = [row.get("it") for row in rows]
    plain = [each.to_decimal() if isinstance(each, Decimal128) else each for each in found]
    assert plain == [expected(value) for value in values]
    assert of_null is None
