"""The update operators on arrays."""

from collections.abc import Callable
from typing import Any

from bson import Regex

from .bson_types import MISSING, type_name
from .errors import BAD_VALUE, FAILED_TO_PARSE, CommandError
from .matching import element_matcher
from .ordering import inverted, key
from .predicates import Test, equal_to, matching_regex
from .regexes import regex
from .sorting import sorter
from .update_paths import Modify

PUSH_MODIFIERS = frozenset({"$each", "$position", "$slice", "$sort"})


def array_of(path: str, operator: str, old: Any) -> list[Any]:
    if old is MISSING:
        return []
    if not isinstance(old, list):
        raise CommandError(
            BAD_VALUE,
            f"The field '{path}' must be an array but is of type {type_name(old)}: "
            f"{operator} cannot be applied",
        )
    return list(old)


def each(operand: Any, operator: str) -> list[Any]:
    if not (isinstance(operand, dict) and "$each" in operand):
        return [operand]
    if not isinstance(operand["$each"], list):
        raise CommandError(BAD_VALUE, f"The argument to $each in {operator} must be an array")
    return operand["$each"]


def push(path: str, operand: Any) -> Modify:
    values = each(operand, "$push")
    modifiers = operand if isinstance(operand, dict) and "$each" in operand else {}
    if unknown := set(modifiers) - PUSH_MODIFIERS:
        raise CommandError(BAD_VALUE, f"Unrecognized clause in $push: {min(unknown)}")
    rearrange = arrangement(modifiers)

    def modify(old: Any) -> list[Any]:
        array = array_of(path, "$push", old)
        position = modifiers.get("$position", len(array))
        array[position:position] = values
        return rearrange(array)

    return modify


def arrangement(modifiers: dict[str, Any]) -> Callable[[list[Any]], list[Any]]:
    order, size = modifiers.get("$sort"), modifiers.get("$slice")

    def rearrange(array: list[Any]) -> list[Any]:
        if order is not None:
            array.sort(key=element_sorter(order))
        if size is None:
            return array
        return array[:size] if size >= 0 else array[size:]

    return rearrange


def element_sorter(order: Any) -> Callable[[Any], bytes]:
    if isinstance(order, dict):
        by_fields = sorter(order)
        return lambda element: by_fields(element if isinstance(element, dict) else {})
    return key if order > 0 else lambda element: inverted(key(element))


def add_to_set(path: str, operand: Any) -> Modify:
    values = each(operand, "$addToSet")

    def modify(old: Any) -> list[Any]:
        array = array_of(path, "$addToSet", old)
        held = {key(element) for element in array}
        for value in values:
            if key(value) not in held:
                held.add(key(value))
                array.append(value)
        return array

    return modify


def pop(path: str, operand: Any) -> Modify:
    if operand not in {1, -1}:
        raise CommandError(FAILED_TO_PARSE, "$pop expects 1 or -1")

    def modify(old: Any) -> Any:
        if old is MISSING:
            return MISSING
        array = array_of(path, "$pop", old)
        return array[:-1] if operand == 1 else array[1:]

    return modify


def pull(path: str, operand: Any) -> Modify:
    return removing(path, "$pull", unwanted(operand))


def unwanted(operand: Any) -> Test:
    if isinstance(operand, Regex):
        return matching_regex(regex(operand))
    return element_matcher(operand) if isinstance(operand, dict) else equal_to(operand)


def pull_all(path: str, operand: Any) -> Modify:
    if not isinstance(operand, list):
        raise CommandError(BAD_VALUE, "$pullAll requires an array argument")
    keys = {key(value) for value in operand}
    return removing(path, "$pullAll", lambda element: key(element) in keys)


def removing(path: str, operator: str, is_unwanted: Test) -> Modify:
    def modify(old: Any) -> Any:
        if old is MISSING:
            return MISSING
        array = array_of(path, operator, old)
        return [element for element in array if not is_unwanted(element)]

    return modify


ARRAY_OPERATORS: dict[str, Callable[[str, Any], Modify]] = {
    "$push": push,
    "$addToSet": add_to_set,
    "$pop": pop,
    "$pull": pull,
    "$pullAll": pull_all,
}
