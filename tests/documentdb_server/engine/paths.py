"""Dotted paths through documents and arrays, as queries and index keys read them."""

from collections.abc import Callable
from typing import Any

from .bson_types import MISSING, Document

Values = Callable[[Document], list[Any]]


def values_at(path: str) -> Values:
    """A function that finds what a query compares: every value that the path leads to.

    An array on the way stands for each of its documents, and for the element that a number in the
    path names. An array at the end is not opened. A field that is not there gives MISSING.
    """
    parts = path.split(".")
    if len(parts) == 1:
        return lambda document: [document.get(path, MISSING)]
    return lambda document: descend(document, parts, 0)


def descend(value: Any, parts: list[str], depth: int) -> list[Any]:
    if depth == len(parts):
        return [value]
    if isinstance(value, dict):
        if parts[depth] in value:
            return descend(value[parts[depth]], parts, depth + 1)
        return [MISSING]
    if isinstance(value, list):
        return descend_array(value, parts, depth)
    return [MISSING]


def descend_array(array: list[Any], parts: list[str], depth: int) -> list[Any]:
    """Elements that are no documents lead nowhere: they do not even count as missing."""
    found: list[Any] = []
    for element in array:
        if isinstance(element, dict):
            found += descend(element, parts, depth)
    if parts[depth].isdecimal() and int(parts[depth]) < len(array):
        element = array[int(parts[depth])]
        last = depth + 1 == len(parts)
        if last or isinstance(element, dict | list):
            found += descend(element, parts, depth + 1)
    return found


def opened_at(path: str) -> Values:
    """As values_at, and an array at the end stands for its elements too."""
    values = values_at(path)

    def opened(document: Document) -> list[Any]:
        found: list[Any] = []
        for value in values(document):
            if isinstance(value, list):
                found += value
            found.append(value)
        return found

    return opened


def array_on(document: Document, path: str) -> str | None:
    """The part of the path that leads to its first array, if there is one."""
    value: Any = document
    parts = path.split(".")
    for depth, part in enumerate(parts):
        value = value.get(part)
        if isinstance(value, list):
            return ".".join(parts[: depth + 1])
        if not isinstance(value, dict):
            break
    return None
