"""The stages that touch other collections: $lookup and $out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .bson_types import MISSING, Document
from .collection import Collection
from .errors import FAILED_TO_PARSE, CommandError
from .expressions import follow
from .ordering import NULL, key
from .paths import opened_at
from .stages import Stage, with_value

if TYPE_CHECKING:
    from .pipeline import Database

BY_FIELDS = frozenset({"from", "localField", "foreignField", "as"})
BY_PIPELINE = frozenset({"from", "pipeline", "as"})


def lookup(operand: Any, database: Database) -> Stage:
    if not isinstance(operand, dict) or set(operand) not in (BY_FIELDS, BY_PIPELINE):
        raise CommandError(
            FAILED_TO_PARSE,
            "$lookup takes from and as, and either localField and foreignField or pipeline",
        )
    place = operand["as"].split(".")
    if "pipeline" in operand:
        from .pipeline import Pipeline

        def independent(documents: Iterable[Document]) -> Iterable[Document]:
            found = Pipeline(database, operand["from"], operand["pipeline"]).run()
            return [with_value(document, place, found) for document in documents]

        return independent

    def joined(documents: Iterable[Document]) -> Iterable[Document]:
        foreign = database.collection(operand["from"])
        table = None if foreign is None else Table(foreign, operand["foreignField"])
        for document in documents:
            values = local_values(document, operand["localField"])
            yield with_value(document, place, [] if table is None else table.matching(values))

    return joined


def output(operand: Any, database: Database) -> Stage:
    """$out: the documents take the place of those in another collection."""

    def stage(documents: Iterable[Document]) -> list[Document]:
        found = list(documents)
        target = database.ensure(str(operand))
        target.delete({})
        for document in found:
            target.insert(document)
        return []

    return stage


def local_values(document: Document, path: str) -> list[Any]:
    """A missing field joins as null, an array by each of its elements."""
    value = follow(document, path.split("."))
    if isinstance(value, list):
        return value
    return [None if value is MISSING else value]


class Table:
    """The foreign documents by the value of their field.

    Found through an index if there is one for the field, or else by reading the collection once.
    """

    def __init__(self, collection: Collection, path: str) -> None:
        self.collection = collection
        self.path = path
        self.found: dict[bytes, list[Document]] = {}
        self.is_complete = not any(
            next(iter(index.pattern)) == path and index.searchable and index.partial is None
            for index in collection.catalog.all
        )
        if self.is_complete:
            self.read()

    def read(self) -> None:
        values = opened_at(self.path)
        for document in self.collection.find({}):
            keys = {NULL if value is MISSING else key(value) for value in values(document)}
            for value_key in keys:
                self.found.setdefault(value_key, []).append(document)

    def matching(self, values: list[Any]) -> list[Document]:
        if len(values) == 1:
            return self.equal_to(values[0])
        found = {id(document): document for value in values for document in self.equal_to(value)}
        return list(found.values())

    def equal_to(self, value: Any) -> list[Document]:
        value_key = key(value)
        if value_key not in self.found:
            if self.is_complete:
                return []
            self.found[value_key] = list(self.collection.find({self.path: {"$eq": value}}))
        return self.found[value_key]
