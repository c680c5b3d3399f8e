"""Endpoints: doors to AWS's services inside a network."""

import re
from functools import cached_property

from deploy.ecs.evaluator.symbols import Pseudo
from deploy.ecs.graph.parts import Link, Listing, Node, is_meant
from deploy.ecs.graph.reading import agreed, parts_of
from deploy.ecs.graph.routes import RouteTable
from deploy.ecs.graph.security_groups import SecurityGroup
from deploy.ecs.graph.statements import Statement, statements
from deploy.ecs.graph.subnets import Subnet
from deploy.ecs.graph.truth import Truth, all_of
from deploy.ecs.graph.vpcs import Vpc

# com.amazonaws.eu-central-1.ecr.api; the region may be a pseudo parameter
SERVICE = re.compile(r"(?:cn\.)?com\.amazonaws\.([a-z0-9-]+|\0)\.(.+)")


class VpcEndpoint(Node):
    TYPES = ("AWS::EC2::VPCEndpoint",)

    @property
    def vpc(self) -> Link[Vpc] | None:
        return self.link(Vpc, "VpcId")

    @property
    def service(self) -> str | None:
        """Without what all names begin with: "secretsmanager", "ecr.api"."""
        return self._name[1] if self._name else None

    @property
    def service_region(self) -> str | None:
        """None also where it is the stack's own, and that is not known."""
        if self._name is None:
            return None
        return self._name[0] or self.graph.environment(self.resource.stack).region

    @cached_property
    def _name(self) -> tuple[str, str] | None:
        return agreed(self.raw("ServiceName"), _service)

    @property
    def type(self) -> str | None:
        return self.text("VpcEndpointType", default="Gateway")

    @property
    def subnets(self) -> Listing[Link[Subnet]]:
        return self.links(Subnet, "SubnetIds")

    @property
    def security_groups(self) -> Listing[Link[SecurityGroup]]:
        """None given means the network's default group, which no template describes."""
        if self.given("SecurityGroupIds") is False:
            return Listing(complete=False)
        return self.links(SecurityGroup, "SecurityGroupIds")

    @property
    def private_dns(self) -> bool | None:
        return self.flag("PrivateDnsEnabled", default=False)

    @property
    def route_tables(self) -> Listing[Link[RouteTable]]:
        return self.links(RouteTable, "RouteTableIds")

    @cached_property
    def policy(self) -> Listing[Statement] | None:
        """None where it has none of its own, and so admits everything."""
        if self.given("PolicyDocument") is False:
            return None
        return statements(self, "PolicyDocument")

    def serves(self, table: RouteTable) -> Truth:
        """Whether a gateway endpoint is in that route table."""
        links = self.route_tables
        found = [all_of([each.exists, is_meant(table, each)]) for each in links]
        if True in found:
            return True
        return False if links.complete and None not in found else None


class InstanceConnectEndpoint(Node):
    TYPES = ("AWS::EC2::InstanceConnectEndpoint",)

    @property
    def subnet(self) -> Link[Subnet] | None:
        return self.link(Subnet, "SubnetId")

    @property
    def security_groups(self) -> Listing[Link[SecurityGroup]]:
        if self.given("SecurityGroupIds") is False:
            return Listing(complete=False)
        return self.links(SecurityGroup, "SecurityGroupIds")


def endpoints_of(vpc: Vpc, service: str) -> Listing[VpcEndpoint]:
    """Not complete where one that is not known well enough may be another."""
    found, complete = [], True
    for each in vpc.graph.all(VpcEndpoint):
        is_it = all_of([is_meant(vpc, each.vpc), _is(each.service, service)])
        if is_it:
            found.append(each)
        complete = complete and is_it is not None
    return Listing(tuple(found), complete)


def gateways_of(table: RouteTable, service: str) -> Listing[VpcEndpoint]:
    """The gateway endpoints that the table leads to, likewise."""
    found, complete = [], True
    for each in table.graph.all(VpcEndpoint):
        is_it = all_of([_is(each.type, "Gateway"), _is(each.service, service), each.serves(table)])
        if is_it:
            found.append(each)
        complete = complete and is_it is not None
    return Listing(tuple(found), complete)


def _is(known: str | None, wanted: str) -> Truth:
    return None if known is None else known == wanted


def _service(value: object) -> tuple[str, str] | None:
    """Region and service; the region is "" where it is the stack's own."""
    parts = parts_of(value)
    if parts is None:
        return None
    is_region = [isinstance(each, Pseudo) and each.name == "AWS::Region" for each in parts]
    pairs = zip(parts, is_region, strict=True)
    written = "".join(
        "\0" if own else each if isinstance(each, str) else "\1" for each, own in pairs
    )
    found = SERVICE.fullmatch(written)
    if found is None or "\1" in written:
        return None
    return found[1].strip("\0"), found[2]
