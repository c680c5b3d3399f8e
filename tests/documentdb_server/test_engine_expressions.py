from datetime import datetime
from typing import Any

import pytest
from bson import Decimal128, Int64, ObjectId, Regex

from tests.documentdb_server.engine.bson_types import MISSING
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.engine.expressions import compile_expression

MOMENT = datetime(2024, 2, 29, 23, 30, 15, 123000)  # a Thursday
DOCUMENT: dict[str, Any] = {
    "n": 7,
    "f": 2.5,
    "d": Decimal128("1.10"),
    "s": "Hello Wörld",
    "t": MOMENT,
    "nil": None,
    "l": [1, 2, 3],
    "o": {"x": {"y": 5}},
    "items": [{"p": 1}, {"p": 2}, {}],
    "id": ObjectId("65e0f0000000000000000000"),
}


def evaluate(expression: Any) -> Any:
    return compile_expression(expression)(DOCUMENT, {})


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # paths and values
        ("$n", 7),
        ("$nothing", MISSING),
        ("$o.x.y", 5),
        ("$o.x.y.z", MISSING),
        ("$items.p", [1, 2]),
        ("$l.0", []),
        ("$$ROOT.n", 7),
        ("plain", "plain"),
        ({"$literal": "$n"}, "$n"),
        ({"a": "$n", "b": "$nothing"}, {"a": 7}),
        (["$n", "$nothing"], [7, None]),
        ({"$let": {"vars": {"a": "$n"}, "in": {"$add": ["$$a", 1]}}}, 8),
        ({"$let": {"vars": {"a": "$o"}, "in": "$$a.x.y"}}, 5),
        # arithmetic
        ({"$add": ["$n", 1, 1]}, 9),
        ({"$add": ["$n", "$nil"]}, None),
        ({"$add": ["$n", "$nothing"]}, None),
        ({"$add": ["$n", 0.5]}, 7.5),
        ({"$add": ["$d", 1]}, Decimal128("2.10")),
        ({"$add": ["$d", 0.1]}, Decimal128("1.200000000000000")),
        ({"$add": [2**31 - 1, 1]}, Int64(2**31)),
        ({"$add": ["$t", 1000]}, datetime(2024, 2, 29, 23, 30, 16, 123000)),
        ({"$subtract": ["$t", datetime(2024, 2, 29)]}, Int64(84615123)),
        ({"$subtract": ["$t", 123]}, datetime(2024, 2, 29, 23, 30, 15)),
        ({"$multiply": ["$n", 2]}, 14),
        ({"$multiply": ["$d", 2]}, Decimal128("2.20")),
        ({"$divide": ["$n", 2]}, 3.5),
        ({"$divide": [6, 2]}, 3.0),
        ({"$divide": ["$d", 2]}, Decimal128("0.55")),
        ({"$mod": [-7, 3]}, -1),
        ({"$mod": [7.5, 2]}, 1.5),
        ({"$abs": -5}, 5),
        ({"$ceil": 2.1}, 3.0),
        ({"$floor": Decimal128("-2.1")}, Decimal128("-3")),
        ({"$sqrt": 16}, 4.0),
        ({"$ln": 1}, 0.0),
        ({"$log": [8, 2]}, 3.0),
        ({"$log10": 100}, 2.0),
        ({"$sum": ["$n", "$f", "x"]}, 9.5),
        ({"$sum": "$l"}, 6),
        ({"$avg": "$l"}, 2.0),
        ({"$max": ["$n", 9, None]}, 9),
        ({"$min": "$l"}, 1),
        # comparisons: across types, and missing below null
        ({"$eq": ["$n", 7.0]}, True),
        ({"$eq": ["$nothing", None]}, False),
        ({"$lt": ["$nothing", None]}, True),
        ({"$gt": ["$nil", 5]}, False),
        ({"$gt": ["a", 5]}, True),
        ({"$lte": ["$d", 1.1]}, True),
        ({"$gte": ["$d", 2]}, False),
        ({"$ne": [True, 1]}, True),
        ({"$cmp": [1, 2]}, -1),
        ({"$and": [1, "x", []]}, True),
        ({"$and": [1, None]}, False),
        ({"$or": [0, Decimal128("0"), "$nothing"]}, False),
        ({"$not": [0]}, True),
        ({"$not": "x"}, False),
        ({"$cond": [{"$gt": ["$n", 5]}, "big", "small"]}, "big"),
        ({"$cond": {"if": False, "then": 1, "else": "$nothing"}}, MISSING),
        ({"$ifNull": ["$nothing", "$nil", 3]}, 3),
        ({"$ifNull": ["$nothing", None]}, None),
        (
            {"$switch": {"branches": [{"case": False, "then": 1}], "default": 2}},
            2,
        ),
        # strings
        ({"$concat": ["$s", "!"]}, "Hello Wörld!"),
        ({"$concat": ["$s", None]}, None),
        ({"$toUpper": "$s"}, "HELLO WöRLD"),
        ({"$toLower": "$nothing"}, ""),
        ({"$strLenCP": "$s"}, 11),
        ({"$strLenBytes": "$s"}, 12),
        ({"$substrCP": ["$s", 6, 3]}, "Wör"),
        ({"$substrBytes": ["$s", 0, -1]}, "Hello Wörld"),
        ({"$substr": ["$n", 0, 5]}, "7"),
        ({"$indexOfCP": ["$s", "o"]}, 4),
        ({"$indexOfCP": ["$s", "o", 5]}, -1),
        ({"$indexOfBytes": ["$s", "rld"]}, 9),
        ({"$split": ["a-b-c", "-"]}, ["a", "b", "c"]),
        ({"$trim": {"input": "  a "}}, "a"),
        ({"$ltrim": {"input": "xxa", "chars": "x"}}, "a"),
        ({"$replaceAll": {"input": "aXbX", "find": "X", "replacement": "-"}}, "a-b-"),
        ({"$replaceOne": {"input": "aXbX", "find": "X", "replacement": "-"}}, "a-bX"),
        ({"$strcasecmp": ["abc", "ABD"]}, -1),
        ({"$regexMatch": {"input": "$s", "regex": "^hello", "options": "i"}}, True),
        ({"$regexMatch": {"input": "$s", "regex": Regex("hello", "i")}}, True),
        ({"$regexMatch": {"input": "$nil", "regex": "x"}}, False),
        (
            {"$regexFind": {"input": "$s", "regex": "l(o)"}},
            {"match": "lo", "idx": 3, "captures": ["o"]},
        ),
        # arrays
        ({"$size": "$l"}, 3),
        ({"$arrayElemAt": ["$l", -1]}, 3),
        ({"$arrayElemAt": ["$l", 3]}, MISSING),
        ({"$first": "$l"}, 1),
        ({"$last": "$l"}, 3),
        ({"$in": [2.0, "$l"]}, True),
        ({"$indexOfArray": ["$l", 9]}, -1),
        ({"$isArray": ["$l"]}, True),
        ({"$isArray": "$n"}, False),
        ({"$concatArrays": ["$l", [4]]}, [1, 2, 3, 4]),
        ({"$slice": ["$l", 2]}, [1, 2]),
        ({"$slice": ["$l", -2, 1]}, [2]),
        ({"$range": [0, 6, 2]}, [0, 2, 4]),
        ({"$reverseArray": "$l"}, [3, 2, 1]),
        ({"$filter": {"input": "$l", "as": "e", "cond": {"$gt": ["$$e", 1]}}}, [2, 3]),
        ({"$map": {"input": "$l", "in": {"$multiply": ["$$this", "$n"]}}}, [7, 14, 21]),
        (
            {"$reduce": {"input": "$l", "initialValue": 0, "in": {"$add": ["$$value", "$$this"]}}},
            6,
        ),
        (
            {"$zip": {"inputs": ["$l", ["a"]], "useLongestLength": True}},
            [[1, "a"], [2, None], [3, None]],
        ),
        ({"$setUnion": [[2, 1], [1.0, 3]]}, [1, 2, 3]),
        ({"$setIntersection": ["$l", [3, 4]]}, [3]),
        ({"$setDifference": ["$l", [2]]}, [1, 3]),
        ({"$setIsSubset": [[1, 1], "$l"]}, True),
        ({"$setEquals": [[1, 2, 2], [2, 1]]}, True),
        ({"$anyElementTrue": [[0, None]]}, False),
        ({"$allElementsTrue": [[1, ""]]}, True),
        # documents
        ({"$mergeObjects": ["$o", {"z": 1}, None]}, {"x": {"y": 5}, "z": 1}),
        ({"$objectToArray": {"a": 1}}, [{"k": "a", "v": 1}]),
        ({"$arrayToObject": [[["a", 1]]]}, {"a": 1}),
        # conversions
        ({"$toString": "$d"}, "1.10"),
        ({"$toString": 2.0}, "2"),
        ({"$toString": True}, "true"),
        ({"$toString": "$t"}, "2024-02-29T23:30:15.123Z"),
        ({"$toInt": "12"}, 12),
        ({"$toInt": 2.9}, 2),
        ({"$toLong": "$n"}, Int64(7)),
        ({"$toDouble": "1.5"}, 1.5),
        ({"$toDecimal": 2.5}, Decimal128("2.50000000000000")),
        ({"$toDecimal": "1.10"}, Decimal128("1.10")),
        ({"$toBool": "false"}, True),
        ({"$toBool": 0}, False),
        ({"$toDate": "2024-02-29T23:30:15.123Z"}, MOMENT),
        ({"$toDate": Int64(0)}, datetime(1970, 1, 1)),
        ({"$toObjectId": "65e0f0000000000000000000"}, DOCUMENT["id"]),
        ({"$toInt": "$nothing"}, None),
        ({"$convert": {"input": "x", "to": "int", "onError": "bad"}}, "bad"),
        ({"$convert": {"input": "$nil", "to": "int", "onNull": 0}}, 0),
        ({"$convert": {"input": 1, "to": 2}}, "1"),
        ({"$type": "$d"}, "decimal"),
        ({"$type": "$nothing"}, "missing"),
        ({"$type": Int64(1)}, "long"),
    ],
)
def test_expression(expression: Any, expected: Any) -> None:
    found = evaluate(expression)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ({"$year": "$t"}, 2024),
        ({"$month": "$t"}, 2),
        ({"$dayOfMonth": "$t"}, 29),
        ({"$dayOfYear": "$t"}, 60),
        ({"$dayOfWeek": "$t"}, 5),
        ({"$isoDayOfWeek": "$t"}, 4),
        ({"$week": "$t"}, 8),
        ({"$isoWeek": "$t"}, 9),
        ({"$isoWeekYear": datetime(2021, 1, 3)}, 2020),
        ({"$hour": "$t"}, 23),
        ({"$minute": "$t"}, 30),
        ({"$second": "$t"}, 15),
        ({"$millisecond": "$t"}, 123),
        ({"$month": {"date": "$t", "timezone": "Europe/Berlin"}}, 3),
        ({"$hour": {"date": "$t", "timezone": "-05:30"}}, 18),
        ({"$year": "$nil"}, None),
        ({"$dateToString": {"date": "$t"}}, "2024-02-29T23:30:15.123Z"),
        (
            {"$dateToString": {"date": "$t", "format": "%Y-%m-01T00:00:00.000"}},
            "2024-02-01T00:00:00.000",
        ),
        ({"$dateToString": {"date": "$t", "format": "%j %u %V %G %%"}}, "060 4 09 2024 %"),
        (
            {"$dateToString": {"date": "$t", "format": "%H %z", "timezone": "Europe/Berlin"}},
            "00 +0100",
        ),
        ({"$dateToString": {"date": "$nil", "onNull": "-"}}, "-"),
        ({"$dateToString": {"date": datetime(1, 1, 1), "format": "%Y"}}, "0001"),
        ({"$dateFromString": {"dateString": "2024-02-29"}}, datetime(2024, 2, 29)),
        ({"$dateFromString": {"dateString": "2024-02-29T23:30:15.123"}}, MOMENT),
        ({"$dateFromString": {"dateString": "0001-01-01T10:00:00.000"}}, datetime(1, 1, 1, 10)),
        ({"$dateFromString": {"dateString": "2024-03-01T00:30:15.123+01:00"}}, MOMENT),
        (
            {"$dateFromString": {"dateString": "2024-07-01T00:00", "timezone": "Europe/Berlin"}},
            datetime(2024, 6, 30, 22),
        ),
        (
            {"$dateFromString": {"dateString": "29.02.2024", "format": "%d.%m.%Y"}},
            datetime(2024, 2, 29),
        ),
        (
            {"$dateFromString": {"dateString": "2024-9-4", "format": "%G-%V-%u"}},
            datetime(2024, 2, 29),
        ),
        ({"$dateFromString": {"dateString": "nonsense", "onError": None}}, None),
        (
            {"$dateAdd": {"startDate": "$t", "unit": "year", "amount": 1}},
            MOMENT.replace(year=2025, day=28),
        ),
        (
            {"$dateSubtract": {"startDate": "$t", "unit": "month", "amount": 3}},
            MOMENT.replace(year=2023, month=11),
        ),
        (
            {"$dateAdd": {"startDate": "$t", "unit": "hour", "amount": 1}},
            datetime(2024, 3, 1, 0, 30, 15, 123000),
        ),
        (
            {
                "$dateAdd": {
                    "startDate": datetime(2024, 3, 30, 12),
                    "unit": "day",
                    "amount": 1,
                    "timezone": "Europe/Berlin",
                }
            },
            datetime(2024, 3, 31, 11),
        ),
        (
            {
                "$dateDiff": {
                    "startDate": datetime(2023, 12, 31, 23),
                    "endDate": "$t",
                    "unit": "year",
                }
            },
            1,
        ),
        (
            {
                "$dateDiff": {
                    "startDate": datetime(2024, 2, 24),
                    "endDate": datetime(2024, 2, 25),
                    "unit": "week",
                }
            },
            1,
        ),
        (
            {
                "$dateDiff": {
                    "startDate": datetime(2024, 2, 24),
                    "endDate": datetime(2024, 2, 25),
                    "unit": "week",
                    "startOfWeek": "monday",
                }
            },
            0,
        ),
    ],
)
def test_date_expression(expression: Any, expected: Any) -> None:
    assert evaluate(expression) == expected


@pytest.mark.parametrize(
    ("expression", "code", "message"),
    [
        ({"$foo": 1}, 168, r"Unrecognized expression '\$foo'"),
        ({"$add": [1], "$abs": 1}, 15983, "exactly one operator"),
        ({"$add": [1, "x"]}, 16554, "numeric types, not string"),
        ({"$subtract": [1]}, 16020, "takes 2 arguments, 1 were passed in"),
        ({"$divide": [1, 0]}, 2, r"can't \$divide by zero"),
        ({"$mod": [1, 0]}, 16610, r"can't \$mod by zero"),
        ({"$concat": ["a", 1]}, 16702, "found: int"),
        ({"$size": "$n"}, 17124, "must be an array, but was of type: int"),
        ({"$in": [1, "$n"]}, 40081, "must be an array"),
        ({"$strLenCP": "$nil"}, 34471, "found: null"),
        ({"$toInt": "x"}, 241, "Failed to parse number"),
        ({"$toInt": 2**40}, 241, "overflow"),
        ({"$toDate": "x"}, 241, "Error parsing date string 'x'"),
        ({"$convert": {"input": 1, "to": "nothing"}}, 241, "Unsupported conversion from int"),
        ({"$switch": {"branches": [{"case": False, "then": 1}]}}, 40066, "matching branch"),
        ({"$year": "x"}, 16006, "can't convert from BSON type string to Date"),
        ({"$dateToString": {"date": "$t", "format": "%q"}}, 18536, "Invalid format character"),
        ({"$hour": {"date": "$t", "timezone": "Nowhere"}}, 40485, "unrecognized time zone"),
        ("$$nobody", 17276, "Use of undefined variable: nobody"),
        ({"$cond": {"if": 1, "then": 1}}, 17080, "Missing 'else' parameter"),
        ({"$trim": {"input": "a", "what": 1}}, 40181, "Unrecognized argument: what"),
    ],
)
def test_expression_that_cannot_be(expression: Any, code: int, message: str) -> None:
    with pytest.raises(CommandError, match=message) as caught:
        evaluate(expression)
    assert caught.value.code == code
