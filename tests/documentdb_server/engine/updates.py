"""Updates: a document that takes another one's place, or operators that change it."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Protocol

import bson

from .bson_types import MISSING, Document, copied
from .conditions import conditions
from .errors import CONFLICTING_UPDATE, DOLLAR_PREFIXED_FIELD, FAILED_TO_PARSE, CommandError
from .matching import matcher
from .predicates import Test
from .update_operators import OPERATORS
from .update_paths import Change, value_at

ArrayFilters = list[Document] | None


class Update(Protocol):
    def apply(self, document: Document, query: Document) -> Document:
        """What comes of the document, which itself stays as it is."""

    def insert(self, query: Document) -> Document:
        """What an upsert inserts where nothing matches the query."""


def compile_update(
    update: Any, array_filters: ArrayFilters = None, *, multi: bool = False
) -> Update:
    if not isinstance(update, dict):
        raise CommandError(FAILED_TO_PARSE, "the update is to be a document")
    if next(iter(update), "").startswith("$"):
        return Modification(update, array_filters or [])
    if multi:
        raise CommandError(
            FAILED_TO_PARSE, "multi update is not supported for replacement-style update"
        )
    return Replacement(update)


class Replacement:
    def __init__(self, document: Document) -> None:
        for name in document:
            if name.startswith("$"):
                raise CommandError(
                    DOLLAR_PREFIXED_FIELD,
                    f"The dollar ($) prefixed field '{name}' is not allowed.",
                )
        self.document = document

    def apply(self, document: Document, query: Document) -> Document:
        return {"_id": document["_id"], **self.document}

    def insert(self, query: Document) -> Document:
        seed = equalities(query)
        return {"_id": seed["_id"], **self.document} if "_id" in seed else self.document


class Modification:
    def __init__(self, update: Document, array_filters: list[Document]) -> None:
        filters = dict(map(array_filter, array_filters))
        self.changes: list[Change] = []
        self.only_inserting: list[Change] = []
        self.renames: list[tuple[str, str]] = []
        for operator, path, operand in steps(update):
            if operator == "$rename":
                self.renames.append((path, operand))
                continue
            change = Change(path, OPERATORS[operator](path, operand), filters)
            (self.only_inserting if operator == "$setOnInsert" else self.changes).append(change)
        check_conflicts([*self.changes, *self.only_inserting], self.renames)

    def apply(self, document: Document, query: Document) -> Document:
        return self.changed(copied(document), query, self.changes)

    def insert(self, query: Document) -> Document:
        return self.changed(equalities(query), query, [*self.changes, *self.only_inserting])

    def changed(self, document: Document, query: Document, changes: list[Change]) -> Document:
        for source, target in self.renames:
            value = value_at(document, source.split("."))
            if value is not MISSING:
                set_at(document, source, MISSING)
                set_at(document, target, value)
        # New fields appear in this order.
        for change in sorted(changes, key=lambda change: change.parts):
            change.apply(document, query)
        return document


def steps(update: Document) -> Iterator[tuple[str, str, Any]]:
    for operator, fields in update.items():
        if operator not in OPERATORS and operator != "$rename":
            raise CommandError(
                FAILED_TO_PARSE,
                f"Unknown modifier: {operator}. Expected a valid update modifier or "
                "pipeline-style update specified as an array",
            )
        if not isinstance(fields, dict):
            raise CommandError(
                FAILED_TO_PARSE,
                f"Modifiers operate on fields but we found another type for {operator}",
            )
        for path, operand in fields.items():
            yield operator, path, operand


def array_filter(query: Document) -> tuple[str, Test]:
    """The name and the test of a filter such as {"e.stock": {"$gt": 3}}."""
    name = next(iter(query), "").split(".")[0]
    if not name or any(path.split(".")[0] != name for path in query):
        raise CommandError(
            FAILED_TO_PARSE, "an array filter names exactly one identifier, as in {'e.stock': 3}"
        )
    matches = matcher(query)
    return name, lambda element: matches({name: element})


def check_conflicts(changes: list[Change], renames: list[tuple[str, str]]) -> None:
    paths = [change.parts for change in changes]
    paths += [path.split(".") for pair in renames for path in pair]
    paths.sort()
    for shorter, longer in pairwise(paths):
        if longer[: len(shorter)] == shorter:
            raise CommandError(
                CONFLICTING_UPDATE,
                f"Updating the path '{'.'.join(longer)}' would create a conflict at "
                f"'{'.'.join(shorter)}'",
            )


def equalities(query: Document) -> Document:
    """The fields that a query wants equal to something, with which an upsert begins."""
    document: Document = {}
    for condition in conditions(query):
        if condition.path and condition.operator == "$eq":
            set_at(document, condition.path, copied(condition.operand))
    return document


def set_at(document: Document, path: str, value: Any) -> None:
    Change(path, lambda old: value, {}).apply(document, {})


def is_same(before: Document, after: Document) -> bool:
    """To the last bit: another type or order of the fields is a difference."""
    return bson.encode(before) == bson.encode(after)
