from typing import Any

from ..bson_types import MISSING, Document, type_name
from ..errors import CommandError
from ..expressions import Compile, Expression, Variables, compile_expression, truth
from ..ordering import key
from .arguments import calling, folding, is_nothing, named, null_passing


def array(operator: str, value: Any, code: int) -> list[Any]:
    if not isinstance(value, list):
        raise CommandError(
            code,
            f"The argument to {operator} must be an array, but was of type: {type_name(value)}",
        )
    return value


def element_at(value: Any, place: Any) -> Any:
    found = array("$arrayElemAt", value, 28689)
    return found[int(place)] if -len(found) <= place < len(found) else MISSING


def first(value: Any) -> Any:
    return next(iter(array("$first", value, 28689)), MISSING)


def last(value: Any) -> Any:
    return next(reversed(array("$last", value, 28689)), MISSING)


def concatenated(values: list[Any]) -> list[Any] | None:
    if any(map(is_nothing, values)):
        return None
    return [element for value in values for element in array("$concatArrays", value, 28664)]


def contains(value: Any, elements: Any) -> bool:
    wanted = key(value)
    return any(key(element) == wanted for element in array("$in", elements, 40081))


def index_of(elements: Any, value: Any, start: Any = 0, end: Any = None) -> int | None:
    if is_nothing(elements):
        return None
    wanted = key(value)
    for place, element in enumerate(array("$indexOfArray", elements, 40090)):
        if place >= start and (end is None or place < end) and key(element) == wanted:
            return place
    return -1


def size(value: Any) -> int:
    return len(array("$size", value, 17124))


def sliced(value: Any, start: Any, count: Any = None) -> list[Any]:
    elements = array("$slice", value, 28724)
    if count is None:
        return elements[:start] if start >= 0 else elements[start:]
    begin = start if start >= 0 else max(len(elements) + start, 0)
    return elements[begin : begin + count]


def numbers_between(start: Any, end: Any, step: Any = 1) -> list[int]:
    if not step:
        raise CommandError(34449, "$range requires a non-zero step value")
    return list(range(int(start), int(end), int(step)))


def filtering(operand: Any) -> Expression:
    arguments = named(operand, ("input", "cond", "as"))
    name = operand.get("as", "this")

    def evaluate(document: Document, variables: Variables) -> Any:
        value = arguments["input"](document, variables)
        if is_nothing(value):
            return None
        condition = arguments["cond"]
        return [
            element
            for element in array("$filter", value, 28651)
            if truth(condition(document, {**variables, name: element}))
        ]

    return evaluate


def mapping(operand: Any) -> Expression:
    arguments = named(operand, ("input", "in", "as"))
    name = operand.get("as", "this")

    def evaluate(document: Document, variables: Variables) -> Any:
        value = arguments["input"](document, variables)
        if is_nothing(value):
            return None
        found = (
            arguments["in"](document, {**variables, name: element})
            for element in array("$map", value, 16883)
        )
        return [None if item is MISSING else item for item in found]

    return evaluate


def reducing(operand: Any) -> Expression:
    arguments = named(operand, ("input", "initialValue", "in"))

    def evaluate(document: Document, variables: Variables) -> Any:
        elements = arguments["input"](document, variables)
        if is_nothing(elements):
            return None
        value = arguments["initialValue"](document, variables)
        for element in array("$reduce", elements, 40080):
            value = arguments["in"](document, {**variables, "value": value, "this": element})
        return value

    return evaluate


def zipping(operand: Any) -> Expression:
    inputs = [compile_expression(item) for item in operand["inputs"]]
    longest = bool(operand.get("useLongestLength"))
    defaults = operand.get("defaults") or [None] * len(inputs)

    def evaluate(document: Document, variables: Variables) -> Any:
        values = [item(document, variables) for item in inputs]
        if any(map(is_nothing, values)):
            return None
        lengths = [len(array("$zip", value, 34468)) for value in values]
        return [
            [
                value[place] if place < len(value) else default
                for value, default in zip(values, defaults, strict=True)
            ]
            for place in range(max(lengths) if longest else min(lengths))
        ]

    return evaluate


OPERATORS: dict[str, Compile] = {
    "$arrayElemAt": calling(null_passing(element_at), 2),
    "$first": calling(null_passing(first), 1),
    "$last": calling(null_passing(last), 1),
    "$concatArrays": folding(concatenated),
    "$in": calling(contains, 2),
    "$indexOfArray": calling(index_of, 2, 4),
    "$isArray": calling(lambda value: isinstance(value, list), 1),
    "$size": calling(size, 1),
    "$slice": calling(null_passing(sliced), 2, 3),
    "$range": calling(numbers_between, 2, 3),
    "$reverseArray": calling(
        null_passing(lambda value: array("$reverseArray", value, 34435)[::-1]), 1
    ),
    "$filter": filtering,
    "$map": mapping,
    "$reduce": reducing,
    "$zip": zipping,
}
