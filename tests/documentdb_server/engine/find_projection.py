"""The projection operators that only find has: $slice, $elemMatch and the positional $."""

from collections.abc import Callable
from typing import Any

from .bson_types import MISSING, Document
from .errors import BAD_VALUE, CommandError
from .expressions import Expression, Variables
from .matching import element_matcher
from .update_paths import positioned, value_at


def is_of_find(value: Document) -> bool:
    """$slice of an expression, as in an aggregation, is not."""
    operand = value.get("$slice", 0)
    return bool(set(value) & set(FIND_OPERATORS)) and not (
        isinstance(operand, list) and not isinstance(operand[0], int)
    )


def positional(path: str, query: Document) -> Expression:
    """The first element of the array that makes the query match."""
    parts = [*path.split("."), "$"]

    def evaluate(document: Document, variables: Variables) -> list[Any]:
        return [value_at(document, positioned(document, parts, query))]

    return evaluate


def slicing(path: str, operand: Any) -> Expression:
    skip, count = operand if isinstance(operand, list) else (None, operand)

    def evaluate(document: Document, variables: Variables) -> Any:
        array = value_at(document, path.split("."))
        if not isinstance(array, list):
            return array
        if skip is None:
            return array[:count] if count >= 0 else array[count:]
        start = skip if skip >= 0 else max(len(array) + skip, 0)
        return array[start : start + count]

    return evaluate


def first_element(path: str, operand: Any) -> Expression:
    if not isinstance(operand, dict):
        raise CommandError(BAD_VALUE, "elemMatch: Invalid argument, object required")
    matches = element_matcher(operand)

    def evaluate(document: Document, variables: Variables) -> Any:
        array = value_at(document, path.split("."))
        if not isinstance(array, list):
            return MISSING
        found = [element for element in array if matches(element)][:1]
        return found or MISSING

    return evaluate


FIND_OPERATORS: dict[str, Callable[[str, Any], Expression]] = {
    "$slice": slicing,
    "$elemMatch": first_element,
}
