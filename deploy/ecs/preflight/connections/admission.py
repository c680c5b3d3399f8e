"""What security groups say of a connection, and where a rule for it belongs."""

from collections.abc import Iterable, Iterator

from deploy.ecs.graph import (
    Database,
    End,
    Link,
    Listing,
    Rule,
    SecurityGroup,
    TaskDefinition,
    Truth,
    admitted,
)
from deploy.ecs.graph.parts import Part, Step
from deploy.ecs.graph.security_groups import StandaloneIngress
from deploy.ecs.graph.truth import all_of
from deploy.ecs.preflight.connections.ends import Side
from deploy.ecs.preflight.connections.wording import capital, rules_named


def admits(direction: str, here: Side, there: Side, protocol: str, port: int) -> Truth:
    """What the groups of `here` say of what is sent to ("in") or by ("out") them."""
    if not here.has_filter:
        return True
    if here.has_default_group:
        return _default_group_admits(direction, here, there)
    groups = Listing[Link[SecurityGroup]]() if there.has_default_group else there.groups
    ends = [End(groups, block) for block in there.blocks]
    truth = all_of(admitted(direction, here.groups, protocol, port, each).truth for each in ends)
    is_open = there.has_default_group and any(
        rule.source == "group" and (rule.other is None or rule.other.node is None)
        for rule in rules(here, direction)
    )
    return None if is_open and truth is False else truth


def _default_group_admits(direction: str, here: Side, there: Side) -> Truth:
    """It lets everything out, and in what is in it too, unless the stacks add rules to it."""
    if direction == "out" or there.has_default_group:
        return True
    known = all(each.node is not None for each in there.groups) and there.groups.complete
    standalone = here.part.graph.all(StandaloneIngress)
    links = [each.link(SecurityGroup, "GroupId") for each in standalone]
    is_closed = known and all(each is not None and each.node is not None for each in links)
    return False if is_closed else None


def rules(side: Side, direction: str) -> Iterator[Rule]:
    for group in side.known_groups:
        yield from group.rules(direction)


def closed(direction: str, here: Side, there: Side, protocol: str, ports: tuple[int, int]) -> Truth:
    """Whether none of the ports is admitted; None where it is not known or some are."""
    found = _asked(direction, here, there, protocol, ports)
    return True if all(each is False for each in found) else None if None in found else False


def partly_closed(
    direction: str, here: Side, there: Side, protocol: str, ports: tuple[int, int]
) -> bool:
    found = _asked(direction, here, there, protocol, ports)
    return False in found and True in found


def _asked(
    direction: str, here: Side, there: Side, protocol: str, ports: tuple[int, int]
) -> list[Truth]:
    """At all ports where the answer may change."""
    first, last = ports
    edges = {first, last}
    for rule in rules(here, direction):
        edges |= {each for each in _beside(rule) if first <= each <= last}
    return [admits(direction, here, there, protocol, each) for each in sorted(edges)]


def _beside(rule: Rule) -> Iterable[int]:
    if rule.first is not None:
        yield rule.first - 1
    if rule.last is not None:
        yield rule.last + 1


def is_for(rule: Rule, other: Side, here: Side) -> bool:
    """Whether it admits the other end, at whatever port that is."""
    port = rule.first
    protocol = rule.protocol
    return (
        port is not None
        and protocol in {"tcp", "udp"}
        and rule.exists is True
        and bool(admits(rule.direction, here, other, protocol, port))
    )


def place_of(here: Side, other: Side, direction: str) -> tuple[Part, tuple[Step, ...]]:
    """Of a rule for the other end at another port, or else of the group that lacks one."""
    almost = [
        rule
        for rule in rules(here, direction)
        if rule.source == "group" and is_for(rule, other, here) and not _is_of_use(rule)
    ]
    if len(almost) == 1:
        return almost[0], ("FromPort",)
    if here.known_groups and not here.has_default_group:
        name = "SecurityGroupIngress" if direction == "in" else "SecurityGroupEgress"
        return here.known_groups[0], (name,)
    return here.part, here.path


def _is_of_use(rule: Rule) -> bool:
    """Whether something listens at its port, so that it may be meant for that."""
    first, last = rule.first, rule.last
    tasks = [
        port.host_port
        for definition in rule.graph.all(TaskDefinition)
        for container in definition.containers
        for port in container.ports
    ]
    ports = [*tasks, *(each.port for each in rule.graph.all(Database))]
    if first is None or last is None:
        return False
    return any(first <= each <= last for each in ports if each)


def groups_told(side: Side, direction: str) -> list[str]:
    if side.has_default_group:
        return [f"{capital(side.label)} has no security groups, so the network's default group.",
                "That admits what is in it too, and nothing else."]  # fmt: skip
    found = rules_named(list(rules(side, direction)))
    does = "admits" if direction == "in" else "lets out"
    return [f"{capital(side.label)} has {side.named_groups}, which {does} {found}."]
