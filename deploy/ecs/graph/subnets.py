"""Subnets, and where what they send goes."""

from functools import cached_property

from deploy.ecs.evaluator.symbols import Value, Zone
from deploy.ecs.evaluator.values import is_known
from deploy.ecs.graph.addresses import ANY_PUBLIC
from deploy.ecs.graph.network_acls import NetworkAcl
from deploy.ecs.graph.parts import Link, N, Node, is_meant
from deploy.ecs.graph.routes import Route, RouteTable
from deploy.ecs.graph.truth import Answer, Truth, all_of
from deploy.ecs.graph.vpcs import Vpc


class RouteTableAssociation(Node):
    TYPES = ("AWS::EC2::SubnetRouteTableAssociation",)


class NetworkAclAssociation(Node):
    TYPES = ("AWS::EC2::SubnetNetworkAclAssociation",)


class Subnet(Node):
    TYPES = ("AWS::EC2::Subnet",)

    @property
    def vpc(self) -> Link[Vpc] | None:
        return self.link(Vpc, "VpcId")

    @property
    def zone(self) -> Value:
        return self.value("AvailabilityZone") or self.value("AvailabilityZoneId")

    @property
    def cidr(self) -> str | None:
        return self.text("CidrBlock")

    @property
    def maps_public_address(self) -> bool | None:
        return self.flag("MapPublicIpOnLaunch", default=False)

    def same_zone(self, other: "Subnet") -> Truth:
        return same_zone(self.zone, other.zone)

    @cached_property
    def route_table(self) -> RouteTable | None:
        """The one that it is associated with explicitly."""
        return self._associate(RouteTableAssociation, RouteTable, "RouteTableId")

    @property
    def uses_main_table(self) -> Truth:
        """The network's own route table, which no template describes."""
        return _uses_default(_associated(self, RouteTableAssociation))

    @cached_property
    def network_acl(self) -> NetworkAcl | None:
        return self._associate(NetworkAclAssociation, NetworkAcl, "NetworkAclId")

    @property
    def uses_default_acl(self) -> Truth:
        """The network's own, which admits everything unless somebody has changed it."""
        return _uses_default(_associated(self, NetworkAclAssociation))

    def _associate(self, association: type[Node], kind: type[N], name: str) -> N | None:
        found = _associated(self, association)
        if len(found) != 1 or not found[0][0]:
            return None
        link = found[0][1].link(kind, name)
        return link.node if link else None

    def way(self, address: str) -> Answer[Route]:
        """Whether its packets to that address get somewhere, by which route."""
        if self.route_table is None:
            return Answer(None)
        return self.route_table.way(address)

    @property
    def internet(self) -> Answer[Route]:
        """As far as the subnet goes: an internet gateway also wants a public address."""
        return self.way(ANY_PUBLIC)

    @property
    def is_public(self) -> Truth:
        """Whether what is outside goes to an internet gateway."""
        return None if self.route_table is None else self.route_table.is_public


def subnets_in(vpc: Vpc) -> tuple[Subnet, ...]:
    return tuple(each for each in vpc.graph.all(Subnet) if each.vpc and each.vpc.node is vpc)


def _associated(subnet: Subnet, kind: type[Node]) -> list[tuple[Truth, Node]]:
    """Those that are its own, with True, or may be, with None."""
    found: list[tuple[Truth, Node]] = []
    for each in subnet.graph.all(kind):
        is_it = all_of([each.exists, is_meant(subnet, each.link(Subnet, "SubnetId"))])
        if is_it is not False:
            found.append((is_it, each))
    return found


def _uses_default(associated: list[tuple[Truth, Node]]) -> Truth:
    if any(is_it for is_it, _ in associated):
        return False
    return None if associated else True


def same_zone(one: Value, other: Value) -> Truth:
    if one is None or other is None:
        return None
    if one == other and isinstance(one, str | Zone):
        return True
    if isinstance(one, Zone) and isinstance(other, Zone) and one.region == other.region:
        return one.index == other.index
    return False if is_known(one) and is_known(other) else None
