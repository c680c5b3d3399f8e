"""The types of BSON as Python values."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bson import Binary, Code, DBRef, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS

from .errors import BAD_VALUE, CommandError

MAX_DOCUMENT = 16 * 1024 * 1024  # bytes

Document = dict[str, Any]
Match = Callable[[Document], bool]


class Missing:
    """The value of a field that is not there, which is not the same as null."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()

# https://www.mongodb.com/docs/manual/reference/bson-types/
TYPE_NUMBERS = {
    "double": 1,
    "string": 2,
    "object": 3,
    "array": 4,
    "binData": 5,
    "objectId": 7,
    "bool": 8,
    "date": 9,
    "null": 10,
    "regex": 11,
    "dbPointer": 12,
    "javascript": 13,
    "symbol": 14,
    "javascriptWithScope": 15,
    "int": 16,
    "timestamp": 17,
    "long": 18,
    "decimal": 19,
    "minKey": -1,
    "maxKey": 127,
}
NUMBER_NAMES = frozenset({"int", "long", "double", "decimal"})

NAMES: dict[type, str] = {
    float: "double",
    str: "string",
    dict: "object",
    list: "array",
    bytes: "binData",
    Binary: "binData",
    ObjectId: "objectId",
    bool: "bool",
    datetime: "date",
    DatetimeMS: "date",
    type(None): "null",
    Regex: "regex",
    re.Pattern: "regex",
    DBRef: "object",
    Int64: "long",
    Timestamp: "timestamp",
    Decimal128: "decimal",
    MinKey: "minKey",
    MaxKey: "maxKey",
    Missing: "missing",
}


def type_name(value: Any) -> str:
    """As $type names it in an aggregation."""
    kind = type(value)
    if kind is int:
        return "int" if -(2**31) <= value < 2**31 else "long"
    if kind is Code:
        return "javascript" if value.scope is None else "javascriptWithScope"
    try:
        return NAMES[kind]
    except KeyError:
        raise CommandError(BAD_VALUE, f"BSON has no type for a {kind.__name__}") from None


def copied(value: Any) -> Any:
    """A copy that can be changed without changing what is stored."""
    if type(value) is dict:
        return {name: copied(item) for name, item in value.items()}
    if type(value) is list:
        return [copied(item) for item in value]
    return value


EPOCH = datetime(1970, 1, 1)
MILLISECOND = timedelta(milliseconds=1)


def now() -> datetime:
    """UTC without a zone and in milliseconds, as BSON keeps it."""
    moment = datetime.now(UTC).replace(tzinfo=None)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
