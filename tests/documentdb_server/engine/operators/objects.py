"""Documents as values, and the operators about expressions themselves."""

from typing import Any

from ..bson_types import Document, type_name
from ..errors import CommandError
from ..expressions import Compile, Expression, Variables, compile_expression, constant
from .arguments import calling, folding, is_nothing, null_passing
from .arrays import array


def merged(values: list[Any]) -> Document:
    found: Document = {}
    for value in values:
        if isinstance(value, dict):
            found |= value
        elif not is_nothing(value):
            raise CommandError(
                40400,
                f"$mergeObjects requires object inputs, but input is of type {type_name(value)}",
            )
    return found


def as_array(value: Any) -> list[Document]:
    if not isinstance(value, dict):
        raise CommandError(40390, f"$objectToArray requires a document, found: {type_name(value)}")
    return [{"k": name, "v": item} for name, item in value.items()]


def as_object(value: Any) -> Document:
    pairs = array("$arrayToObject", value, 40386)
    return dict((pair["k"], pair["v"]) if isinstance(pair, dict) else pair for pair in pairs)


def let(operand: Any) -> Expression:
    given = {name: compile_expression(value) for name, value in operand["vars"].items()}
    body = compile_expression(operand["in"])

    def evaluate(document: Document, variables: Variables) -> Any:
        values = {name: value(document, variables) for name, value in given.items()}
        return body(document, {**variables, **values})

    return evaluate


OPERATORS: dict[str, Compile] = {
    "$literal": constant,
    "$let": let,
    "$mergeObjects": folding(merged),
    "$objectToArray": calling(null_passing(as_array), 1),
    "$arrayToObject": calling(null_passing(as_object), 1),
}
