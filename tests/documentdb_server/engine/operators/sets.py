"""Arrays as sets: the order of elements and their repetitions do not count."""

from typing import Any

from ..expressions import Compile, truth
from ..ordering import key
from .arguments import calling, folding, is_nothing, null_passing
from .arrays import array

NOT_AN_ARRAY = 17043


def by_key(value: Any) -> dict[bytes, Any]:
    return {key(element): element for element in array("the set operator", value, NOT_AN_ARRAY)}


def union(values: list[Any]) -> list[Any] | None:
    if any(map(is_nothing, values)):
        return None
    found: dict[bytes, Any] = {}
    for value in values:
        found = {**by_key(value), **found}
    return [found[item] for item in sorted(found)]


def intersection(values: list[Any]) -> list[Any] | None:
    if any(map(is_nothing, values)):
        return None
    sets = [by_key(value) for value in values]
    common = set(sets[0]).intersection(*sets[1:]) if sets else set()
    return [sets[0][item] for item in sorted(common)]


def difference(one: Any, other: Any) -> list[Any]:
    without = by_key(other)
    return [element for item, element in by_key(one).items() if item not in without]


def are_equal(values: list[Any]) -> bool:
    first, *others = (set(by_key(value)) for value in values)
    return all(first == other for other in others)


def is_subset(one: Any, other: Any) -> bool:
    return set(by_key(one)) <= set(by_key(other))


OPERATORS: dict[str, Compile] = {
    "$setUnion": folding(union),
    "$setIntersection": folding(intersection),
    "$setDifference": calling(null_passing(difference), 2),
    "$setEquals": folding(are_equal),
    "$setIsSubset": calling(is_subset, 2),
    "$allElementsTrue": calling(
        lambda value: all(map(truth, array("$allElementsTrue", value, 17040))), 1
    ),
    "$anyElementTrue": calling(
        lambda value: any(map(truth, array("$anyElementTrue", value, 17041))), 1
    ),
}
