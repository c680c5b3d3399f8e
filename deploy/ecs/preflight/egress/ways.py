"""Which way packets take from a subnet to a service of AWS, and what stops them.

An endpoint with private DNS takes over the service's name for the whole network, also where there
is a NAT gateway; a gateway endpoint wins over other routes of its table.
"""

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
    Truth,
    Vpc,
    VpcEndpoint,
    admitted,
    connects,
    decide,
)
from deploy.ecs.graph.addresses import ANY_PUBLIC
from deploy.ecs.graph.dhcp import may_have_options, uses_own_resolver
from deploy.ecs.graph.endpoints import endpoints_of, gateways_of
from deploy.ecs.graph.parts import Part, is_meant
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
class Way:
    """From one subnet, for one need. `stops` is empty where it gets there, or nobody knows."""

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

    @cached_property
    def stops(self) -> tuple[Stop, ...]:
        if self.vpc is None:
            return ()
        if self.vpc.dns_support is False and not may_have_options(self.vpc):
            return (self._no_names(self.vpc),)
        if self.need.service == "s3":
            return tuple(self._to_s3())
        return tuple(self._to_endpoint_or_internet())

    def _no_names(self, vpc: Vpc) -> Stop:
        return Stop(
            "N12",
            vpc,
            ("EnableDnsSupport",),
            (
                f"EnableDnsSupport of {named(vpc)} is false: nothing in it resolves a name, that "
                f"of {self._goal} neither.",
            ),
            "Set EnableDnsSupport to true.",
        )

    # Interface endpoints

    def _to_endpoint_or_internet(self) -> Iterator[Stop]:
        endpoints = self._endpoints()
        serving = [each for each in endpoints if self._takes_over(each)]
        if serving:
            yield from self._through(serving)
            return
        if self._to_internet is not False or not endpoints.complete:
            if self._to_internet:
                yield from self._stopped_at_public_addresses(self._leaving)
            return
        if any(self._takes_over(each) is None for each in endpoints):
            return
        broken = [stop for each in endpoints for stop in self._not_resolved(each)]
        yield from broken or self._missing()

    def _endpoints(self) -> Listing[VpcEndpoint]:
        return endpoints_of(self.vpc, self.need.service) if self.vpc else Listing((), False)

    def _takes_over(self, endpoint: VpcEndpoint) -> Truth:
        """Whether the service's name leads to it."""
        vpc = self.vpc
        if vpc is None or endpoint.private_dns is None:
            return None
        region = self.graph.environment(endpoint.resource.stack).region
        wrong_region = None not in (endpoint.service_region, region)
        if wrong_region and endpoint.service_region != region:
            return False
        settings = (endpoint.private_dns, vpc.dns_support, vpc.dns_hostnames)
        if False in settings:
            return False
        return None if None in settings or endpoint.exists is None else True

    def _through(self, endpoints: list[VpcEndpoint]) -> Iterator[Stop]:
        """One that lets it through is enough: they share the name."""
        each_stops = [tuple(self._at(each)) for each in endpoints]
        if all(each_stops):
            yield from each_stops[0]

    def _at(self, endpoint: VpcEndpoint) -> Iterator[Stop]:
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
        yield from self._policy_stops(endpoint, what)

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

    def _policy_stops(self, endpoint: VpcEndpoint, what: str) -> Iterator[Stop]:
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

    def _not_resolved(self, endpoint: VpcEndpoint) -> Iterator[Stop]:
        """Why the service's name does not lead to an endpoint that is there."""
        region = self.graph.environment(endpoint.resource.stack).region
        if endpoint.service_region not in {None, region} and region is not None:
            yield Stop(
                "N14",
                endpoint,
                ("ServiceName",),
                (f"{named(endpoint)} is for {endpoint.service_region}, the stack is in {region}.",),
                f"Name com.amazonaws.{region}.{self.need.service}.",
            )
        elif endpoint.private_dns is False:
            yield Stop(
                "N11",
                endpoint,
                ("PrivateDnsEnabled",),
                (
                    f"{named(endpoint)} is there, but without private DNS the name of "
                    f"{self.need.service} means its public addresses.",
                ),
                "Set PrivateDnsEnabled to true.",
            )
        elif self.vpc is not None:
            name = "EnableDnsSupport" if self.vpc.dns_support is False else "EnableDnsHostnames"
            yield Stop(
                "N12",
                self.vpc,
                (name,),
                (f"{named(endpoint)} has private DNS, which needs {name} in {named(self.vpc)}.",),
                f"Set {name} to true.",
            )

    # The internet

    @cached_property
    def _to_internet(self) -> Truth:
        """Whether the subnet and the address have a way out, whatever filters there are."""
        table = self.subnet.route_table
        if table is None:
            return None
        way = self.subnet.internet
        if way.truth is not True:
            return way.truth
        kinds = {each.kind for each in way.because}
        if kinds == {"internet gateway"}:
            return self.position.public_address
        return None if "internet gateway" in kinds else True

    @property
    def _leaving(self) -> str:
        return f"What it sends to {self._goal} leaves {named(self.subnet)} for the internet."

    def _stopped_at_public_addresses(self, what: str) -> Iterator[Stop]:
        if (
            admitted("out", self.position.groups, "tcp", HTTPS, End(Listing(), ANY_PUBLIC)).truth
            is False
        ):
            yield self._closed_groups(what)
        yield from self._acl_stops(inside=False)

    @property
    def _goal(self) -> str:
        return "the registry" if self.need.service == "internet" else self.need.service

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

    # S3, where the layers of images are

    def _to_s3(self) -> Iterator[Stop]:
        table = self.subnet.route_table
        if table is None or self.vpc is None:
            return
        gateways = gateways_of(table, "s3")
        if len(gateways):
            what = f"{named(gateways[0])} takes what {named(table)} sends to S3."
            for each in gateways:
                yield from self._policy_stops(each, what)
            yield from self._stopped_at_public_addresses(
                f"{what} The addresses of S3 are public ones there too."
            )
            return
        if not gateways.complete or self._to_internet is not False:
            if gateways.complete and self._to_internet:
                yield from self._stopped_at_public_addresses(self._leaving)
            return
        others = endpoints_of(self.vpc, "s3")
        if not others.complete or any(each.type != "Gateway" for each in others):
            return
        if len(others):
            yield Stop(
                "N15",
                others[0],
                ("RouteTableIds",),
                (
                    f"{named(self.subnet)} uses the route table {named(table)}.",
                    f"{named(others[0])} is not on it, and it has no other way to S3.",
                ),
                f"Add {named(table)} to the RouteTableIds of {named(others[0])}.",
            )
        else:
            yield from self._missing()

    def _missing(self) -> Iterator[Stop]:
        """Nothing leads there; the caller says which fault that is."""
        yield Stop("", self.position.said_by, (), (), "")


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


def foreign_endpoints(graph: Graph, vpc: Vpc, service: str) -> list[VpcEndpoint]:
    """Of that service in other networks of these stacks."""
    return [
        each
        for each in graph.all(VpcEndpoint)
        if each.service == service and is_meant(vpc, each.vpc) is False
    ]
