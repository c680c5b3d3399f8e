"""B22: rules that no request gets to, since an earlier one takes all of theirs.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

import ipaddress
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deploy.ecs.evaluator.symbols import Symbol, Value
from deploy.ecs.graph import Condition, Graph, ListenerRule
from deploy.ecs.graph.reading import is_hashable, parts_of, text
from deploy.ecs.preflight.finding import Finding, error

EVERY_PATH = {"*", "/*"}
PATTERNS = {"path-pattern", "host-header", "http-header"}
Token = str | Symbol


@dataclass(frozen=True)
class Wanted:
    """A condition. `accepted` are tokens of patterns, or other values."""

    field: str | None
    header: str
    accepted: tuple[Value, ...]
    is_complete: bool  # whether nothing else is accepted
    is_certain: bool  # whether the condition is there if its rule is
    is_every_path: bool

    @classmethod
    def of(cls, condition: Condition, rule: ListenerRule) -> "Wanted":
        field, accepted = condition.field, condition.accepted
        texts = [text(each) for each in accepted]
        return cls(
            field,
            (condition.header or "").lower() if field == "http-header" else "",
            tuple(_read(field, each) for each in accepted),
            accepted.complete and len(accepted) > 0 and not _has_expressions(condition),
            condition.exists is rule.exists,
            field == "path-pattern" and not EVERY_PATH.isdisjoint(texts),
        )


@dataclass(frozen=True)
class Asked:
    """A rule with what it wants of a request."""

    rule: ListenerRule
    priority: int
    wanted: tuple[Wanted, ...]
    is_complete: bool

    @classmethod
    def of(cls, rule: ListenerRule, priority: int) -> "Asked":
        conditions = rule.conditions
        wanted = tuple(Wanted.of(each, rule) for each in conditions)
        return cls(rule, priority, wanted, conditions.complete)


def shadowed(graph: Graph) -> Iterator[Finding]:
    for rules in _by_listener(graph).values():
        for index, later in enumerate(rules):
            earlier = next((each for each in rules[:index] if _takes_all(each, later)), None)
            if earlier is not None and not _lead_to_one(earlier.rule, later.rule):
                yield _dead(earlier.rule, later.rule)


def _by_listener(graph: Graph) -> dict[object, list[Asked]]:
    """In the order in which they are asked."""
    found: dict[object, list[Asked]] = defaultdict(list)
    for rule in graph.all(ListenerRule):
        link, priority = rule.listener, rule.priority
        key = (link.node or link.value) if link else None
        if key is not None and is_hashable(key) and priority is not None:
            found[key].append(Asked.of(rule, priority))
    for rules in found.values():
        rules.sort(key=lambda each: each.priority)
    return found


def _takes_all(earlier: Asked, later: Asked) -> bool:
    if earlier.priority == later.priority or not earlier.is_complete:
        return False
    return _is_there_with(earlier.rule, later.rule) and all(
        wide.is_every_path or any(_implies(each, wide) for each in later.wanted)
        for wide in earlier.wanted
    )


def _is_there_with(earlier: ListenerRule, later: ListenerRule) -> bool:
    """Whether the earlier one is there at least where the later one is."""
    one, other = earlier.resource, later.resource
    same = one.stack == other.stack and one.condition == other.condition
    return earlier.exists is True or same


def _implies(one: Wanted, other: Wanted) -> bool:
    """Whether what meets the one certainly meets the other."""
    if one.field is None or (one.field, one.header) != (other.field, other.header):
        return False
    if not one.is_complete or not one.is_certain:
        return False
    return all(
        any(_covers(one.field, wide, each) for wide in other.accepted) for each in one.accepted
    )


def _has_expressions(condition: Condition) -> bool:
    """RegexValues, any of which is enough too."""
    body = condition.body
    written = [body, *(body.values() if isinstance(body, dict) else ())]
    return any("RegexValues" in each for each in written if isinstance(each, dict))


def _read(field: str | None, value: Value) -> Value:
    if field in PATTERNS:
        return _tokens(value, field == "path-pattern")
    return value


def _covers(field: str, wide: Value, narrow: Value) -> bool:
    if field == "query-string":
        return _covers_query(wide, narrow)
    if field == "source-ip":
        return _contains(wide, narrow)
    if field == "http-request-method":
        return bool(wide == narrow)
    return field in PATTERNS and _matches(wide, narrow)


def _covers_query(wide: Value, narrow: Value) -> bool:
    if not isinstance(wide, dict) or not isinstance(narrow, dict):
        return False
    keys = [str(text(each.get("Key"))).lower() for each in (wide, narrow)]
    values = [_tokens(each.get("Value"), False) for each in (wide, narrow)]
    return keys[0] == keys[1] and _matches(*values)


def _contains(wide: Value, narrow: Value) -> bool:
    try:
        one = ipaddress.ip_network(str(text(wide)), False)
        other = ipaddress.ip_network(str(text(narrow)), False)
    except ValueError:
        return False
    if isinstance(one, ipaddress.IPv4Network) and isinstance(other, ipaddress.IPv4Network):
        return other.subnet_of(one)
    if isinstance(one, ipaddress.IPv6Network) and isinstance(other, ipaddress.IPv6Network):
        return other.subnet_of(one)
    return False


def _tokens(value: Value, keep_capitals: bool) -> list[Token] | None:
    """Characters, and symbols for what is not known. A backslash takes a wildcard's meaning."""
    parts = parts_of(value)
    if parts is None:
        return None
    found: list[Token] = []
    for part in parts:
        found += [part] if isinstance(part, Symbol) else (part if keep_capitals else part.lower())
    return None if "\\" in found else found


def _matches(wide: Sequence[Token] | None, narrow: Sequence[Token] | None) -> bool:
    """Whether all that the narrow pattern matches is matched by the wide one, where that shows by
    reading the narrow one's wildcards as signs: its * is taken by a * alone."""
    if wide is None or narrow is None:
        return False
    row = [True] + [False] * len(narrow)
    for token in wide:
        if token == "*":
            following = [row[0]]
            for index in range(len(narrow)):
                following.append(row[index + 1] or following[index])
        else:
            following = [False] + [
                row[index] and _takes(token, sign) for index, sign in enumerate(narrow)
            ]
        row = following
    return row[-1]


def _takes(token: Token, sign: Token) -> bool:
    if token == "?":
        return isinstance(sign, str) and sign != "*"
    return token == sign and token != "*"


def _lead_to_one(one: ListenerRule, other: ListenerRule) -> bool:
    """Then a rule is too many, and no request goes wrong."""
    targets = [
        [link.node or link.value for action in rule.actions for link in action.targets]
        for rule in (one, other)
    ]
    return targets[0] == targets[1] != []


def _dead(earlier: ListenerRule, later: ListenerRule) -> Finding:
    name, other = later.resource.logical_id, earlier.resource.logical_id
    return error(
        "B22",
        later,
        "Priority",
        why=[
            f"The rule {other} has priority {earlier.priority} and is asked before {name}, which "
            f"has {later.priority}.",
            f"Whatever meets the conditions of {name} ({_told(later)}) meets those of {other} "
            f"({_told(earlier)}).",
        ],
        message=f"Requests that are meant for {name} go where {other} sends them; none gets to "
        f"{name}.",
        cure=f"Give {name} a Priority below {earlier.priority}.",
    )


def _told(rule: ListenerRule) -> str:
    return "; ".join(
        f"{each.field} {', '.join(str(text(value) or '…') for value in each.accepted)}"
        for each in rule.conditions
    )
