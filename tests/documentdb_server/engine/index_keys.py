"""The keys under which an index files a document."""

from collections.abc import Iterable
from itertools import product
from typing import Any

from .bson_types import MISSING, Document, Missing
from .errors import PARALLEL_ARRAYS, CommandError
from .ordering import inverted, sort_key
from .paths import array_on, opened_at, values_at

EMPTY = Missing()  # stands for the elements of an array that has none, and sorts before null


class KeyMaker:
    """Makes the keys of one index. An array is filed under each of its elements."""

    def __init__(self, pattern: dict[str, Any], sparse: bool) -> None:
        self.paths = list(pattern)
        self.descending = [place for place, order in enumerate(pattern.values()) if order < 0]
        self.sparse = sparse
        self.plain = not any("." in path for path in self.paths)
        self.values = [values_at(path) for path in self.paths]
        self.met_array = False

    def __call__(self, document: Document) -> list[bytes]:
        row = self.row(document)
        if row is not None:
            rows = [row]
        else:
            self.met_array = True
            rows = [list(choice) for choice in self.rows(document)]
        if self.sparse:
            rows = [row for row in rows if any(value is not MISSING for value in row)]
        if len(rows) == 1:
            return [self.key(rows[0])]
        return list({self.key(row): None for row in rows})

    def row(self, document: Document) -> list[Any] | None:
        """The values of a document without arrays, which nearly all are."""
        if self.plain:
            row = [document.get(path, MISSING) for path in self.paths]
            return None if list in map(type, row) else row
        if any(array_on(document, path) for path in self.paths):
            return None
        return [values(document)[0] for values in self.values]

    def rows(self, document: Document) -> Iterable[tuple[Any, ...]]:
        arrays = {array for path in self.paths if (array := array_on(document, path))}
        if len(arrays) > 1:
            names = " ".join(f"[{path}]" for path in sorted(arrays))
            raise CommandError(PARALLEL_ARRAYS, f"cannot index parallel arrays {names}")
        (array,) = arrays
        for element in values_at(array)(document)[0] or [EMPTY]:
            yield from product(
                *(self.choices(document, array, element, path) for path in self.paths)
            )

    def choices(self, document: Document, array: str, element: Any, path: str) -> list[Any]:
        if path == array:
            return [element]
        if not path.startswith(f"{array}."):
            return values_at(path)(document)
        if not isinstance(element, dict):
            return [MISSING]
        return opened_at(path.removeprefix(f"{array}."))(element) or [MISSING]

    def key(self, row: Iterable[Any]) -> bytes:
        parts = list(map(sort_key, row))
        for place in self.descending:
            parts[place] = inverted(parts[place])
        return b"".join(parts)
