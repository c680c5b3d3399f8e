"""MongoDB's order of values, as byte strings.

The key of a value is a byte string such that comparing two keys compares their values, of whatever
types: https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/. Numbers of all
types compare by their exact value. No key is the beginning of another one, so the keys of several
values in a row compare as the tuple of these values does.
"""

import re
import struct
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from math import isfinite, isnan
from typing import Any

from bson import Binary, Code, DBRef, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS

from .bson_types import EPOCH, MILLISECOND, MISSING, Missing
from .errors import BAD_VALUE, CommandError

# The first byte of a key: the type's place in the order. Comparisons in a query only match values
# with the same first byte, which is why NaN has one of its own.
MIN_KEY = b"\x02"
ABSENT = b"\x03"
NULL = b"\x05"
NAN = b"\x0f"
NUMBER = b"\x10"
STRING = b"\x15"
OBJECT = b"\x20"
ARRAY = b"\x25"
BINARY = b"\x30"
OBJECT_ID = b"\x35"
BOOL = b"\x40"
DATE = b"\x45"
TIMESTAMP = b"\x47"
REGEX = b"\x50"
CODE = b"\x60"
MAX_KEY = b"\xf0"

END = b"\x00"  # of an object or array: lower than any type

ZERO = NUMBER + b"\x50"
NEGATIVE = NUMBER + b"\x40"
POSITIVE = NUMBER + b"\x60"
INFINITE = NUMBER + b"\x70"
MINUS_INFINITE = NUMBER + b"\x30"

INVERSE = bytes(255 - byte for byte in range(256))


def inverted(key: bytes) -> bytes:
    """Orders the other way round."""
    return key.translate(INVERSE)


def magnitude(digits: str, exponent: int) -> bytes:
    """0.DIGITS times ten to the exponent: first the exponent decides, then the digits."""
    return (exponent + 0x8000).to_bytes(2) + digits.rstrip("0").encode() + END


def int_key(value: int) -> bytes:
    if value > 0:
        digits = str(value)
        return POSITIVE + magnitude(digits, len(digits))
    if value == 0:
        return ZERO
    digits = str(-value)
    return NEGATIVE + inverted(magnitude(digits, len(digits)))


def float_key(value: float) -> bytes:
    if isfinite(value):
        return int_key(int(value)) if value == int(value) else decimal_key(Decimal(value))
    if isnan(value):
        return NAN
    return INFINITE if value > 0 else MINUS_INFINITE


def decimal_key(value: Decimal) -> bytes:
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return NAN if value.is_nan() else MINUS_INFINITE if sign else INFINITE
    if not value:
        return ZERO
    size = magnitude("".join(map(str, digits)), len(digits) + exponent)
    return NEGATIVE + inverted(size) if sign else POSITIVE + size


@lru_cache(maxsize=2**16)
def decimal128_key(encoded: bytes) -> bytes:
    """Decoding is slow, and prices repeat."""
    return decimal_key(Decimal128.from_bid(encoded).to_decimal())


def string_key(value: str) -> bytes:
    return STRING + value.encode().replace(b"\0", b"\0\xff") + b"\0\0"


def object_key(value: Mapping[str, Any]) -> bytes:
    """Field by field: its type, then its name, then its value."""
    parts = [OBJECT]
    for name, item in value.items():
        item_key = key(item)
        parts += (item_key[:1], name.encode(), END, item_key)
    parts.append(END)
    return b"".join(parts)


def array_key(value: list[Any]) -> bytes:
    return ARRAY + b"".join(map(key, value)) + END


def binary_key(value: bytes) -> bytes:
    """The shorter is the smaller."""
    subtype = value.subtype if isinstance(value, Binary) else 0
    return BINARY + struct.pack(">IB", len(value), subtype) + value


def milliseconds(value: datetime) -> int:
    if value.tzinfo is not None:
        raise CommandError(BAD_VALUE, "a date is to be in UTC and without a time zone")
    return (value - EPOCH) // MILLISECOND


def date_key(value: datetime) -> bytes:
    return DATE + struct.pack(">Q", milliseconds(value) + 2**63)


def regex_key(value: Any) -> bytes:
    return REGEX + str(value.pattern).encode() + END + struct.pack(">I", int(value.flags))


def code_key(value: Code) -> bytes:
    return CODE + str(value).encode() + END + (object_key(value.scope) if value.scope else END)


KEYS: dict[type, Callable[[Any], bytes]] = {
    MinKey: lambda value: MIN_KEY,
    Missing: lambda value: ABSENT,
    type(None): lambda value: NULL,
    int: int_key,
    Int64: int_key,
    float: float_key,
    Decimal128: lambda value: decimal128_key(value.bid),
    str: string_key,
    dict: object_key,
    DBRef: lambda value: object_key(value.as_doc()),
    list: array_key,
    bytes: binary_key,
    Binary: binary_key,
    ObjectId: lambda value: OBJECT_ID + value.binary,
    bool: lambda value: BOOL + (b"\1" if value else b"\0"),
    datetime: date_key,
    DatetimeMS: lambda value: DATE + struct.pack(">Q", int(value) + 2**63),
    Timestamp: lambda value: TIMESTAMP + struct.pack(">II", value.time, value.inc),
    Regex: regex_key,
    re.Pattern: regex_key,
    Code: code_key,
    MaxKey: lambda value: MAX_KEY,
}


def key(value: Any) -> bytes:
    try:
        make = KEYS[type(value)]
    except KeyError:
        raise CommandError(
            BAD_VALUE, f"values of type {type(value).__name__} are not BSON's"
        ) from None
    return make(value)


def sort_key(value: Any) -> bytes:
    """A field that is not there sorts as null."""
    return NULL if value is MISSING else key(value)


def equal(one: Any, other: Any) -> bool:
    return key(one) == key(other)
