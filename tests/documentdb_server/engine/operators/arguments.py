"""How an operator takes its operand: as a list of arguments or as named ones."""

from collections.abc import Callable, Iterable
from typing import Any

from ..bson_types import MISSING, Document
from ..errors import CommandError
from ..expressions import Compile, Expression, Variables, compile_expression, constant

WRONG_NUMBER = 16020
UNKNOWN_ARGUMENT = 40181


def is_nothing(value: Any) -> bool:
    return value is None or value is MISSING


def listed(operand: Any) -> list[Expression]:
    """A single argument may come without its list."""
    return [compile_expression(item) for item in (operand if type(operand) is list else [operand])]


def named(operand: Any, names: Iterable[str]) -> dict[str, Expression]:
    """Arguments that are left out are MISSING."""
    if not isinstance(operand, dict):
        raise CommandError(UNKNOWN_ARGUMENT, "the operator takes an object of named arguments")
    if unknown := set(operand) - set(names):
        raise CommandError(UNKNOWN_ARGUMENT, f"Unrecognized argument: {min(unknown)}")
    return {
        name: compile_expression(operand[name]) if name in operand else constant(MISSING)
        for name in names
    }


def calling(function: Callable[..., Any], least: int, most: int | None = None) -> Compile:
    """The function gets the values of its arguments, missing ones as MISSING."""
    most = least if most is None else most

    def compile_call(operand: Any) -> Expression:
        arguments = listed(operand)
        if not least <= len(arguments) <= most:
            expected = f"{least}" if least == most else f"{least} to {most}"
            raise CommandError(
                WRONG_NUMBER,
                f"the expression takes {expected} arguments, {len(arguments)} were passed in",
            )
        if len(arguments) == 1:
            (only,) = arguments
            return lambda document, variables: function(only(document, variables))
        return lambda document, variables: function(
            *[argument(document, variables) for argument in arguments]
        )

    return compile_call


def null_passing(function: Callable[..., Any]) -> Callable[..., Any]:
    """Null as soon as one argument is null or missing."""

    def call(*values: Any) -> Any:
        return None if any(map(is_nothing, values)) else function(*values)

    return call


def calling_named(function: Callable[..., Any], names: Iterable[str]) -> Compile:
    """The function gets the values as keyword arguments, missing ones as MISSING."""

    def compile_call(operand: Any) -> Expression:
        arguments = named(operand, names)

        def evaluate(document: Document, variables: Variables) -> Any:
            return function(
                **{name: argument(document, variables) for name, argument in arguments.items()}
            )

        return evaluate

    return compile_call


def folding(function: Callable[[list[Any]], Any]) -> Compile:
    """The function gets the list of all values."""

    def compile_fold(operand: Any) -> Expression:
        arguments = listed(operand)
        return lambda document, variables: function(
            [argument(document, variables) for argument in arguments]
        )

    return compile_fold
