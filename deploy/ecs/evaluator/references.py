"""Who names whom, as written: to find an order before anything is evaluated."""

from collections.abc import Container, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from deploy.ecs.evaluator.substitution import VARIABLE
from deploy.ecs.evaluator.values import key_of


def conditions_in(node: Any, names: Container[str]) -> Iterator[str]:
    for each in _objects(node):
        condition = each.get("Fn::If")
        name = condition[0] if isinstance(condition, list) and condition else each.get("Condition")
        if isinstance(name, str | bool):
            yield key_of(name, names)


def resources_in(node: Any) -> Iterator[str]:
    """Those whose attributes are read, and those that DependsOn names."""
    for each in _objects(node):
        waited = each.get("DependsOn", [])
        yield from (one for one in _listed(waited) if isinstance(one, str))
        target = each.get("Fn::GetAtt")
        name = target[0] if isinstance(target, list) and target else target
        if isinstance(name, str):
            yield name.split(".")[0]
        template, own = _substituted(each.get("Fn::Sub"))
        if isinstance(template, str):
            names = (name.strip() for name in VARIABLE.findall(template))
            yield from (name.split(".")[0] for name in names if name not in own)


def _substituted(argument: Any) -> tuple[Any, Container[str]]:
    """The string, and the names that it has variables of its own for."""
    if not isinstance(argument, list) or not argument:
        return argument, ()
    own = argument[1] if len(argument) > 1 and isinstance(argument[1], dict) else {}
    return argument[0], own


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    pending = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            yield each
            pending += each.values()
        elif isinstance(each, list):
            pending += each


def in_order(graph: Mapping[str, set[str]]) -> tuple[list[str], list[list[str]]]:
    """Names after all that they need, and the circles, each cut where it was found."""
    circles = [[name, name] for name, needed in graph.items() if name in needed]
    left = {name: (needed & graph.keys()) - {name} for name, needed in graph.items()}
    while True:
        try:
            return list(TopologicalSorter(left).static_order()), circles
        except CycleError as error:
            circles.append(error.args[1])
            left |= {name: set() for name in error.args[1]}
