"""Indexes: sorted lists of the documents' keys."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sortedcontainers import SortedList

from .bson_types import Document, Match
from .index_keys import KeyMaker
from .intervals import after

RECORD_ID_BYTES = 8
Range = tuple[bytes, bytes]  # from the first up to but not including the second


class Index:
    """Each entry is a key and, at its end, the id of the record that has it.

    An index that is no order (text, 2dsphere) is only remembered: it has no entries.
    """

    def __init__(self, spec: Document, partial: Match | None = None) -> None:
        self.spec = spec
        self.name: str = spec["name"]
        self.pattern: dict[str, Any] = spec["key"]
        self.unique = bool(spec.get("unique")) or self.name == "_id_"
        self.sparse = bool(spec.get("sparse"))
        self.partial = partial
        self.ordered = all(isinstance(order, int | float) for order in self.pattern.values())
        self.make_keys = KeyMaker(self.pattern, self.sparse) if self.ordered else None
        self.entries: Any = SortedList()

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def multikey(self) -> bool:
        """Whether it has ever filed an array."""
        return self.make_keys is not None and self.make_keys.met_array

    @property
    def searchable(self) -> bool:
        """A number in a path may name an array's element, which is not how it is filed."""
        parts = (part for path in self.pattern for part in path.split("."))
        return self.ordered and not any(part.isdecimal() for part in parts)

    def keys(self, document: Document) -> list[bytes]:
        if self.make_keys is None or (self.partial is not None and not self.partial(document)):
            return []
        return self.make_keys(document)

    def add(self, key: bytes, record_id: int) -> None:
        self.entries.add(entry(key, record_id))

    def remove(self, key: bytes, record_id: int) -> None:
        self.entries.remove(entry(key, record_id))

    def fill(self, entries: Iterable[bytes]) -> None:
        self.entries = SortedList(entries)

    def holder(self, key: bytes) -> int | None:
        """The first record that has this key."""
        found = next(self.entries.irange(key, after(key), (True, False)), None)
        return None if found is None else record_id_of(found)

    def count(self, ranges: Iterable[Range]) -> int:
        bisect = self.entries.bisect_left
        return sum(bisect(high) - bisect(low) for low, high in ranges)

    def scan(self, ranges: Sequence[Range], *, backward: bool) -> Iterator[int]:
        """The records' ids, one for each entry."""
        for low, high in reversed(ranges) if backward else ranges:
            for found in self.entries.irange(low, high, (True, False), backward):
                yield record_id_of(found)


def entry(key: bytes, record_id: int) -> bytes:
    return key + record_id.to_bytes(RECORD_ID_BYTES)


def key_of(found: bytes) -> bytes:
    return found[:-RECORD_ID_BYTES]


def record_id_of(found: bytes) -> int:
    return int.from_bytes(found[-RECORD_ID_BYTES:])
