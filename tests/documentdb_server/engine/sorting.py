"""Sorting documents that no index gives in order."""

import heapq
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from .bson_types import Document
from .errors import BAD_VALUE, CommandError
from .ordering import ABSENT, inverted, sort_key
from .paths import values_at

T = TypeVar("T")

SMALL = 1000  # up to here, picking the first ones is faster than sorting them all


def first(items: Iterable[T], key: Callable[[T], bytes], wanted: int) -> list[T]:
    """In ascending order of their keys, only so many if `wanted` is not 0. Equals keep theirs."""
    if 0 < wanted <= SMALL:
        return heapq.nsmallest(wanted, items, key)
    return sorted(items, key=key)[: wanted or None]


def sorter(sort: Document) -> Callable[[Document], bytes]:
    fields = [field_sorter(path, order) for path, order in sort.items()]
    if len(fields) == 1:
        return fields[0]
    return lambda document: b"".join([field(document) for field in fields])


def field_sorter(path: str, order: Any) -> Callable[[Document], bytes]:
    if order not in {1, -1} or isinstance(order, bool):
        raise CommandError(
            BAD_VALUE,
            f"$sort key ordering must be 1 (for ascending) or -1 (for descending): {path}",
        )
    values = values_at(path)
    if order > 0:
        return lambda document: min(map(lowest, values(document)), default=sort_key(None))
    return lambda document: inverted(max(map(highest, values(document)), default=sort_key(None)))


def lowest(value: Any) -> bytes:
    """An array sorts by its lowest element, and an empty one before null."""
    return min(map(sort_key, value), default=ABSENT) if type(value) is list else sort_key(value)


def highest(value: Any) -> bytes:
    return max(map(sort_key, value), default=ABSENT) if type(value) is list else sort_key(value)
