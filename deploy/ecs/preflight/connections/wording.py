"""Rules and ports in words."""

from collections.abc import Iterable

from deploy.ecs.graph import Rule
from deploy.ecs.graph.reading import text


def ports_named(ports: tuple[int, int]) -> str:
    first, last = ports
    return f"port {first}" if first == last else f"ports {first} to {last}"


def rule_named(rule: Rule) -> str:
    first, last = rule.first, rule.last
    if first is None or last is None:
        where = "some ports"
    else:
        where = "all ports" if (first, last) == (0, 65535) else ports_named((first, last))
    return f"{where} {'from' if rule.direction == 'in' else 'to'} {_other(rule)}"


def _other(rule: Rule) -> str:
    if rule.source == "none":
        return "nobody, since it names none"
    if rule.source == "group":
        node = rule.other.node if rule.other else None
        return node.resource.logical_id if node else "a group that is not of these stacks"
    return rule.cidr or rule.cidr6 or text(rule.prefix_list) or "what is not known here"


def rules_named(rules: list[Rule]) -> str:
    """What a group has; at most four of it."""
    if not rules:
        return "nothing"
    more = f" and {len(rules) - 4} more" if len(rules) > 4 else ""
    return ", ".join(rule_named(each) for each in rules[:4]) + more


def capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def listed(names: Iterable[str]) -> str:
    *most, last = list(dict.fromkeys(names)) or [""]
    return f"{', '.join(most)} and {last}" if most else last
