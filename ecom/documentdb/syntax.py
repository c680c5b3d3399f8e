"""The constructs in the parts of a command: queries, updates, pipelines and expressions."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

Document = Mapping[str, Any]


class Construct(NamedTuple):
    """One thing that a command uses, such as ("stage", "$facet")."""

    kind: str
    name: str


def partial_filter(expression: Document, *, top: bool) -> Iterator[Construct]:
    for name, condition in expression.items():
        if name == "$and":
            yield Construct("partial index operator", "$and" if top else "nested $and")
            for each in condition:
                yield from partial_filter(each, top=False)
        elif name.startswith("$"):
            yield Construct("partial index operator", name)
        elif _is_operators(condition):
            for operator in condition:
                yield Construct("partial index operator", operator)
        else:
            yield Construct("partial index operator", "$eq")


def query(criteria: Document) -> Iterator[Construct]:
    for name, condition in criteria.items():
        if not name.startswith("$"):
            yield from _condition(condition)
            continue
        yield Construct("query operator", name)
        if name in ("$and", "$or", "$nor"):
            for each in condition:
                yield from query(each)
        elif name == "$expr":
            yield from _expression(condition)
        elif name == "$text":
            yield from (Construct("query operator", option) for option in condition)


_OF_DOCUMENTS = frozenset({"$and", "$or", "$nor", "$expr"})
_GEOSPATIAL = frozenset({"$geoWithin", "$geoIntersects", "$near", "$nearSphere"})


def _condition(condition: Any) -> Iterator[Construct]:
    # Anything else is a value to compare with, whatever it holds.
    if not _is_operators(condition):
        return
    for operator, argument in condition.items():
        yield Construct("query operator", operator)
        if operator == "$not":
            yield from _condition(argument)
        elif operator == "$elemMatch":
            of_values = _is_operators(argument) and not argument.keys() & _OF_DOCUMENTS
            yield from _condition(argument) if of_values else query(argument)
        elif operator == "$all":
            for each in argument:
                yield from _condition(each)
        elif operator in _GEOSPATIAL and isinstance(argument, Mapping):
            for specifier in argument:
                if specifier.startswith("$"):
                    yield Construct("query operator", specifier)


def changes(update: Any) -> Iterator[Construct]:
    if isinstance(update, list | tuple):
        yield Construct("update", "update with a pipeline")
        return
    if not _is_operators(update):
        yield from field_names(update)
        return
    for operator, fields in update.items():
        yield Construct("update operator", operator)
        for argument in fields.values() if isinstance(fields, Mapping) else ():
            if operator in ("$push", "$addToSet") and _is_operators(argument):
                yield from (Construct("update operator", modifier) for modifier in argument)
            elif operator == "$pull":
                yield from _condition(argument)
            elif operator in ("$set", "$setOnInsert"):
                yield from field_names(argument)


def pipeline(stages: Iterable[Document]) -> Iterator[Construct]:
    for stage in stages:
        for name, argument in stage.items():
            yield Construct("stage", name)
            if walk := _STAGES.get(name):
                yield from walk(argument)


def _group(group: Document) -> Iterator[Construct]:
    for name, value in group.items():
        if name == "_id":
            yield from _expression(value)
            continue
        for operator, argument in value.items():
            yield Construct("accumulator", operator)
            yield from _expression(argument)


def _lookup(lookup: Document) -> Iterator[Construct]:
    if lookup.get("let"):
        form = "$lookup with let"
    elif "pipeline" in lookup:
        joined = "localField" in lookup
        form = "$lookup with localField and pipeline" if joined else "$lookup with pipeline"
    else:
        form = "$lookup"
    yield Construct("lookup", form)
    yield from pipeline(lookup.get("pipeline", ()))


def _facet(facet: Document) -> Iterator[Construct]:
    for stages in facet.values():
        yield from pipeline(stages)


def _union(union: Any) -> Iterator[Construct]:
    if isinstance(union, Mapping):
        yield from pipeline(union.get("pipeline", ()))


def _geo_near(near: Document) -> Iterator[Construct]:
    yield from query(near.get("query") or {})


def _expression(expression: Any) -> Iterator[Construct]:
    if isinstance(expression, str):
        if expression.startswith("$$"):
            variable = expression.split(".", 1)[0]
            # A variable of $let, $map and the like begins with a small letter.
            if variable[2:3].isupper():
                yield Construct("variable", variable)
    elif isinstance(expression, Mapping):
        for name, argument in expression.items():
            if name.startswith("$"):
                yield Construct("expression", name)
            if name != "$literal":
                yield from _expression(argument)
    elif isinstance(expression, list | tuple):
        for each in expression:
            yield from _expression(each)


_STAGES: Mapping[str, Callable[[Any], Iterator[Construct]]] = {
    "$match": query,
    "$group": _group,
    "$lookup": _lookup,
    "$facet": _facet,
    "$unionWith": _union,
    "$geoNear": _geo_near,
    "$project": _expression,
    "$addFields": _expression,
    "$set": _expression,
    "$replaceRoot": _expression,
    "$replaceWith": _expression,
    "$redact": _expression,
}


# Parts of a DBRef (functional-differences, "Field name restrictions").
_RESERVED_NAMES = frozenset({"$id", "$ref", "$db"})


def field_names(value: Any) -> Iterator[Construct]:
    """DocumentDB reserves the dollar sign and refuses dots in the names of stored fields."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if "." in name:
                yield Construct("field name", "dot in a field name")
            if name.startswith("$") and name not in _RESERVED_NAMES:
                yield Construct("field name", "dollar sign in a field name")
            yield from field_names(inner)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from field_names(each)


def _is_operators(value: Any) -> bool:
    return isinstance(value, Mapping) and next(iter(value), "").startswith("$")
