"""Ranges of keys that a query leaves open for one path."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from bson import MaxKey, MinKey, Regex

from .bson_types import Document
from .conditions import Condition, clauses, conditions
from .ordering import NULL, inverted, key, string_key
from .regexes import literal_prefix

# With these, every key in the interval is a match, as long as no arrays are indexed.
EXACT = frozenset({"$eq", "$in", "$gt", "$gte", "$lt", "$lte"})


def after(prefix: bytes) -> bytes:
    """The lowest string above all that begin with this prefix."""
    stripped = prefix.rstrip(b"\xff")
    if not stripped:
        return b"\xff"
    return stripped[:-1] + bytes([stripped[-1] + 1])


class Cut(NamedTuple):
    """A place between keys: before or behind all that begin with the prefix."""

    prefix: bytes
    behind: bool

    @property
    def position(self) -> bytes:
        return after(self.prefix) if self.behind else self.prefix

    def inverted(self) -> "Cut":
        return Cut(inverted(self.prefix), not self.behind)


@dataclass(frozen=True)
class Interval:
    low: Cut
    high: Cut
    is_point: bool = False

    @classmethod
    def point(cls, value_key: bytes) -> "Interval":
        return cls(Cut(value_key, False), Cut(value_key, True), True)

    def __bool__(self) -> bool:
        return self.low.position < self.high.position

    def __and__(self, other: "Interval") -> "Interval":
        return Interval(
            max(self.low, other.low, key=position),
            min(self.high, other.high, key=position),
            self.is_point or other.is_point,
        )

    def inverted(self) -> "Interval":
        return Interval(self.high.inverted(), self.low.inverted(), self.is_point)


Intervals = list[Interval]
EVERYTHING = [Interval(Cut(b"", False), Cut(b"", True))]


def position(cut: Cut) -> bytes:
    return cut.position


def intersection(one: Intervals, other: Intervals) -> Intervals:
    return [both for first in one for second in other if (both := first & second)]


def union(intervals: Iterable[Interval]) -> Intervals:
    """In ascending order, with overlapping and touching ones joined."""
    joined: Intervals = []
    for interval in sorted(intervals, key=lambda interval: interval.low.position):
        last = joined[-1] if joined else None
        if last is None or last.high.position < interval.low.position:
            joined.append(interval)
        elif last != interval:
            touching = Interval(last.low, max(last.high, interval.high, key=position))
            # Two neighbouring points stay points, so that an order can follow each of them.
            if last.is_point and interval.is_point:
                joined.append(interval)
            else:
                joined[-1] = touching
    return joined


def of_query(query: Document, path: str, *, multikey: bool, hinted: bool) -> Intervals | None:
    """Where the keys of all matches lie, or None if the query does not restrict the path.

    Of an array, different elements may meet different conditions: then only one of them counts.
    """
    found: Intervals | None = None
    for condition in conditions(query):
        intervals = of_condition(condition, path, multikey=multikey, hinted=hinted)
        if intervals is not None:
            found = intervals if found is None else intersection(found, intervals)
            if multikey:
                break
    return found


def of_condition(
    condition: Condition, path: str, *, multikey: bool, hinted: bool
) -> Intervals | None:
    if condition.operator == "$or":
        return of_alternatives(condition, path, multikey=multikey, hinted=hinted)
    if condition.path != path:
        return None
    if condition.operator == "$regex":
        # DocumentDB reads an index for a regular expression only if told so.
        return of_regex(condition.operand) if hinted else None
    return of_operator(condition.operator, condition.operand)


def of_alternatives(
    condition: Condition, path: str, *, multikey: bool, hinted: bool
) -> Intervals | None:
    found: Intervals = []
    for clause in clauses("$or", condition.operand):
        intervals = of_query(clause, path, multikey=multikey, hinted=hinted)
        if intervals is None:
            return None
        found += intervals
    return union(found)


def of_operator(operator: str, operand: Any) -> Intervals | None:
    if operator == "$in":
        return of_list(operand)
    if isinstance(operand, list | MinKey | MaxKey | Regex) or operator not in EXACT:
        return None
    value_key = key(operand)
    if operator == "$eq":
        return [Interval.point(value_key)]
    return of_comparison(operator, value_key)


def of_list(operand: Any) -> Intervals | None:
    if not isinstance(operand, list):
        return None
    if any(isinstance(value, list | Regex) for value in operand):
        return None
    return [Interval.point(value_key) for value_key in sorted(set(map(key, operand)))]


def of_comparison(operator: str, value_key: bytes) -> Intervals:
    bracket = value_key[:1]
    if value_key == NULL:
        return [Interval.point(NULL)] if operator in {"$gte", "$lte"} else []
    if operator in {"$gt", "$gte"}:
        interval = Interval(Cut(value_key, operator == "$gt"), Cut(bracket, True))
    else:
        interval = Interval(Cut(bracket, False), Cut(value_key, operator == "$lte"))
    return [interval] if interval else []


def of_regex(pattern: Any) -> Intervals | None:
    prefix = literal_prefix(pattern)
    if not prefix:
        return None
    start = string_key(prefix).removesuffix(b"\0\0")
    return [Interval(Cut(start, False), Cut(start, True))]
