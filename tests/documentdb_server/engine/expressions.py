"""Aggregation expressions as functions of a document and of the variables in scope."""

from collections.abc import Callable
from typing import Any

from bson import Decimal128

from .bson_types import MISSING, Document
from .errors import CommandError

Variables = dict[str, Any]
Expression = Callable[[Document, Variables], Any]
Compile = Callable[[Any], Expression]

UNRECOGNIZED_EXPRESSION = 168  # InvalidPipelineOperator
UNDEFINED_VARIABLE = 17276
NOT_ONE_FIELD = 15983

# Filled by the modules of the package operators: name to a function that compiles the operand.
OPERATORS: dict[str, Compile] = {}


def truth(value: Any) -> bool:
    """Everything but false, null, zero and a missing field is true: "" and [] too."""
    if isinstance(value, Decimal128):
        return bool(value.to_decimal())
    return not (value is None or value is MISSING or (isinstance(value, int | float) and not value))


def compile_expression(expression: Any) -> Expression:
    if isinstance(expression, str) and expression.startswith("$"):
        return variable(expression[2:]) if expression.startswith("$$") else field(expression[1:])
    if isinstance(expression, dict):
        return compile_object(expression)
    if isinstance(expression, list):
        return compile_list(expression)
    return constant(expression)


def constant(value: Any) -> Expression:
    return lambda document, variables: value


def field(path: str) -> Expression:
    if "." not in path:
        return lambda document, variables: document.get(path, MISSING)
    parts = path.split(".")
    return lambda document, variables: follow(document, parts)


def variable(path: str) -> Expression:
    name, *parts = path.split(".")
    if name in {"ROOT", "CURRENT"}:
        return lambda document, variables: follow(document, parts)

    def evaluate(document: Document, variables: Variables) -> Any:
        try:
            return follow(variables[name], parts)
        except KeyError:
            raise CommandError(UNDEFINED_VARIABLE, f"Use of undefined variable: {name}") from None

    return evaluate


def follow(value: Any, parts: list[str], depth: int = 0) -> Any:
    """An array on the way gives the array of what its documents have there."""
    for place in range(depth, len(parts)):
        if isinstance(value, list):
            found = (follow(element, parts, place) for element in value)
            return [element for element in found if element is not MISSING]
        if not isinstance(value, dict):
            return MISSING
        value = value.get(parts[place], MISSING)
    return value


def compile_object(expression: Document) -> Expression:
    first = next(iter(expression), "")
    if first.startswith("$"):
        if len(expression) > 1:
            raise CommandError(
                NOT_ONE_FIELD,
                f"an expression has exactly one operator, this one has {', '.join(expression)}",
            )
        if first not in OPERATORS:
            raise CommandError(UNRECOGNIZED_EXPRESSION, f"Unrecognized expression '{first}'")
        return OPERATORS[first](expression[first])
    fields = {name: compile_expression(value) for name, value in expression.items()}

    def evaluate(document: Document, variables: Variables) -> Document:
        found = {name: field(document, variables) for name, field in fields.items()}
        return {name: value for name, value in found.items() if value is not MISSING}

    return evaluate


def compile_list(expression: list[Any]) -> Expression:
    elements = [compile_expression(element) for element in expression]

    def evaluate(document: Document, variables: Variables) -> list[Any]:
        """What is missing is null in an array."""
        found = (element(document, variables) for element in elements)
        return [None if value is MISSING else value for value in found]

    return evaluate
