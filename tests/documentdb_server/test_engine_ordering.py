from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from bson import Binary, Code, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp

from tests.documentdb_server.engine.bson_types import MISSING
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.engine.ordering import equal, inverted, key, sort_key

# https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/
ASCENDING: list[Any] = [
    MinKey(),
    None,
    float("nan"),
    float("-inf"),
    Decimal128("-1E+400"),
    -(2**63),
    -1000,
    -10.5,
    Decimal128("-10.25"),
    -9,
    -0.5,
    0,
    Decimal128("1E-400"),
    5e-324,
    Decimal128("0.1"),
    0.1,  # as a double it is a little more than a tenth
    1,
    1.5,
    9,
    10,
    99,
    100,
    2**53,
    2**53 + 1,
    Decimal128("1E+400"),
    float("inf"),
    "",
    "A",
    "a",
    "a\0",
    "a\0b",
    "ab",
    "b",
    "é",
    "\U0001f600",
    {},
    {"a": 1},
    {"a": 1, "b": 1},
    {"a": 2},
    {"b": 1},
    {"a": "1"},
    [],
    [1],
    [1, 2],
    [2],
    ["1"],
    b"",
    b"b",
    b"aa",
    Binary(b"aa", 4),
    ObjectId("000000000000000000000001"),
    ObjectId("ffffffffffffffffffffffff"),
    False,
    True,
    datetime(1, 1, 1),
    datetime(1969, 12, 31, 23, 59, 59, 999000),
    datetime(1970, 1, 1),
    datetime(9999, 12, 31),
    Timestamp(1, 1),
    Timestamp(1, 2),
    Regex("a"),
    Code("a"),
    MaxKey(),
]


def test_order_of_all_types() -> None:
    keys = [key(value) for value in ASCENDING]
    for (one, other), values in zip(pairwise(keys), pairwise(ASCENDING), strict=True):
        assert one < other, values


def test_order_inverted() -> None:
    keys = [inverted(key(value)) for value in ASCENDING]
    for (one, other), values in zip(pairwise(keys), pairwise(ASCENDING), strict=True):
        assert one > other, values


def test_no_key_begins_another() -> None:
    """Or the keys of a compound index would mix up its fields."""
    keys = {key(value) for value in ASCENDING}
    for one in keys:
        assert not any(other.startswith(one) for other in keys - {one})


def test_fields_in_a_row() -> None:
    rows: list[tuple[str, int]] = [("a", 2), ("a", 10), ("a\0", 1), ("ab", 1), ("b", -1)]
    keys = [key(name) + key(number) for name, number in rows]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    "values",
    [
        (1, 1.0, Int64(1), Decimal128("1"), Decimal128("1.00")),
        (0, 0.0, -0.0, Decimal128("-0")),
        (100, Decimal128("1E+2")),
        (float("nan"), Decimal128("NaN")),
        (b"ab", Binary(b"ab", 0)),
        ({"a": 1}, {"a": 1.0}),
        ([1, [2]], [1.0, [Int64(2)]]),
    ],
)
def test_equal_values(values: tuple[Any, ...]) -> None:
    assert len({key(value) for value in values}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (0, False),
        (0, None),
        ("1", 1),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (0.1 + 0.2, 0.3),
    ],
)
def test_values_that_differ(one: Any, other: Any) -> None:
    assert not equal(one, other)


def test_missing_sorts_as_null_and_compares_below() -> None:
    assert sort_key(MISSING) == key(None)
    assert key(MISSING) < key(None)


def test_value_of_no_bson_type() -> None:
    with pytest.raises(CommandError, match="complex"):
        key(1j)
