"""Security groups, their rules wherever they are written, and what these admit."""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph.addresses import covers
from deploy.ecs.graph.listening import port_meant
from deploy.ecs.graph.parts import Element, Link, Listing, Node, Part, is_meant
from deploy.ecs.graph.protocols import ports_cover, protocol_named, protocols_meet
from deploy.ecs.graph.truth import Answer, Truth, all_of, any_of
from deploy.ecs.graph.vpcs import Vpc

EVERYWHERE = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
OTHERS = {
    "in": ("SourceSecurityGroupId", "SourceSecurityGroupName", "SourcePrefixListId"),
    "out": ("DestinationSecurityGroupId", "", "DestinationPrefixListId"),
}


class SecurityGroup(Node):
    TYPES = ("AWS::EC2::SecurityGroup",)

    @property
    def vpc(self) -> Link[Vpc] | None:
        return self.link(Vpc, "VpcId")

    @cached_property
    def ingress(self) -> Listing["Rule"]:
        return self._rules(IngressRule, "SecurityGroupIngress", StandaloneIngress)

    @cached_property
    def egress(self) -> Listing["Rule"]:
        """With AWS's own rule where the template has none, which lets everything out."""
        found = self._rules(EgressRule, "SecurityGroupEgress", StandaloneEgress)
        inline = self.parts(EgressRule, "SecurityGroupEgress")
        if len(inline) or not inline.complete:
            return found
        default = DefaultEgress(self.graph, self.resource, EVERYWHERE, self.at, self.exists)
        return Listing((default, *found), found.complete)

    def rules(self, direction: str) -> Listing["Rule"]:
        return self.ingress if direction == "in" else self.egress

    def _rules(
        self, kind: "type[Rule]", name: str, standalone: "type[StandaloneRule]"
    ) -> Listing["Rule"]:
        inline = self.parts(kind, name)
        added = (each.of_group(kind, self) for each in self.graph.all(standalone))
        return Listing((*inline, *(each for each in added if each)), inline.complete)


class Rule(Part):
    direction = ""
    is_default = False

    @property
    def group(self) -> "Link[SecurityGroup]":
        own = self.graph.node(self.resource.stack, self.resource.logical_id)
        if isinstance(own, SecurityGroup):
            return Link(own.reference, own, self.at, self.exists)
        return self.link(SecurityGroup, "GroupId") or Link(None, None, self.at, None)

    @cached_property
    def protocol(self) -> str | None:
        return protocol_named(self.text("IpProtocol"))

    @cached_property
    def first(self) -> int | None:
        return self._port("FromPort", 0)

    @cached_property
    def last(self) -> int | None:
        return self._port("ToPort", 65535)

    def _port(self, name: str, every: int) -> int | None:
        found = self.number(name)
        if found is None:
            found = port_meant(self, self.value(name))
        is_open = self.protocol == "all" or found == -1
        return every if is_open else found

    @cached_property
    def cidr(self) -> str | None:
        return self.text("CidrIp")

    @cached_property
    def cidr6(self) -> str | None:
        return self.text("CidrIpv6")

    @cached_property
    def other(self) -> Link[SecurityGroup] | None:
        by_id, by_name, _ = OTHERS[self.direction]
        return self.link(SecurityGroup, by_id) or self.link(SecurityGroup, by_name)

    @property
    def prefix_list(self) -> Value:
        return self.value(OTHERS[self.direction][2])

    @cached_property
    def source(self) -> str | None:
        """ "none" where nothing is written: CloudFormation then skips the rule without a word."""
        by_id, by_name, prefixes = OTHERS[self.direction]
        kinds = (
            ("CidrIp", "cidr"),
            ("CidrIpv6", "cidr6"),
            (by_id, "group"),
            (by_name, "group"),
            (prefixes, "prefix list"),
        )
        found = [(self.given(name), kind) for name, kind in kinds]
        written = [kind for is_given, kind in found if is_given]
        if written:
            return written[0]
        return None if any(is_given is None for is_given, _ in found) else "none"

    def covers(self, protocol: str, port: int, other: "End") -> Truth:
        return all_of(
            [
                self.exists,
                protocols_meet(self.protocol, protocol),
                ports_cover(self.protocol, self.first, self.last, port),
                self.admits(other),
            ]
        )

    def admits(self, other: "End") -> Truth:
        if self.source == "cidr":
            return covers(self.cidr, other.address)
        if self.source == "cidr6":
            return False if other.is_version_4 else None
        if self.source == "group":
            return self._has(other.groups)
        return False if self.source == "none" else None

    def _has(self, groups: Listing[Link[SecurityGroup]]) -> Truth:
        if self.other is None:
            return None
        wanted = self.other.node or self.other.value
        found = [
            all_of([each.exists, self.graph.same(wanted, each.node or each.value, SecurityGroup)])
            for each in groups
        ]
        return any_of([*found, False if groups.complete else None])


class IngressRule(Rule):
    direction = "in"


class EgressRule(Rule):
    direction = "out"


class DefaultEgress(EgressRule):
    is_default = True


class StandaloneRule(Node):
    def of_group(self, kind: type[Rule], group: SecurityGroup) -> Rule | None:
        """As a rule of that group, if it may be one."""
        wanted = self.link(SecurityGroup, "GroupId") or self.link(SecurityGroup, "GroupName")
        is_it = is_meant(group, wanted)
        if is_it is False:
            return None
        exists = all_of([self.exists, is_it])
        return self.part_at(kind, Element(self.body, self.at, exists))


class StandaloneIngress(StandaloneRule):
    TYPES = ("AWS::EC2::SecurityGroupIngress",)


class StandaloneEgress(StandaloneRule):
    TYPES = ("AWS::EC2::SecurityGroupEgress",)


@dataclass(frozen=True)
class End:
    """One end of a connection. `address` is an address or a block of them; None is not known."""

    groups: Listing[Link[SecurityGroup]]
    address: str | None = None

    @classmethod
    def of(cls, groups: Iterable[SecurityGroup], address: str | None = None) -> "End":
        links = (Link(each.id, each, each.at) for each in groups)
        return cls(Listing(tuple(links)), address)

    @property
    def is_version_4(self) -> bool:
        try:
            return ipaddress.ip_network(self.address or "", strict=False).version == 4
        except ValueError:
            return False


def admitted(
    direction: str,
    groups: Listing[Link[SecurityGroup]],
    protocol: str,
    port: int,
    other: End,
) -> Answer[Rule]:
    """What the groups of one end say, "in" or "out"; one that admits is enough."""
    judged = [(rule.covers(protocol, port, other), rule) for rule in _rules(groups, direction)]
    truth = any_of([each for each, _ in judged] + _doubts(groups, direction))
    return Answer(
        truth, tuple(rule for each, rule in judged if each is truth and truth is not False)
    )


def connects(source: End, target: End, protocol: str, port: int) -> Answer[Rule]:
    """What the groups of both ends say."""
    out = admitted("out", source.groups, protocol, port, target)
    into = admitted("in", target.groups, protocol, port, source)
    return Answer(all_of([out.truth, into.truth]), (*out.because, *into.because))


def _rules(groups: Listing[Link[SecurityGroup]], direction: str) -> Iterator[Rule]:
    for group in groups:
        if group.node is not None and group.exists is not False:
            yield from group.node.rules(direction)


def _doubts(groups: Listing[Link[SecurityGroup]], direction: str) -> list[Truth]:
    """None for each group or rule that may be there besides those that are known."""
    known = groups.complete and all(
        each.node is not None and each.node.rules(direction).complete for each in groups
    )
    return [] if known else [None]
