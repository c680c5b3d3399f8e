"""Lookups as conditions that an index serves best.

The parent guards comparisons against null, which MongoDB's query operators do by themselves: they
compare values of one type only, and take a missing field for null.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

MQL = dict[str, Any]
Lookup = Callable[[Any, Any], Any]


def equal_to(path: str, value: Any) -> MQL:
    # An object of JSON may have come from a client: its keys must not become operators.
    return {path: {"$eq": value} if isinstance(value, Mapping) else value}


def one_of(path: str, values: Iterable[Any]) -> MQL:
    listed = tuple(values)
    # With $in the planner may sort what the index has in order already.
    return {path: {"$eq": listed[0]} if len(listed) == 1 else {"$in": listed}}


def is_null(path: str, null: bool) -> MQL:
    return {path: None if null else {"$ne": None}}


def lookups(inherited: Mapping[str, Lookup]) -> dict[str, Lookup]:
    return {
        **inherited,
        "exact": equal_to,
        "lt": lambda path, value: {path: {"$lt": value}},
        "lte": lambda path, value: {path: {"$lte": value}},
        "in": one_of,
        "isnull": is_null,
    }
