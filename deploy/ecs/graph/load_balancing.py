"""Load balancers, what they listen to, and where they send it.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
"""

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph.health_checks import HealthCheck
from deploy.ecs.graph.parts import Element, Link, Listing, Node, Part, is_meant
from deploy.ecs.graph.security_groups import SecurityGroup
from deploy.ecs.graph.subnets import Subnet
from deploy.ecs.graph.vpcs import Vpc

if TYPE_CHECKING:
    from deploy.ecs.graph.graph import Graph

CONFIGURED = {  # the fields of conditions, and where each has its values
    "host-header": "HostHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "path-pattern": "PathPatternConfig",
    "source-ip": "SourceIpConfig",
    "http-header": "HttpHeaderConfig",
    "query-string": "QueryStringConfig",
}


class LoadBalancer(Node):
    TYPES = ("AWS::ElasticLoadBalancingV2::LoadBalancer",)

    @property
    def type(self) -> str | None:
        return self.text("Type", default="application")

    @property
    def scheme(self) -> str | None:
        return self.text("Scheme", default="internet-facing")

    @property
    def subnets(self) -> Listing[Link[Subnet]]:
        if self.given("SubnetMappings"):
            parts = self.parts(Part, "SubnetMappings")
            links = [each.link(Subnet, "SubnetId") for each in parts]
            known = tuple(each for each in links if each is not None)
            return Listing(known, parts.complete and len(known) == len(links))
        return self.links(Subnet, "Subnets")

    @property
    def security_groups(self) -> Listing[Link[SecurityGroup]]:
        """None given means the network's default group; of a network load balancer, no filter."""
        if self.given("SecurityGroups") is False and self.type != "network":
            return Listing(complete=False)
        return self.links(SecurityGroup, "SecurityGroups")

    @property
    def dns_name(self) -> Value:
        return self.physical.attributes.get("DNSName") if self.physical else None

    @property
    def attributes(self) -> dict[str, Value]:
        return _pairs(self, "LoadBalancerAttributes")

    @property
    def idle_timeout(self) -> int | None:
        """Seconds."""
        return _number_in(self, "LoadBalancerAttributes", "idle_timeout.timeout_seconds", 60)

    @cached_property
    def listeners(self) -> tuple["Listener", ...]:
        found = self.graph.all(Listener)
        return tuple(
            each for each in found if each.load_balancer and each.load_balancer.node is self
        )


class Listener(Node):
    TYPES = ("AWS::ElasticLoadBalancingV2::Listener",)

    @property
    def load_balancer(self) -> Link[LoadBalancer] | None:
        return self.link(LoadBalancer, "LoadBalancerArn")

    @property
    def port(self) -> int | None:
        return self.number("Port")

    @property
    def protocol(self) -> str | None:
        return self.text("Protocol")

    @property
    def default_actions(self) -> Listing["Action"]:
        return self.parts(Action, "DefaultActions")

    @cached_property
    def rules(self) -> Listing["ListenerRule"]:
        """In the order in which they are asked; those without a known priority at the end."""
        judged = [(is_meant(self, each.listener), each) for each in self.graph.all(ListenerRule)]
        own = [each for is_it, each in judged if is_it]
        last = 1 + max((each.priority or 0 for each in own), default=0)
        own.sort(key=lambda each: last if each.priority is None else each.priority)
        return Listing(tuple(own), all(is_it is not None for is_it, _ in judged))


class ListenerRule(Node):
    TYPES = ("AWS::ElasticLoadBalancingV2::ListenerRule",)

    @property
    def listener(self) -> Link[Listener] | None:
        return self.link(Listener, "ListenerArn")

    @property
    def priority(self) -> int | None:
        return self.number("Priority")

    @property
    def conditions(self) -> Listing["Condition"]:
        return self.parts(Condition, "Conditions")

    @property
    def actions(self) -> Listing["Action"]:
        return self.parts(Action, "Actions")


class Condition(Part):
    @property
    def field(self) -> str | None:
        return self.text("Field")

    @property
    def accepted(self) -> Listing[Value]:
        """Any one of them is enough; of query strings, objects with Key and Value."""
        name = CONFIGURED.get(self.field or "", "")
        if self.given(name):
            return self.values(name, "Values")
        return self.values("Values")

    @property
    def header(self) -> str | None:
        return self.text("HttpHeaderConfig", "HttpHeaderName")


class Action(Part):
    @property
    def type(self) -> str | None:
        return self.text("Type")

    @property
    def targets(self) -> Listing[Link["TargetGroup"]]:
        """Of a forward."""
        if (link := self.link(TargetGroup, "TargetGroupArn")) is not None:
            return Listing((link,))
        parts = self.parts(Part, "ForwardConfig", "TargetGroups")
        links = [each.link(TargetGroup, "TargetGroupArn") for each in parts]
        known = tuple(each for each in links if each is not None)
        return Listing(known, parts.complete and len(known) == len(links))


class TargetGroup(Node):
    TYPES = ("AWS::ElasticLoadBalancingV2::TargetGroup",)

    @property
    def type(self) -> str | None:
        return self.text("TargetType", default="instance")

    @property
    def port(self) -> int | None:
        return self.number("Port")

    @property
    def protocol(self) -> str | None:
        return self.text("Protocol")

    @property
    def vpc(self) -> Link[Vpc] | None:
        return self.link(Vpc, "VpcId")

    @property
    def health_check(self) -> HealthCheck:
        return self.part_at(HealthCheck, Element(self.body, self.at, self.exists))

    @property
    def deregistration_delay(self) -> int | None:
        """Seconds."""
        name = "deregistration_delay.timeout_seconds"
        return _number_in(self, "TargetGroupAttributes", name, 300)

    @cached_property
    def senders(self) -> tuple[Action, ...]:
        """Actions that forward to it."""
        return tuple(_senders(self.graph).get(self, ()))

    @cached_property
    def listeners(self) -> tuple[Listener, ...]:
        """Those that send to it, themselves or by a rule."""
        found: dict[Listener, None] = {}
        for each in self.senders:
            node = self.graph.node(each.resource.stack, each.resource.logical_id)
            if isinstance(node, ListenerRule):
                node = node.listener.node if node.listener else None
            if isinstance(node, Listener):
                found[node] = None
        return tuple(found)

    @property
    def load_balancers(self) -> tuple[LoadBalancer, ...]:
        links = (each.load_balancer for each in self.listeners)
        return tuple(dict.fromkeys(each.node for each in links if each and each.node))


SENDERS: WeakKeyDictionary["Graph", dict[TargetGroup, list[Action]]] = WeakKeyDictionary()


def _senders(graph: "Graph") -> dict[TargetGroup, list[Action]]:
    """Of all target groups at once: what each action means is looked up only once."""
    if graph not in SENDERS:
        found = SENDERS[graph] = defaultdict(list)
        listeners = (each.default_actions for each in graph.all(Listener))
        rules = (each.actions for each in graph.all(ListenerRule))
        for action in (each for listing in (*listeners, *rules) for each in listing):
            for group in dict.fromkeys(link.node for link in action.targets if link.node):
                found[group].append(action)
    return SENDERS[graph]


def _pairs(part: Part, name: str) -> dict[str, Value]:
    """What is certainly set."""
    parts = part.parts(Part, name)
    found = {each.text("Key"): each.value("Value") for each in parts if each.exists is part.exists}
    return {key: value for key, value in found.items() if key is not None}


def _number_in(part: Part, name: str, key: str, default: int) -> int | None:
    parts = part.parts(Part, name)
    for each in parts:
        if each.text("Key") == key:
            return each.number("Value") if each.exists is part.exists else None
    is_known = parts.complete and all(each.text("Key") is not None for each in parts)
    return default if is_known else None
