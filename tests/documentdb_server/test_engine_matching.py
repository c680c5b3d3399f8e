from datetime import datetime
from typing import Any

import pytest
from bson import Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex

from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.engine.matching import matcher

ID = ObjectId()
NAN = float("nan")


@pytest.mark.parametrize(
    ("query", "document", "expected"),
    [
        # equality
        ({}, {}, True),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, {"a": Decimal128("1.0")}, True),
        ({"a": Decimal128("1.10")}, {"a": Decimal128("1.1")}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": True}, {"a": 1}, False),
        ({"a": "1"}, {"a": 1}, False),
        ({"a": ID}, {"a": ID}, True),
        ({"a": {"x": 1, "y": 2}}, {"a": {"x": 1, "y": 2}}, True),
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": 2, "x": 1}}, False),
        ({"a": {"x": 1}}, {"a": {"x": 1, "y": 2}}, False),
        ({"a": NAN}, {"a": NAN}, True),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, False),
        # null and missing
        ({"a": None}, {}, True),
        ({"a": None}, {"a": None}, True),
        ({"a": None}, {"a": 0}, False),
        ({"a": None}, {"a": []}, False),
        ({"a": None}, {"a": [None]}, True),
        ({"a": {"$ne": None}}, {}, False),
        ({"a": {"$in": [None, 1]}}, {}, True),
        ({"a": {"$nin": [None]}}, {}, False),
        ({"a": {"$gte": None}}, {}, True),
        ({"a": {"$gt": None}}, {}, False),
        ({"a.b": None}, {"a": 5}, True),
        ({"a.b": None}, {"a": {}}, True),
        ({"a.b": None}, {"a": []}, False),
        ({"a.b": None}, {"a": [1, 2]}, False),
        ({"a.b": None}, {"a": [{"b": 1}, {}]}, True),
        ({"a": {"$exists": True}}, {"a": None}, True),
        ({"a": {"$exists": False}}, {"a": None}, False),
        ({"a": {"$exists": False}}, {}, True),
        ({"a.b": {"$exists": False}}, {"a": []}, True),
        # comparisons stay within the type
        ({"a": {"$gt": 5}}, {"a": 6}, True),
        ({"a": {"$gt": 5}}, {"a": 5}, False),
        ({"a": {"$gt": 5}}, {"a": "6"}, False),
        ({"a": {"$gt": 5}}, {"a": True}, False),
        ({"a": {"$gt": 5}}, {}, False),
        ({"a": {"$lt": 5}}, {"a": None}, False),
        ({"a": {"$lt": 5}}, {"a": NAN}, False),
        ({"a": {"$gte": NAN}}, {"a": NAN}, True),
        ({"a": {"$gt": 5}}, {"a": Decimal128("5.01")}, True),
        ({"a": {"$lt": Decimal128("5.01")}}, {"a": Int64(5)}, True),
        ({"a": {"$gte": ""}}, {"a": ""}, True),
        ({"a": {"$gte": ""}}, {"a": 1}, False),
        ({"a": {"$lt": datetime(2024, 1, 1)}}, {"a": datetime(2023, 1, 1)}, True),
        ({"a": {"$gt": MinKey()}}, {"a": 1}, True),
        ({"a": {"$lt": MaxKey()}}, {"a": "z"}, True),
        ({"a": {"$gt": 1, "$lt": 3}}, {"a": 2}, True),
        ({"a": {"$lt": {"x": 2}}}, {"a": {"x": 1}}, True),
        # arrays
        ({"a": 1}, {"a": [1, 2]}, True),
        ({"a": [1, 2]}, {"a": [1, 2]}, True),
        ({"a": [1, 2]}, {"a": [[1, 2], 3]}, True),
        ({"a": [1]}, {"a": [1, 2]}, False),
        ({"a": {"$ne": 1}}, {"a": [1, 2]}, False),
        ({"a": {"$nin": [1]}}, {"a": [2, 3]}, True),
        ({"a": {"$gt": 1, "$lt": 3}}, {"a": [0, 5]}, True),
        ({"a.b": 1}, {"a": [{"b": 0}, {"b": 1}]}, True),
        ({"a.b": 1}, {"a": [{"b": [0, 1]}]}, True),
        ({"a.1": 5}, {"a": [4, 5]}, True),
        ({"a.1.b": 5}, {"a": [4, {"b": 5}]}, True),
        ({"a.0": 5}, {"a": {"0": 5}}, True),
        ({"a": {"$size": 2}}, {"a": [1, [2]]}, True),
        ({"a": {"$size": 0}}, {}, False),
        ({"a": {"$all": [1, 2]}}, {"a": [2, 3, 1]}, True),
        ({"a": {"$all": [1, 2]}}, {"a": [1]}, False),
        ({"a": {"$all": []}}, {"a": []}, False),
        ({"a": {"$elemMatch": {"$gt": 1, "$lt": 3}}}, {"a": [0, 5]}, False),
        ({"a": {"$elemMatch": {"$gt": 1, "$lt": 3}}}, {"a": [2]}, True),
        ({"a": {"$elemMatch": {"x": 1, "y": 2}}}, {"a": [{"x": 1}, {"y": 2}]}, False),
        ({"a": {"$elemMatch": {"x": 1, "y": 2}}}, {"a": [{"x": 1, "y": 2}]}, True),
        ({"a": {"$elemMatch": {"$or": [{"x": 1}, {"x": 2}]}}}, {"a": [{"x": 2}]}, True),
        # regular expressions
        ({"a": Regex("^ab", "i")}, {"a": "ABc"}, True),
        ({"a": {"$regex": "b"}}, {"a": ["x", "abc"]}, True),
        ({"a": {"$regex": "B", "$options": "i"}}, {"a": "abc"}, True),
        ({"a": {"$regex": "B", "$options": ""}}, {"a": "abc"}, False),
        ({"a": {"$regex": r"c\Z"}}, {"a": "abc\n"}, True),
        ({"a": {"$regex": r"c\z"}}, {"a": "abc\n"}, False),
        ({"a": {"$regex": "1"}}, {"a": 1}, False),
        ({"a": {"$in": [Regex("^a"), 5]}}, {"a": "abc"}, True),
        ({"a": {"$not": Regex("^a")}}, {"a": "b"}, True),
        # the rest
        ({"a": {"$not": {"$gt": 5}}}, {}, True),
        ({"a": {"$not": {"$gt": 5}}}, {"a": 6}, False),
        ({"a": {"$type": "string"}}, {"a": "x"}, True),
        ({"a": {"$type": ["int", "null"]}}, {"a": None}, True),
        ({"a": {"$type": "number"}}, {"a": Int64(1)}, True),
        ({"a": {"$type": 16}}, {"a": 1}, True),
        ({"a": {"$type": "long"}}, {"a": 1}, False),
        ({"a": {"$type": "array"}}, {"a": []}, True),
        ({"a": {"$type": "null"}}, {}, False),
        ({"a": {"$mod": [4, 1]}}, {"a": 5}, True),
        ({"a": {"$mod": [4, -1]}}, {"a": -5}, True),
        ({"a": {"$mod": [4, 3]}}, {"a": -5}, False),
        ({"a": {"$bitsAllSet": 6}}, {"a": 7}, True),
        ({"a": {"$bitsAllSet": [1, 3]}}, {"a": 2}, False),
        ({"a": {"$bitsAnyClear": 3}}, {"a": 1}, True),
        ({"a": {"$bitsAllClear": 6}}, {"a": 8}, True),
        ({"$or": [{"a": 1}, {"b": 1}]}, {"b": 1}, True),
        ({"$and": [{"a": 1}, {"b": 1}]}, {"b": 1}, False),
        ({"$nor": [{"a": 1}, {"b": 1}]}, {"b": 1}, False),
        ({"$nor": [{"a": 1}]}, {}, True),
        ({"$expr": {"$gt": ["$a", "$b"]}}, {"a": 2, "b": 1}, True),
        ({"$comment": "why", "a": 1}, {"a": 1}, True),
    ],
)
def test_match(query: dict[str, Any], document: dict[str, Any], expected: bool) -> None:
    assert matcher(query)(document) is expected


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"a": {"$foo": 1}}, "unknown operator: \\$foo"),
        ({"$foo": 1}, "unknown top level operator: \\$foo"),
        ({"a": {"$in": 1}}, "\\$in needs an array"),
        ({"$or": []}, "\\$or argument must be a non-empty array"),
        ({"$and": {"a": 1}}, "\\$and argument must be a non-empty array"),
        ({"a": {"$options": "i"}}, "\\$options needs a \\$regex"),
        ({"a": {"$regex": "("}}, "Regular expression is invalid"),
        ({"a": {"$regex": "a", "$options": "q"}}, "invalid flag in regex options: q"),
        ({"a": {"$not": 5}}, "\\$not needs a regex or a document"),
        ({"a": {"$mod": [0, 1]}}, "divisor cannot be 0"),
        ({"a": {"$gt": 1, "b": 2}}, "unknown operator: b"),
    ],
)
def test_query_that_makes_no_sense(query: dict[str, Any], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        matcher(query)
