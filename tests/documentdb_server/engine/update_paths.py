"""Changing a document at a dotted path."""

from collections.abc import Callable, Mapping
from typing import Any

from .bson_types import MISSING, Document
from .errors import BAD_VALUE, EMPTY_FIELD_NAME, PATH_NOT_VIABLE, CommandError
from .matching import matcher
from .notation import written
from .predicates import Test

# From the old value to the new one; MISSING is no value.
Modify = Callable[[Any], Any]

MOST_PADDING = 1_500_000


class Change:
    """One modification at one path, where $[] and $[name] stand for elements of an array."""

    def __init__(self, path: str, modify: Modify, filters: Mapping[str, Test]) -> None:
        self.path = path
        self.parts = path.split(".")
        if not all(self.parts):
            raise CommandError(
                EMPTY_FIELD_NAME,
                f"The update path '{path}' contains an empty field name, which is not allowed.",
            )
        for part in self.parts:
            if part.startswith("$[") and part != "$[]" and part[2:-1] not in filters:
                raise CommandError(
                    BAD_VALUE,
                    f"No array filter found for identifier '{part[2:-1]}' in path '{path}'",
                )
        self.modify = modify
        self.filters = filters

    def apply(self, document: Document, query: Document) -> None:
        """Changes the document, which is to be a copy of what is stored."""
        parts = self.parts
        if "$" in parts:
            parts = positioned(document, parts, query)
        self.change(document, parts)

    def change(self, container: Any, parts: list[str]) -> None:
        if isinstance(container, dict):
            self.change_field(container, parts)
        elif isinstance(container, list):
            for place in self.places(container, parts[0]):
                self.change_element(container, place, parts)
        elif self.modify(MISSING) is not MISSING:
            raise CommandError(
                PATH_NOT_VIABLE,
                f"Cannot create field '{parts[0]}' in element {{{written(container)}}} on the "
                f"path '{self.path}'",
            )

    def change_field(self, container: Document, parts: list[str]) -> None:
        name, *rest = parts
        old = container.get(name, MISSING)
        if rest and old is not MISSING:
            self.change(old, rest)
            return
        new = self.created(rest) if rest else self.modify(old)
        if new is not MISSING:
            container[name] = new
        elif old is not MISSING:
            del container[name]

    def change_element(self, container: list[Any], place: int, parts: list[str]) -> None:
        rest = parts[1:]
        if place < len(container):
            if rest:
                self.change(container[place], rest)
            else:
                new = self.modify(container[place])
                container[place] = None if new is MISSING else new
            return
        new = self.created(rest)
        if new is not MISSING:
            container += [None] * (place - len(container))
            container.append(new)

    def created(self, parts: list[str]) -> Any:
        """The value where nothing is yet, in as many new documents as the path has left."""
        value = self.modify(MISSING)
        for part in reversed(parts):
            if part.startswith("$["):
                raise CommandError(
                    BAD_VALUE,
                    f"The path '{self.path}' must exist in the document in order to apply array "
                    "updates.",
                )
            value = value if value is MISSING else {part: value}
        return value

    def places(self, array: list[Any], part: str) -> list[int]:
        if part == "$[]":
            return list(range(len(array)))
        if part.startswith("$[") and part.endswith("]"):
            holds = self.filters[part[2:-1]]
            return [place for place, element in enumerate(array) if holds(element)]
        if part.isdecimal() and int(part) < len(array) + MOST_PADDING:
            return [int(part)]
        if self.modify(MISSING) is MISSING:
            return []
        raise CommandError(
            PATH_NOT_VIABLE, f"Cannot create field '{part}' in an array on the path '{self.path}'"
        )


def value_at(document: Any, parts: list[str]) -> Any:
    for part in parts:
        if isinstance(document, dict):
            document = document.get(part, MISSING)
        elif isinstance(document, list) and part.isdecimal() and int(part) < len(document):
            document = document[int(part)]
        else:
            return MISSING
    return document


def positioned(document: Document, parts: list[str], query: Document) -> list[str]:
    """The path with the place of the first element that makes the query match instead of $."""
    where = parts.index("$")
    array = value_at(document, parts[:where])
    matches = matcher(query)
    # A query that an empty array meets as well says nothing about any element.
    if isinstance(array, list) and not matches(replaced(document, parts[:where], [])):
        for place, element in enumerate(array):
            if matches(replaced(document, parts[:where], [element])):
                return [*parts[:where], str(place), *parts[where + 1 :]]
    raise CommandError(
        BAD_VALUE, "The positional operator did not find the match needed from the query."
    )


def replaced(document: Document, parts: list[str], value: Any) -> Document:
    name, *rest = parts
    return {**document, name: replaced(document[name], rest, value) if rest else value}
