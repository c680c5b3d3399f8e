"""The stages of an aggregation that look at nothing but the documents that reach them."""

import random
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from .bson_types import MISSING, Document
from .errors import CommandError
from .expressions import compile_expression
from .matching import matcher
from .projection import add_fields, project
from .sorting import first, sorter
from .update_paths import value_at

Stage = Callable[[Iterable[Document]], Iterable[Document]]


def match(query: Any) -> Stage:
    matches = matcher(query)
    return lambda documents: filter(matches, documents)


def mapped(change: Callable[[Document], Document]) -> Stage:
    return lambda documents: map(change, documents)


def sort(order: Document, wanted: int = 0) -> Stage:
    key = sorter(order)
    return lambda documents: first(documents, key, wanted)


def is_number(count: Any) -> bool:
    return isinstance(count, int | float) and not isinstance(count, bool)


def skip(count: Any) -> Stage:
    if not is_number(count) or count < 0:
        raise CommandError(15956, "Argument to $skip must be a number that is not negative")
    return lambda documents: islice(documents, int(count), None)


def limit(count: Any) -> Stage:
    if not is_number(count) or count <= 0:
        raise CommandError(15958, "the limit must be a positive number")
    return lambda documents: islice(documents, int(count))


def count(name: str) -> Stage:
    """Nothing at all, not even zero, where no document arrives."""

    def stage(documents: Iterable[Document]) -> list[Document]:
        number = sum(1 for _ in documents)
        return [{name: number}] if number else []

    return stage


def sample(operand: Document) -> Stage:
    def stage(documents: Iterable[Document]) -> list[Document]:
        everything = list(documents)
        return random.sample(everything, min(int(operand["size"]), len(everything)))

    return stage


def replace_root(operand: Document) -> Stage:
    new_root = compile_expression(operand["newRoot"])

    def replaced(document: Document) -> Document:
        root = new_root(document, {})
        if not isinstance(root, dict):
            raise CommandError(
                40228,
                "'newRoot' expression must evaluate to an object, but resulting value was "
                f"of another type: {root!r}",
            )
        return root

    return mapped(replaced)


def unwind(operand: Any) -> Stage:
    options = operand if isinstance(operand, dict) else {"path": operand}
    path = options.get("path")
    if not isinstance(path, str) or not path.startswith("$"):
        raise CommandError(28818, "path option to $unwind stage should be prefixed with a '$'")
    return Unwind(path[1:], options).stage


class Unwind:
    def __init__(self, path: str, options: Document) -> None:
        self.parts = path.split(".")
        self.keeps_empty = bool(options.get("preserveNullAndEmptyArrays"))
        self.place_field = options.get("includeArrayIndex")

    def stage(self, documents: Iterable[Document]) -> Iterator[Document]:
        for document in documents:
            value = value_at(document, self.parts)
            if isinstance(value, list) and value:
                for place, element in enumerate(value):
                    yield self.row(document, element, place)
            elif isinstance(value, list) and self.keeps_empty:
                yield self.row(document, MISSING, None)
            elif (value is not None and value is not MISSING and value != []) or (
                self.keeps_empty and not isinstance(value, list)
            ):
                yield self.row(document, value, None)

    def row(self, document: Document, value: Any, place: int | None) -> Document:
        row = with_value(document, self.parts, value)
        return {**row, self.place_field: place} if self.place_field else row


def with_value(document: Document, parts: list[str], value: Any) -> Document:
    """A copy that differs at the path; MISSING takes the field away."""
    name, *rest = parts
    if rest:
        inner = document.get(name)
        if not isinstance(inner, dict):
            return document
        return {**document, name: with_value(inner, rest, value)}
    if value is MISSING:
        return {field: item for field, item in document.items() if field != name}
    return {**document, name: value}


STAGES: dict[str, Callable[[Any], Stage]] = {
    "$match": match,
    "$project": lambda operand: mapped(project(operand)),
    "$addFields": lambda operand: mapped(add_fields(operand)),
    "$sort": sort,
    "$skip": skip,
    "$limit": limit,
    "$count": count,
    "$sample": sample,
    "$replaceRoot": replace_root,
    "$unwind": unwind,
}
