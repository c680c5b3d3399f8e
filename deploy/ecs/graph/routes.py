"""Route tables and where their routes lead."""

from functools import cached_property

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph.addresses import ANY_PUBLIC, covers, network
from deploy.ecs.graph.parts import Element, Link, Listing, Node, Part, is_meant
from deploy.ecs.graph.truth import Answer, Truth, all_of
from deploy.ecs.graph.vpcs import Vpc

TARGETS = {
    "NatGatewayId": "nat gateway",
    "VpcPeeringConnectionId": "peering",
    "TransitGatewayId": "transit gateway",
    "InstanceId": "instance",
    "NetworkInterfaceId": "network interface",
    "EgressOnlyInternetGatewayId": "egress only",
    "VpcEndpointId": "endpoint",
    "LocalGatewayId": "local gateway",
    "CarrierGatewayId": "carrier gateway",
    "CoreNetworkArn": "core network",
}


class Gateway(Node):
    """What a route may have as its target."""

    kind: str | None = None

    @property
    def leads(self) -> Truth:
        """Whether what is sent there gets on; None also for networks that are not known here."""
        return None


class RouteTable(Node):
    TYPES = ("AWS::EC2::RouteTable",)

    @property
    def vpc(self) -> Link[Vpc] | None:
        return self.link(Vpc, "VpcId")

    @cached_property
    def routes(self) -> Listing["Route"]:
        """With the one that every table has for the addresses of its own network."""
        written = (each.of_table(self) for each in self.graph.all(RouteResource))
        return Listing((self._local(), *(each for each in written if each)))

    def _local(self) -> "Route":
        vpc = self.vpc.node if self.vpc else None
        body = {"DestinationCidrBlock": vpc.raw("CidrBlock")} if vpc else {}
        return LocalRoute(self.graph, self.resource, body, self.at, self.exists)

    def way(self, address: str) -> "Answer[Route]":
        """Whether what is sent to that address gets on, with the routes that decide."""
        chosen, is_certain = self._chosen(address)
        truths = [each.leads for each in chosen] + ([] if is_certain else [False])
        return Answer(truths[0] if all(each == truths[0] for each in truths) else None, chosen)

    def _chosen(self, address: str) -> tuple[tuple["Route", ...], bool]:
        """By the longest prefix; more than one where that is not known. And whether there certainly
        is one."""
        possible = [each for each in self.routes if each.covers(address) is not False]
        certain = [each for each in possible if each.covers(address) and each.exists]
        best = max(certain, key=lambda each: each.prefix, default=None)
        rivals = [
            each
            for each in possible
            if each not in certain and (best is None or each.may_precede(best))
        ]
        return tuple(each for each in (best, *rivals) if each), best is not None

    @property
    def is_public(self) -> Truth:
        """Whether what is outside is behind an internet gateway."""
        chosen, is_certain = self._chosen(ANY_PUBLIC)
        kinds = {each.kind for each in chosen}
        if kinds == {"internet gateway"} and is_certain:
            return True
        return None if None in kinds or "internet gateway" in kinds else False


class Route(Part):
    @property
    def destination(self) -> str | None:
        return self.text("DestinationCidrBlock") or self.text("DestinationIpv6CidrBlock")

    @property
    def prefix_list(self) -> Value:
        return self.value("DestinationPrefixListId")

    @property
    def prefix(self) -> int:
        found = network(self.destination)
        return found.prefixlen if found else -1

    def covers(self, address: str) -> Truth:
        return covers(self.destination, address)

    def may_precede(self, other: "Route") -> bool:
        return self.destination is None or self.prefix >= other.prefix

    @property
    def kind(self) -> str | None:
        for name, kind in TARGETS.items():
            if self.given(name):
                return kind
        gateway = self.target.node if self.target else None
        if isinstance(gateway, Gateway):
            return gateway.kind
        return "internet gateway" if (self.text("GatewayId") or "").startswith("igw-") else None

    @property
    def target(self) -> Link[Node] | None:
        links = (self.link(Node, name) for name in ("GatewayId", *TARGETS))
        return next((each for each in links if each), None)

    @property
    def leads(self) -> Truth:
        gateway = self.target.node if self.target else None
        if isinstance(gateway, Gateway):
            return gateway.leads
        return True if self.kind == "internet gateway" else None


class LocalRoute(Route):
    @property
    def kind(self) -> str | None:
        return "local"

    @property
    def leads(self) -> Truth:
        return True

    def covers(self, address: str) -> Truth:
        found = super().covers(address)
        return False if found is None and address == ANY_PUBLIC else found


class RouteResource(Node):
    TYPES = ("AWS::EC2::Route",)

    def of_table(self, table: RouteTable) -> Route | None:
        """As a route of that table, if it may be one."""
        is_it = is_meant(table, self.link(RouteTable, "RouteTableId"))
        if is_it is False:
            return None
        exists = all_of([self.exists, is_it])
        return self.part_at(Route, Element(self.body, self.at, exists))
