"""Queries as functions that say whether a document matches."""

from collections.abc import Callable
from typing import Any

from bson import Regex

from .bson_types import MISSING, Document, Match
from .conditions import Condition, clauses, conditions, is_operators, operators
from .errors import BAD_VALUE, CommandError
from .expressions import compile_expression, truth
from .paths import opened_at, values_at
from .predicates import PREDICATES, Test

NEGATED = {"$ne": "$eq", "$nin": "$in"}


def matcher(query: Document) -> Match:
    return all_of([test(condition) for condition in conditions(query)])


def all_of(tests: list[Match]) -> Match:
    if not tests:
        return lambda document: True
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda document: first(document) and second(document)
    return lambda document: all(test(document) for test in tests)


def test(condition: Condition) -> Match:
    path, operator, operand = condition
    if not path:
        return logical(operator, operand)
    if operator in NEGATED:
        return negated(test(Condition(path, NEGATED[operator], operand)))
    if operator in PREDICATES:
        return on_path(path, PREDICATES[operator](operand))
    if operator in PATH_OPERATORS:
        return PATH_OPERATORS[operator](path, operand)
    raise CommandError(BAD_VALUE, f"unknown operator: {operator}")


def on_path(path: str, holds: Test) -> Match:
    """An array matches by any of its elements or as a whole."""
    if "." not in path:

        def on_field(document: Document) -> bool:
            value = document.get(path, MISSING)
            if type(value) is list:
                return any(map(holds, value)) or holds(value)
            return holds(value)

        return on_field
    values = opened_at(path)
    return lambda document: any(map(holds, values(document)))


def negated(match: Match) -> Match:
    return lambda document: not match(document)


def logical(operator: str, operand: Any) -> Match:
    if operator == "$or":
        return any_of([matcher(clause) for clause in clauses(operator, operand)])
    if operator == "$nor":
        return negated(any_of([matcher(clause) for clause in clauses(operator, operand)]))
    if operator == "$expr":
        evaluate = compile_expression(operand)
        return lambda document: truth(evaluate(document, {}))
    if operator == "$text" and callable(operand):  # tied to an index by the search
        return lambda document: bool(operand(document))
    raise CommandError(BAD_VALUE, f"unknown top level operator: {operator}")


def any_of(matches: list[Match]) -> Match:
    return lambda document: any(match(document) for match in matches)


def field_matcher(path: str, value: Any) -> Match:
    """What {path: value} asks, where the value may be operators."""
    return all_of([test(Condition(path, *pair)) for pair in operators(value)])


def not_matching(path: str, operand: Any) -> Match:
    if not (isinstance(operand, Regex) or is_operators(operand)):
        raise CommandError(BAD_VALUE, "$not needs a regex or a document of operators")
    return negated(field_matcher(path, operand))


def exists(path: str, operand: Any) -> Match:
    wanted, values = truth(operand), values_at(path)
    return lambda document: any(value is not MISSING for value in values(document)) is wanted


def has_size(path: str, operand: Any) -> Match:
    values = values_at(path)
    if isinstance(operand, bool) or not isinstance(operand, int | float) or operand < 0:
        raise CommandError(BAD_VALUE, "$size must be a whole number that is not negative")
    return lambda document: any(
        isinstance(value, list) and len(value) == operand for value in values(document)
    )


def holds_all(path: str, operand: Any) -> Match:
    if not isinstance(operand, list):
        raise CommandError(BAD_VALUE, "$all needs an array")
    if not operand:
        return lambda document: False
    return all_of([field_matcher(path, item) for item in operand])


def element_matches(path: str, operand: Any) -> Match:
    if not isinstance(operand, dict):
        raise CommandError(BAD_VALUE, "$elemMatch needs an Object")
    values, matches = values_at(path), element_matcher(operand)
    return lambda document: any(
        isinstance(value, list) and any(map(matches, value)) for value in values(document)
    )


def element_matcher(operand: Document) -> Test:
    """$elemMatch's operators test the element; anything else is a query on it as a document."""
    if is_operators(operand) and not set(operand) & {"$and", "$or", "$nor"}:
        match = field_matcher("element", operand)
        return lambda element: match({"element": element})
    match = matcher(operand)
    # An array in the array is a document whose fields are 0, 1, …
    return lambda element: (
        match(element)
        if isinstance(element, dict)
        else isinstance(element, list)
        and match({str(place): item for place, item in enumerate(element)})
    )


PATH_OPERATORS: dict[str, Callable[[str, Any], Match]] = {
    "$not": not_matching,
    "$exists": exists,
    "$size": has_size,
    "$all": holds_all,
    "$elemMatch": element_matches,
}
