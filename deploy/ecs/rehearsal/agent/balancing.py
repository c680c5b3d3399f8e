"""Which load balancer, listener, rule and target a request is for.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from moto.elbv2.models import ELBv2Backend, elbv2_backends
from moto.route53.models import route53_backends

from deploy.ecs.rehearsal.agent.region import Region

INTERNAL = "internal"


@dataclass(frozen=True)
class Request:
    method: str
    target: str  # as the first line has it
    host: str  # lower case, without a port

    @property
    def path(self) -> str:
        without_scheme = re.sub(r"^(?i:https?)://[^/?]*", "", self.target)
        return without_scheme.partition("?")[0] or "/"

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


class Balancing:
    def __init__(self, region: Region) -> None:
        self.region = region
        self.turns = itertools.count()

    @property
    def backend(self) -> ELBv2Backend:
        return elbv2_backends[self.region.account][self.region.name]

    def load_balancer(self, host: str) -> Any | None:
        """Moto's, by its own name or by that of an alias."""
        for each in list(self.backend.load_balancers.values()):
            if host in self.names(each):
                return each
        return None

    def public_name(self) -> str | None:
        """What people call the one load balancer that they reach."""
        public = [each for each in self.backend.load_balancers.values() if each.scheme != INTERNAL]
        return self.names(public[0])[0] if len(public) == 1 else None

    def names(self, load_balancer: Any) -> list[str]:
        """Aliases first."""
        own = load_balancer.dns_name.lower()
        zones = route53_backends[self.region.account]["aws"].zones.values()
        aliases = [
            record.name.rstrip(".").lower()
            for zone in list(zones)
            for record in list(zone.rrsets)
            if _alias(record) in {own, f"dualstack.{own}"}
        ]
        return [*aliases, own]

    def listener(self, load_balancer: Any, port: int | None) -> Any | None:
        """That of the port; else the one with TLS, of which only the rehearsal has none."""
        listeners = list(load_balancer.listeners.values())
        of_port = [each for each in listeners if int(each.port) == port]
        return min(
            of_port or listeners,
            key=lambda each: (each.protocol != "HTTPS", int(each.port)),
            default=None,
        )

    def actions(self, listener: Any, request: Request) -> list[Any]:
        rules = [each for each in listener.rules.values() if not each.is_default]
        for rule in sorted(rules, key=lambda each: int(each.priority)):
            if all(meets(condition, request) for condition in rule.conditions):
                return list(rule.actions)
        return list(listener.default_actions)

    def groups_of(self, action: Any) -> Iterator[str]:
        """ARNs, each in its turn."""
        data = action.data
        if "TargetGroupArn" in data:
            yield data["TargetGroupArn"]
            return
        groups = (data.get("ForwardConfig") or {}).get("TargetGroups") or []
        arns = [each["TargetGroupArn"] for each in groups for _ in range(int(each["Weight"]))]
        turn = next(self.turns)
        yield from arns[turn % len(arns) :] if arns else ()

    def load_balancers_of(self, group_arn: str) -> list[Any]:
        """With a listener that sends requests to the target group."""
        found = []
        for load_balancer in list(self.backend.load_balancers.values()):
            listeners = list(load_balancer.listeners.values())
            rules = [rule for each in listeners for rule in each.rules.values()]
            actions = [action for rule in rules for action in rule.actions]
            if any(group_arn in self.groups_of(action) for action in actions):
                found.append(load_balancer)
        return found


def _alias(record: Any) -> str:
    target = getattr(record, "alias_target", None) or {}
    return str(target.get("DNSName", "")).rstrip(".").lower()


def meets(condition: dict[str, Any], request: Request) -> bool:
    field = condition["Field"]
    if field == "path-pattern":
        return any(like(each, request.path) for each in _values(condition, "PathPatternConfig"))
    if field == "host-header":
        values = _values(condition, "HostHeaderConfig")
        return any(like(each.lower(), request.host) for each in values)
    if field == "http-request-method":
        return request.method in _values(condition, "HttpRequestMethodConfig")
    return False


def _values(condition: dict[str, Any], name: str) -> list[str]:
    values = (condition.get(name) or {}).get("Values") or condition.get("Values") or []
    return [str(each) for each in values]


def like(pattern: str, text: str) -> bool:
    """With * for any characters and ? for one."""
    words = {"*": ".*", "?": "."}
    expression = "".join(words.get(each, re.escape(each)) for each in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None
