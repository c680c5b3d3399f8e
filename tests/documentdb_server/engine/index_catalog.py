"""The indexes of one collection."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .bson_types import MISSING, Document
from .errors import (
    CANNOT_CREATE_INDEX,
    INDEX_KEY_SPECS_CONFLICT,
    INDEX_NOT_FOUND,
    INDEX_OPTIONS_CONFLICT,
    INVALID_OPTIONS,
    CommandError,
    DuplicateKey,
)
from .indexes import Index, entry, key_of, record_id_of
from .matching import matcher
from .notation import written
from .paths import values_at

# They say nothing about what the index holds.
INCIDENTAL = frozenset({"v", "name", "background", "ns"})


@dataclass(slots=True)
class Change:
    """What a write changes in one index."""

    index: Index
    removed: list[bytes]
    added: list[bytes]

    def reverse(self) -> "Change":
        return Change(self.index, self.added, self.removed)


class IndexCatalog:
    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self.all: list[Index] = [Index({"v": 2, "key": {"_id": 1}, "name": "_id_"})]

    @property
    def by_id(self) -> Index:
        return self.all[0]

    def specs(self) -> list[Document]:
        return [index.spec for index in self.all]

    def named(self, name: str) -> Index:
        for index in self.all:
            if index.name == name:
                return index
        raise CommandError(INDEX_NOT_FOUND, f"index not found with name [{name}]")

    def is_there(self, spec: Document) -> bool:
        """Whether this very index exists; one that resembles it too much is an error."""
        if list(spec["key"].items()) == [("_id", 1)]:
            return True
        for index in self.all:
            same = definition(index.spec) == definition(spec)
            if index.name == spec["name"]:
                if same:
                    return True
                raise CommandError(
                    INDEX_KEY_SPECS_CONFLICT,
                    "An existing index has the same name as the requested index. Requested index: "
                    f"{written(spec)}, existing index: {written(index.spec)}",
                )
            if same:
                raise CommandError(
                    INDEX_OPTIONS_CONFLICT,
                    f"Index already exists with a different name: {index.name}",
                )
        return False

    def built(self, spec: Document, documents: dict[int, Document]) -> Index:
        """The index, filled. DuplicateKey if it is unique and the documents are not."""
        partial = spec.get("partialFilterExpression")
        index = Index(spec, None if partial is None else matcher(partial))
        index.fill(
            entry(key, record_id)
            for record_id, document in documents.items()
            for key in index.keys(document)
        )
        if index.unique:
            for one, other in pairwise(index.entries):
                if key_of(one) == key_of(other):
                    raise self.duplicate(index, documents[record_id_of(other)])
        return index

    def droppable(self, name: str) -> Index:
        if name == "_id_":
            raise CommandError(INVALID_OPTIONS, "cannot drop _id index")
        return self.named(name)

    def changes(self, before: Document | None, after: Document | None) -> list[Change]:
        found = []
        for index in self.all:
            old = [] if before is None else index.keys(before)
            new = [] if after is None else index.keys(after)
            if not (old and new):
                found.append(Change(index, old, new))
            elif old != new:
                removed = [key for key in old if key not in new]
                found.append(Change(index, removed, [key for key in new if key not in old]))
        return found

    def check_unique(self, changes: list[Change], after: Document) -> None:
        for change in changes:
            index = change.index
            if index.unique and any(index.holder(key) is not None for key in change.added):
                raise self.duplicate(index, after)

    def duplicate(self, index: Index, document: Document) -> DuplicateKey:
        values = {path: shown(document, path) for path in index.pattern}
        return DuplicateKey(self.namespace, index.name, index.pattern, values, written(values))


def shown(document: Document, path: str) -> Any:
    value = next(iter(values_at(path)(document)), MISSING)
    return None if value is MISSING else value


def definition(spec: Document) -> tuple[list[tuple[str, Any]], Document]:
    options = {name: value for name, value in spec.items() if name not in INCIDENTAL | {"key"}}
    return list(spec["key"].items()), {name: value for name, value in options.items() if value}


def checked_spec(spec: Document) -> Document:
    pattern = spec.get("key")
    if not isinstance(pattern, dict) or not pattern:
        raise CommandError(CANNOT_CREATE_INDEX, "Index keys cannot be empty.")
    for path, order in pattern.items():
        if not path or (not isinstance(order, str) and not order):
            raise CommandError(
                CANNOT_CREATE_INDEX,
                "Values in v:2 index key pattern cannot be of type "
                f"{type(order).__name__} or 0: {written(pattern)}",
            )
    name = spec.get("name") or "_".join(f"{path}_{order}" for path, order in pattern.items())
    return {"v": 2, **spec, "name": name}
