"""Projections: of find, and of the stages $project and $addFields."""

from collections.abc import Callable, Iterator
from typing import Any

from .bson_types import Document
from .conditions import is_operators
from .errors import CommandError
from .expressions import Expression, compile_expression
from .field_tree import Tree
from .find_projection import FIND_OPERATORS, is_of_find, positional

Projector = Callable[[Document], Document]
INCLUSION_IN_EXCLUSION = 31253
EXCLUSION_IN_INCLUSION = 31254


def projector(specification: Document, query: Document) -> Projector:
    """Of find, which has operators of its own. The query gives a positional $ its place."""
    fields: list[tuple[str, Any]] = []
    for path, value in flattened(specification):
        if path.endswith(".$"):
            array = path.removesuffix(".$")
            fields.append((array, positional(array, query)))
        elif is_operators(value) and is_of_find(value):
            ((operator, operand),) = value.items()
            fields.append((path, FIND_OPERATORS[operator](path, operand)))
        else:
            fields.append((path, leaf(value)))
    keeps_others = all(
        is_operators(value) and "$slice" in value for value in specification.values()
    )
    return projecting(fields, keeps_others=keeps_others)


def project(specification: Document) -> Projector:
    """The stage $project."""
    if not specification:
        raise CommandError(51272, "Invalid $project :: projection specification must have a field")
    return projecting([(path, leaf(value)) for path, value in flattened(specification)])


def add_fields(specification: Document) -> Projector:
    """The stage $addFields."""
    tree = Tree()
    for path, value in flattened(specification):
        tree.compute(path, compile_expression(value))
    return lambda document: tree.added(document, document)


def flattened(specification: Document, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """{"a": {"b": 1}} says the same as {"a.b": 1}."""
    for name, value in specification.items():
        if isinstance(value, dict) and value and not is_operators(value):
            yield from flattened(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def leaf(value: Any) -> bool | Expression:
    """Whether the field is kept, or what computes it."""
    if isinstance(value, bool | int | float):
        return bool(value)
    return compile_expression(value)


def projecting(
    fields: list[tuple[str, bool | Expression]], *, keeps_others: bool = False
) -> Projector:
    tree = Tree()
    for path, value in fields:
        if isinstance(value, bool):
            tree.mark(path)
        else:
            tree.compute(path, value)
    kept = dict(fields).get("_id")
    others = [value for path, value in fields if path != "_id"]
    if keeps_others:
        return lambda document: tree.added(document, document)
    if excludes(others, kept):
        if kept is True:
            tree.unmark("_id")
        return tree.excluded
    if kept is None:
        tree.mark("_id")
    elif kept is False:
        tree.unmark("_id")
    return lambda document: tree.included(document, document)


def excludes(others: list[bool | Expression], kept_id: bool | Expression | None) -> bool:
    if not others:
        return kept_id is False
    if False not in others:
        return False
    if others[0] is not False:
        raise CommandError(EXCLUSION_IN_INCLUSION, "Cannot do exclusion in inclusion projection")
    if any(value is not False for value in others):
        raise CommandError(INCLUSION_IN_EXCLUSION, "Cannot do inclusion in exclusion projection")
    return True
