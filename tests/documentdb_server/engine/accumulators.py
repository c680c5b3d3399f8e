"""What $group computes over the documents of a group."""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Protocol

from bson import Decimal128, Int64

from . import numbers
from .bson_types import MISSING, Document
from .errors import CommandError
from .ordering import key


class Accumulator(Protocol):
    def add(self, value: Any) -> None: ...

    def result(self) -> Any: ...


class Sum:
    """Numbers only; whatever else is there does not count."""

    def __init__(self) -> None:
        self.count = 0
        self.whole = 0
        self.wide = False
        self.floats: list[float] = []
        self.decimals: list[Decimal] = []

    def add(self, value: Any) -> None:
        kind = type(value)
        if kind is int:
            self.whole += value
        elif kind is float:
            self.floats.append(value)
        elif kind is Int64:
            self.whole += value
            self.wide = True
        elif kind is Decimal128:
            self.decimals.append(value.to_decimal())
        else:
            return
        self.count += 1

    def result(self) -> Any:
        if self.decimals:
            return numbers.decimal128(self.decimal())
        if self.floats:
            return math.fsum([*self.floats, self.whole])
        return numbers.integer(self.whole, *([Int64(0)] if self.wide else []))

    def decimal(self) -> Decimal:
        total = Decimal(self.whole)
        if self.floats:
            total = numbers.DECIMAL.add(total, numbers.to_decimal(math.fsum(self.floats)))
        for value in self.decimals:
            total = numbers.DECIMAL.add(total, value)
        return total


class Average(Sum):
    def result(self) -> Any:
        if not self.count:
            return None
        return numbers.divide(super().result(), self.count)


class Extreme:
    """The lowest or highest in MongoDB's order of types. Null and missing do not count."""

    def __init__(self, better: Callable[[bytes, bytes], bool]) -> None:
        self.better = better
        self.best: Any = None
        self.best_key: bytes | None = None

    def add(self, value: Any) -> None:
        if value is None or value is MISSING:
            return
        value_key = key(value)
        if self.best_key is None or self.better(value_key, self.best_key):
            self.best, self.best_key = value, value_key

    def result(self) -> Any:
        return self.best


class First:
    def __init__(self) -> None:
        self.value: Any = None
        self.seen = False

    def add(self, value: Any) -> None:
        if not self.seen:
            self.value, self.seen = value, True

    def result(self) -> Any:
        return None if self.value is MISSING else self.value


class Last(First):
    def add(self, value: Any) -> None:
        self.value = value


class Push:
    def __init__(self) -> None:
        self.values: list[Any] = []

    def add(self, value: Any) -> None:
        if value is not MISSING:
            self.values.append(value)

    def result(self) -> list[Any]:
        return self.values


class AddToSet:
    def __init__(self) -> None:
        self.values: dict[bytes, Any] = {}

    def add(self, value: Any) -> None:
        if value is not MISSING:
            self.values.setdefault(key(value), value)

    def result(self) -> list[Any]:
        return list(self.values.values())


class MergeObjects:
    def __init__(self) -> None:
        self.merged: Document = {}

    def add(self, value: Any) -> None:
        if isinstance(value, dict):
            self.merged |= value
        elif value is not None and value is not MISSING:
            raise CommandError(40400, "$mergeObjects requires object inputs")

    def result(self) -> Document:
        return self.merged


ACCUMULATORS: dict[str, Callable[[], Accumulator]] = {
    "$sum": Sum,
    "$avg": Average,
    "$min": lambda: Extreme(bytes.__lt__),
    "$max": lambda: Extreme(bytes.__gt__),
    "$first": First,
    "$last": Last,
    "$push": Push,
    "$addToSet": AddToSet,
    "$mergeObjects": MergeObjects,
}
