"""A query taken apart: what it asks of each path."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from bson import Regex

from .bson_types import Document
from .errors import BAD_VALUE, CommandError
from .regexes import regex


class Condition(NamedTuple):
    """An operator on a path. The path of a logical operator such as $or is empty.

    The operand of $regex is a compiled pattern.
    """

    path: str
    operator: str
    operand: Any


def is_operators(value: Any) -> bool:
    """Whether a field is given operators, as in {"$gt": 5}, and not a value to be equal to."""
    if not isinstance(value, dict):
        return False
    first = next(iter(value), "")
    return first.startswith("$") and first not in {"$ref", "$id", "$db"}


def conditions(query: Document) -> Iterator[Condition]:
    """Everything that must hold at once. $and is taken apart too."""
    for name, value in query.items():
        if name == "$and":
            for clause in clauses(name, value):
                yield from conditions(clause)
        elif name.startswith("$"):
            if name != "$comment":
                yield Condition("", name, value)
        else:
            for operator, operand in operators(value):
                yield Condition(name, operator, operand)


def operators(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Regex):
        yield "$regex", regex(value)
    elif not is_operators(value):
        yield "$eq", value
    else:
        for operator, operand in value.items():
            if operator == "$regex":
                yield operator, regex(operand, value.get("$options"))
            elif operator != "$options":
                yield operator, operand
            elif "$regex" not in value:
                raise CommandError(BAD_VALUE, "$options needs a $regex")


def clauses(operator: str, value: Any) -> list[Document]:
    if not isinstance(value, list) or not value:
        raise CommandError(BAD_VALUE, f"{operator} argument must be a non-empty array")
    if not all(isinstance(clause, dict) for clause in value):
        raise CommandError(BAD_VALUE, f"{operator} argument's entries must be objects")
    return value
