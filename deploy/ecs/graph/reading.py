"""Evaluated values as what a property should be. None is what is not known, or of a wrong type."""

import math
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from deploy.ecs.evaluator.symbols import (
    NO_VALUE,
    Choice,
    NoValue,
    Symbol,
    Text,
    Unknown,
    Value,
)
from deploy.ecs.evaluator.values import choice

T = TypeVar("T")
UNCLEAR = Unknown("", None)  # what is inside a symbol, or inside what should not be there
WHOLE = re.compile(r"-?[0-9]{1,18}")


def look_up(value: Value, path: tuple[str | int, ...]) -> Value:
    """NO_VALUE where nothing is written."""
    if not path:
        return UNCLEAR if value is None else value
    if isinstance(value, Choice):
        found = (look_up(each, path) for each in (value.then, value.otherwise))
        return choice(value.condition, *found)
    step, *rest = path
    if isinstance(value, NoValue):
        return NO_VALUE
    if isinstance(value, dict) and isinstance(step, str):
        return look_up(value[step], tuple(rest)) if step in value else NO_VALUE
    if isinstance(value, list) and isinstance(step, int):
        return look_up(value[step], tuple(rest)) if step < len(value) else NO_VALUE
    return UNCLEAR


def leaves(value: Value) -> Iterator[Value]:
    """What it may be, whatever the conditions are."""
    if isinstance(value, Choice):
        yield from leaves(value.then)
        yield from leaves(value.otherwise)
    else:
        yield value


def agreed(value: Value, read: Callable[[Value], T | None]) -> T | None:
    """What it is read as, if that does not depend on a condition."""
    found = [read(each) for each in leaves(value)]
    first = found[0]
    return first if all(each == first for each in found) else None


def given(value: Value) -> bool | None:
    def read(leaf: Value) -> bool | None:
        if isinstance(leaf, NoValue):
            return False
        is_open = leaf is UNCLEAR or leaf is None or isinstance(leaf, Unknown)
        return None if is_open else True

    return agreed(value, read)


def text(value: Value) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None


def number(value: Value) -> int | None:
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and WHOLE.fullmatch(value.strip()):
        return int(value)
    return None


def flag(value: Value) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None


def parts_of(value: Value) -> tuple[str | Symbol, ...] | None:
    """Of what is a string at deployment."""
    if isinstance(value, Text):
        return value.parts
    if isinstance(value, NoValue):
        return None
    if isinstance(value, Symbol):
        return (value,)
    written = text(value)
    return None if written is None else (written,)


def is_hashable(value: Value) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
