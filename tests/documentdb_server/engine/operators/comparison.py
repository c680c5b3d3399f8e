"""Comparisons and the logic of truth. A missing field is lower than null."""

from collections.abc import Callable
from typing import Any

from ..bson_types import Document
from ..errors import CommandError
from ..expressions import Compile, Expression, Variables, compile_expression, truth
from ..ordering import key
from .arguments import calling, is_nothing, listed, named


def comparing(holds: Callable[[bytes, bytes], Any]) -> Compile:
    return calling(lambda left, right: holds(key(left), key(right)), 2)


def compare(left: bytes, right: bytes) -> int:
    return (left > right) - (left < right)


def conjunction(operand: Any) -> Expression:
    parts = listed(operand)
    return lambda document, variables: all(truth(part(document, variables)) for part in parts)


def disjunction(operand: Any) -> Expression:
    parts = listed(operand)
    return lambda document, variables: any(truth(part(document, variables)) for part in parts)


def condition(operand: Any) -> Expression:
    if isinstance(operand, list):
        if len(operand) != 3:
            raise CommandError(16020, f"$cond takes 3 arguments, {len(operand)} were passed in")
        operand = dict(zip(("if", "then", "else"), operand, strict=True))
    if missing := {"if", "then", "else"} - set(operand):
        raise CommandError(17080, f"Missing '{min(missing)}' parameter to $cond")
    parts = named(operand, ("if", "then", "else"))
    test, yes, no = parts["if"], parts["then"], parts["else"]
    return lambda document, variables: (
        yes(document, variables) if truth(test(document, variables)) else no(document, variables)
    )


def switch(operand: Any) -> Expression:
    if not isinstance(operand, dict) or not operand.get("branches"):
        raise CommandError(40068, "$switch requires at least one branch")
    branches = [
        (compile_expression(branch["case"]), compile_expression(branch["then"]))
        for branch in operand["branches"]
    ]
    default = compile_expression(operand["default"]) if "default" in operand else None

    def evaluate(document: Document, variables: Variables) -> Any:
        for case, then in branches:
            if truth(case(document, variables)):
                return then(document, variables)
        if default is None:
            raise CommandError(
                40066,
                "$switch could not find a matching branch for an input, and no default was "
                "specified.",
            )
        return default(document, variables)

    return evaluate


def if_null(operand: Any) -> Expression:
    parts = listed(operand)
    if len(parts) < 2:
        raise CommandError(1257300, "$ifNull needs at least two arguments")

    def evaluate(document: Document, variables: Variables) -> Any:
        value: Any = None
        for part in parts:
            value = part(document, variables)
            if not is_nothing(value):
                break
        return value

    return evaluate


OPERATORS: dict[str, Compile] = {
    "$eq": comparing(bytes.__eq__),
    "$ne": comparing(bytes.__ne__),
    "$gt": comparing(bytes.__gt__),
    "$gte": comparing(bytes.__ge__),
    "$lt": comparing(bytes.__lt__),
    "$lte": comparing(bytes.__le__),
    "$cmp": comparing(compare),
    "$and": conjunction,
    "$or": disjunction,
    "$not": calling(lambda value: not truth(value), 1),
    "$cond": condition,
    "$switch": switch,
    "$ifNull": if_null,
}
