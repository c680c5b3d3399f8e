"""What lets packets and calls through, or does not, wherever their way leads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph import (
    End,
    Graph,
    Link,
    Listing,
    SecurityGroup,
    Statement,
    Subnet,
    Vpc,
    VpcEndpoint,
    admitted,
    connects,
    decide,
)
from deploy.ecs.graph.addresses import ANY_PUBLIC, network
from deploy.ecs.graph.dhcp import uses_own_resolver
from deploy.ecs.graph.parts import Part
from deploy.ecs.graph.protocols import ports_cover
from deploy.ecs.graph.reading import parts_of
from deploy.ecs.preflight.egress.needs import Need
from deploy.ecs.preflight.workloads import Position

HTTPS = 443
EPHEMERAL = (1024, 32768, 60999)  # a sample: answers come to any of them
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Stop:
    """What is in the way: the catalogue's id, the part to mend with the property, and why."""

    fault: str
    part: Part
    path: tuple[str | int, ...]
    why: tuple[str, ...]
    cure: str


def named(part: Part) -> str:
    return part.resource.logical_id


@dataclass(frozen=True)
class Sender:
    """What sends from a subnet for one need, and what stops it: security groups, the network ACL,
    the network's resolver, an endpoint's policy."""

    graph: Graph
    position: Position
    subnet: Subnet
    need: Need

    @cached_property
    def vpc(self) -> Vpc | None:
        return self.subnet.vpc.node if self.subnet.vpc else None

    @property
    def end(self) -> End:
        return End(self.position.groups, self.subnet.cidr)

    @property
    def goal(self) -> str:
        return "the registry" if self.need.service == "internet" else self.need.service

    def at_endpoint(self, endpoint: VpcEndpoint) -> Iterator[Stop]:
        what = f"{named(endpoint)} takes over the name of {self.need.service} in {named(self.vpc)}."  # type: ignore[arg-type]
        inward = admitted("in", endpoint.security_groups, "tcp", HTTPS, self.end)
        if inward.truth is False:
            groups = _list(endpoint.security_groups)
            own = _list(self.position.groups) or "its groups"
            yield Stop(
                "N13",
                endpoint,
                ("SecurityGroupIds",),
                (what, f"Its group {groups} admits nothing on port 443 from {own}."),
                f"Let {groups} admit tcp 443 from {own}.",
            )
        outward = connects(self.end, End(endpoint.security_groups), "tcp", HTTPS)
        if inward.truth is not False and outward.truth is False:
            yield self._closed_groups(what)
        yield from self._acl_stops(inside=True)
        yield from self._dns_stops(what)
        yield from self.at_policy(endpoint, what)

    def at_public_addresses(self, what: str) -> Iterator[Stop]:
        anywhere = End(Listing(), ANY_PUBLIC)
        out = admitted("out", self.position.groups, "tcp", HTTPS, anywhere).truth
        if out is False and not (self.need.service == "s3" and self._names_public_block):
            yield self._closed_groups(what)
        yield from self._acl_stops(inside=False)

    @property
    def _names_public_block(self) -> bool:
        """Which may be some of S3's."""
        rules = (rule for each in self.position.groups if each.node for rule in each.node.egress)
        blocks = (
            network(each.cidr)
            for each in rules
            if ports_cover(each.protocol, each.first, each.last, HTTPS) is not False
        )
        return any(each is not None and not each.is_private for each in blocks)

    def at_policy(self, endpoint: VpcEndpoint, what: str) -> Iterator[Stop]:
        if endpoint.policy is None or not self.need.action or self.need.resource is None:
            return
        policy = endpoint.policy
        if self.need.service == "s3":
            policy = _not_of_own_buckets(policy)
        if _is_refused(policy, self.need):
            fault = "I05" if self.need.service == "s3" else "N17"
            wanted = self.need.resource if isinstance(self.need.resource, str) else "it"
            yield Stop(
                fault,
                endpoint,
                ("PolicyDocument",),
                (what, f"Its policy does not admit {self.need.action} on {wanted}."),
                f"Let the policy of {named(endpoint)} allow {self.need.action} on {wanted}.",
            )

    def _closed_groups(self, what: str) -> Stop:
        groups = _list(self.position.groups)
        group = next((each.node for each in self.position.groups if each.node), None)
        return Stop(
            "N18",
            group or self.position.said_by,
            ("SecurityGroupEgress",) if group else (),
            (what, f"Its group {groups} lets nothing out to it on port 443."),
            f"Let {groups} send tcp 443 out.",
        )

    def _acl_stops(self, *, inside: bool) -> Iterator[Stop]:
        acl = self.subnet.network_acl
        address = self.vpc.cidr if inside and self.vpc else ANY_PUBLIC
        if acl is None or address is None:
            return
        out = acl.admits("out", "tcp", HTTPS, address).truth
        back = [acl.admits("in", "tcp", port, address).truth for port in EPHEMERAL]
        if out is False or False in back:
            blocked = "port 443 out" if out is False else "the answers to ephemeral ports in"
            yield Stop(
                "N19",
                acl,
                (),
                (
                    f"{named(self.subnet)} has the network ACL {named(acl)}.",
                    f"It does not let {blocked}, and keeps no state of connections.",
                ),
                "Allow tcp 443 out and tcp 1024-65535 in.",
            )

    def _dns_stops(self, what: str) -> Iterator[Stop]:
        if self.vpc is not None and (options := uses_own_resolver(self.vpc)) is not None:
            yield Stop(
                "N20",
                options,
                ("DomainNameServers",),
                (
                    what,
                    f"{named(self.vpc)} asks the name servers that {named(options)} gives, which "
                    "know nothing of private names.",
                ),
                "Use AmazonProvidedDNS, or let these servers forward to it.",
            )


def _is_refused(policy: Listing[Statement], need: Need) -> bool:
    context = NOTHING
    if isinstance(need.resource, str) and need.resource.endswith("/*"):
        # An object's name is not known here; one that stands for all has no sign of patterns.
        return decide(policy, need.action, need.resource[:-1] + "0a1b", context).truth is False
    return decide(policy, need.action, need.resource, context).truth is False


def _not_of_own_buckets(policy: Listing[Statement]) -> Listing[Statement]:
    """The bucket of layers is AWS's, whatever those of the stacks will be called."""
    kept = tuple(each for each in policy if not _is_of_own_buckets(each))
    return Listing(kept, policy.complete)


def _is_of_own_buckets(statement: Statement) -> bool:
    found = statement.resources
    return len(found) > 0 and found.complete and all(_is_own(statement, each) for each in found)


def _is_own(statement: Statement, resource: Value) -> bool:
    symbols = (each for each in parts_of(resource) or () if not isinstance(each, str))
    return any(statement.graph.find(each) is not None for each in symbols)


def _list(groups: Listing[Link[SecurityGroup]]) -> str:
    names = [named(each.node) if each.node else str(each.value) for each in groups]
    return " and ".join(names)
