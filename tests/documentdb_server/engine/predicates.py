"""The query operators that look at one value."""

import re
from collections.abc import Callable
from typing import Any

from bson import Binary, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex

from .bson_types import MISSING, NUMBER_NAMES, TYPE_NUMBERS, type_name
from .errors import BAD_VALUE, TYPE_MISMATCH, CommandError
from .ordering import ABSENT, NULL, key
from .regexes import regex

Test = Callable[[Any], bool]

# Two values of one of these types are equal exactly if Python says so.
PLAIN = frozenset({str, bool, ObjectId})
INTEGERS = frozenset({int, Int64})
NAMES = {number: name for name, number in TYPE_NUMBERS.items()}


def equal_to(operand: Any) -> Test:
    if operand is None:
        return lambda value: value is None or value is MISSING
    kind = type(operand)
    if kind in PLAIN:
        return lambda value: type(value) is kind and value == operand
    wanted = key(operand)
    if kind in INTEGERS:
        return lambda value: value == operand if type(value) in INTEGERS else key(value) == wanted
    return lambda value: key(value) == wanted


def compared(operand: Any, compare: Callable[[bytes, bytes], bool]) -> Test:
    """Only values of the operand's type compare. A missing field compares as null."""
    if isinstance(operand, MinKey | MaxKey):
        limit = key(operand)
        return lambda value: compare(comparable(value), limit)
    limit = key(operand)
    bracket = limit[:1]

    def test(value: Any) -> bool:
        value_key = comparable(value)
        return value_key[:1] == bracket and compare(value_key, limit)

    return test


def comparable(value: Any) -> bytes:
    return NULL if value is MISSING else key(value)


def greater(operand: Any) -> Test:
    return compared(operand, bytes.__gt__)


def greater_or_equal(operand: Any) -> Test:
    return compared(operand, bytes.__ge__)


def less(operand: Any) -> Test:
    return compared(operand, bytes.__lt__)


def less_or_equal(operand: Any) -> Test:
    return compared(operand, bytes.__le__)


def one_of(operand: Any) -> Test:
    if not isinstance(operand, list):
        raise CommandError(BAD_VALUE, "$in needs an array")
    patterns = [matching_regex(regex(item)) for item in operand if isinstance(item, Regex)]
    wanted = {key(item) for item in operand if not isinstance(item, Regex)}
    if NULL in wanted:
        wanted.add(ABSENT)
    if not patterns:
        return lambda value: key(value) in wanted
    return lambda value: key(value) in wanted or any(matches(value) for matches in patterns)


def matching_regex(pattern: re.Pattern[str]) -> Test:
    search = pattern.search
    return lambda value: type(value) is str and search(value) is not None


def of_type(operand: Any) -> Test:
    names: set[str] = set()
    for wanted in operand if isinstance(operand, list) else [operand]:
        names |= type_names(wanted)
    return lambda value: type_name(value) in names


def type_names(wanted: Any) -> frozenset[str]:
    if wanted == "number":
        return NUMBER_NAMES
    if isinstance(wanted, str):
        if wanted not in TYPE_NUMBERS:
            raise CommandError(BAD_VALUE, f"Unknown type name alias: {wanted}")
        return frozenset({wanted})
    if wanted not in NAMES:
        raise CommandError(BAD_VALUE, f"Invalid numerical type code: {wanted}")
    return frozenset({NAMES[wanted]})


def remainder(operand: Any) -> Test:
    if not isinstance(operand, list) or len(operand) != 2:
        raise CommandError(BAD_VALUE, "malformed mod, needs to be [divisor, remainder]")
    divisor, wanted = (int(number) for number in operand)
    if divisor == 0:
        raise CommandError(BAD_VALUE, "divisor cannot be 0")

    def test(value: Any) -> bool:
        """The remainder has the sign of the dividend, unlike Python's."""
        if type_name(value) not in NUMBER_NAMES:
            return False
        try:
            whole = int(value.to_decimal() if isinstance(value, Decimal128) else value)
        except (ValueError, OverflowError):
            return False
        rest = abs(whole) % abs(divisor)
        return wanted == (rest if whole >= 0 else -rest)

    return test


def mask(operand: Any) -> int:
    """From a number, a list of bit positions or bytes, whose first byte is the lowest."""
    if isinstance(operand, list):
        return sum({1 << position for position in operand})
    if isinstance(operand, bytes | Binary):
        return int.from_bytes(operand, "little")
    if isinstance(operand, int) and operand >= 0:
        return operand
    raise CommandError(TYPE_MISMATCH, "a bit mask is a number, an array of positions or binary")


def bits(value: Any) -> int | None:
    if isinstance(value, bytes | Binary):
        return int.from_bytes(value, "little")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def bits_test(operand: Any, holds: Callable[[int, int], bool]) -> Test:
    wanted = mask(operand)

    def test(value: Any) -> bool:
        found = bits(value)
        return found is not None and holds(found, wanted)

    return test


# Each of these is tried on the elements of an array and on the array itself.
PREDICATES: dict[str, Callable[[Any], Test]] = {
    "$eq": equal_to,
    "$gt": greater,
    "$gte": greater_or_equal,
    "$lt": less,
    "$lte": less_or_equal,
    "$in": one_of,
    "$regex": matching_regex,
    "$type": of_type,
    "$mod": remainder,
    "$bitsAllSet": lambda operand: bits_test(operand, lambda found, mask: found & mask == mask),
    "$bitsAnySet": lambda operand: bits_test(operand, lambda found, mask: found & mask != 0),
    "$bitsAllClear": lambda operand: bits_test(operand, lambda found, mask: found & mask == 0),
    "$bitsAnyClear": lambda operand: bits_test(operand, lambda found, mask: found & mask != mask),
}
