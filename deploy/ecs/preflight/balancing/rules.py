"""Whether each rule of a listener is ever asked.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

from collections.abc import Iterator

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph import Condition, Graph, Listener, ListenerRule, matches
from deploy.ecs.preflight.finding import Finding, error

PATTERNS = {"host-header", "path-pattern", "http-header"}


def rules_are_asked(graph: Graph) -> Iterator[Finding]:
    for listener in graph.all(Listener):
        known = [each for each in listener.rules if each.priority is not None and each.exists]
        for index, rule in enumerate(known):
            earlier = (each for each in known[:index] if each.priority != rule.priority)
            found = next((each for each in earlier if _covers(each, rule)), None)
            if found and not _does_the_same(found, rule):
                yield _shadowed(rule, found)


def _shadowed(rule: ListenerRule, earlier: ListenerRule) -> Finding:
    return error(
        "B22",
        rule,
        "Priority",
        why=(
            f"{earlier.resource.logical_id} has priority {earlier.priority} and is asked before "
            f"{rule.resource.logical_id} with {rule.priority}.",
            "Whatever the later one would take, the earlier one takes already.",
        ),
        message="Requests get to the wrong service.",
        cure=f"Give {rule.resource.logical_id} a priority below {earlier.priority}, or narrow "
        f"{earlier.resource.logical_id}.",
    )


def _does_the_same(one: ListenerRule, other: ListenerRule) -> bool:
    left = [target.node for each in one.actions for target in each.targets]
    right = [target.node for each in other.actions for target in each.targets]
    return bool(left) and None not in left and left == right


def _covers(earlier: ListenerRule, later: ListenerRule) -> bool:
    """Whether every request that meets all of the later's conditions meets all of the earlier's."""
    conditions = earlier.conditions
    known = conditions.complete and later.conditions.complete and len(conditions) > 0
    return known and all(
        any(_covers_condition(wide, narrow) for narrow in later.conditions) for wide in conditions
    )


def _covers_condition(wide: Condition, narrow: Condition) -> bool:
    if wide.field is None or wide.field != narrow.field or wide.exists is not True:
        return False
    if (wide.header or "").lower() != (narrow.header or "").lower():
        return False
    if not wide.accepted.complete or not narrow.accepted.complete or not len(narrow.accepted):
        return False
    return all(
        any(_covers_value(wide.field, one, other) for one in wide.accepted)
        for other in narrow.accepted
    )


def _covers_value(field: str | None, wide: Value, narrow: Value) -> bool:
    """A * of the later pattern is a character like others to the earlier one's *, and no ?'s."""
    if field not in PATTERNS or not isinstance(wide, str) or not isinstance(narrow, str):
        return isinstance(wide, str) and wide == narrow
    if "?" in wide:
        return wide == narrow
    return matches(wide, narrow, field == "host-header") is True
