"""Finished MQL, said in operators that Amazon DocumentDB 5.0 has. Pure functions.

What cannot be said otherwise is left as it is: constructs.unsupported() names it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ecom.documentdb.dates import truncated, without_utc
from ecom.documentdb.numbers import power, rounded, truncated_number

MQL = dict[str, Any]

EXPRESSION_STAGES = frozenset({"$project", "$addFields", "$group"})


def pipeline(stages: Sequence[MQL], now: datetime) -> list[MQL]:
    return [
        {name: _stage(name, argument, now) for name, argument in stage.items()} for stage in stages
    ]


def query(conditions: Mapping[str, Any], now: datetime) -> MQL:
    """Only $expr holds expressions; anything else is a value to compare with."""
    result = {}
    for name, condition in conditions.items():
        if name == "$expr":
            result[name] = expression(condition, now)
        elif name in ("$and", "$or", "$nor"):
            result[name] = [query(each, now) for each in condition]
        else:
            result[name] = condition
    return result


def expression(node: Any, now: datetime) -> Any:
    if node == "$$NOW":
        return now
    if isinstance(node, list | tuple):
        return [expression(each, now) for each in node]
    if not isinstance(node, Mapping) or "$literal" in node:
        return node
    result = {name: expression(argument, now) for name, argument in node.items()}
    if len(result) == 1:
        ((operator, argument),) = result.items()
        if operator in RULES:
            return RULES[operator](argument)
    return result


def renamed(node: Any, old: str, new: str) -> Any:
    """An expression whose paths begin with `new` where they began with `old`."""
    if isinstance(node, str):
        return new + node.removeprefix(old) if node.startswith(old) else node
    if isinstance(node, list | tuple):
        return [renamed(each, old, new) for each in node]
    if not isinstance(node, Mapping) or "$literal" in node:
        return node
    return {name: renamed(argument, old, new) for name, argument in node.items()}


def roots(conditions: Mapping[str, Any]) -> Iterator[str]:
    """The first names of the paths that a $match reads."""
    for name, condition in conditions.items():
        if name == "$expr":
            yield from _expression_roots(condition)
        elif name in ("$and", "$or", "$nor"):
            for each in condition:
                yield from roots(each)
        else:
            yield name.split(".", 1)[0]


def _expression_roots(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        if node.startswith("$") and not node.startswith("$$"):
            yield node[1:].split(".", 1)[0]
    elif isinstance(node, list | tuple):
        for each in node:
            yield from _expression_roots(each)
    elif isinstance(node, Mapping) and "$literal" not in node:
        for each in node.values():
            yield from _expression_roots(each)


def _stage(name: str, argument: Any, now: datetime) -> Any:
    if name == "$match":
        return query(argument, now)
    return expression(argument, now) if name in EXPRESSION_STAGES else argument


def _field(argument: MQL) -> Any:
    """$getField: a path where the key can stand in one."""
    source, key = argument["input"], argument["field"]
    if not key or "." in key or key.startswith("$"):
        return _value_of_key(source, key)
    if isinstance(source, str):
        return f"{source}.{key}"
    return {"$let": {"vars": {"object": source}, "in": f"$$object.{key}"}}


def _value_of_key(source: Any, key: str) -> MQL:
    pairs = {"$cond": [{"$eq": [{"$type": source}, "object"]}, {"$objectToArray": source}, []]}
    wanted = {"$eq": ["$$pair.k", {"$literal": key}]}
    found = {"$filter": {"input": pairs, "as": "pair", "cond": wanted}}
    return {"$let": {"vars": {"found": {"$arrayElemAt": [found, 0]}}, "in": "$$found.v"}}


RULES: Mapping[str, Callable[[Any], Any]] = {
    "$getField": _field,
    "$dateTrunc": truncated,
    "$trunc": truncated_number,
    "$round": rounded,
    "$pow": power,
    **without_utc,
}
