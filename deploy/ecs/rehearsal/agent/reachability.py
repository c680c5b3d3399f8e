"""Whether packets get from one network interface to another, or to AWS's services.

The rehearsal's own judgement of what the templates make. What cannot be known is let through.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from deploy.ecs.graph import Graph
from deploy.ecs.graph.endpoints import endpoints_of, gateways_of
from deploy.ecs.graph.parts import Link, Listing
from deploy.ecs.graph.security_groups import End, SecurityGroup, admitted, connects
from deploy.ecs.graph.subnets import Subnet
from deploy.ecs.graph.vpcs import Vpc

# Any address outside: AWS's services and load balancers have others all the time.
OUTSIDE = "52.0.0.1"
HTTPS = 443


@dataclass(frozen=True)
class Interface:
    """Where something is in the network: a task's own, an instance's, a load balancer's."""

    groups: tuple[str, ...]  # ids
    subnets: tuple[str, ...]
    address: str = ""
    has_public_address: bool = False


class Reachability:
    def __init__(self, graph: Graph, region: str) -> None:
        self.graph = graph
        self.region = region

    def end(self, interface: Interface, address: str = "") -> End:
        return End(self._groups(interface.groups), address or interface.address or None)

    def _groups(self, ids: Iterable[str]) -> Listing[Link[SecurityGroup]]:
        """Not complete where one is of no stack."""
        nodes = {each: self.graph.find(each, SecurityGroup) for each in ids}
        known = End.of([each for each in nodes.values() if each]).groups
        return Listing(known.items, complete=all(nodes.values()))

    def subnet(self, interface: Interface) -> Subnet | None:
        found = (self.graph.find(each, Subnet) for each in interface.subnets)
        return next((each for each in found if each), None)

    def vpc(self, interface: Interface) -> Vpc | None:
        subnet = self.subnet(interface)
        return subnet.vpc.node if subnet and subnet.vpc else None

    def reaches(self, source: Interface, target: Interface, port: int) -> bool:
        """Within the network."""
        there, here = self.vpc(source), self.vpc(target)
        if there and here and there is not here:
            return False
        groups = connects(self.end(source), self.end(target), "tcp", port).truth
        return groups is not False and self._lists_admit(source, target, port)

    def _lists_admit(self, source: Interface, target: Interface, port: int) -> bool:
        """Network ACLs, which have no memory: the answer has to be let through as well. Within a
        subnet there is none."""
        one, other = self.subnet(source), self.subnet(target)
        if one is None or other is None or one is other:
            return True
        ephemeral = 40000  # of the ports that a client may have
        judged = [
            (one, "out", port, other),
            (other, "in", port, one),
            (other, "out", ephemeral, one),
            (one, "in", ephemeral, other),
        ]
        return all(
            subnet.network_acl is None
            or subnet.network_acl.admits(direction, "tcp", number, peer.cidr or "").truth
            is not False
            for subnet, direction, number, peer in judged
        )

    def reaches_outside(self, source: Interface, port: int) -> bool:
        """By a NAT gateway, or by an internet gateway with an address of its own."""
        end = End(address=OUTSIDE, groups=Listing())
        if admitted("out", self._groups(source.groups), "tcp", port, end).truth is False:
            return False
        subnet = self.subnet(source)
        if subnet is None:
            return True
        if subnet.internet.truth is False:
            return False
        return subnet.is_public is not True or source.has_public_address

    def reaches_public(self, source: Interface, target: Interface, port: int) -> bool:
        """A load balancer that has public addresses: its group sees none of the caller's groups."""
        from_outside = End(address=OUTSIDE, groups=Listing())
        let_in = admitted("in", self._groups(target.groups), "tcp", port, from_outside).truth
        return let_in is not False and self.reaches_outside(source, port)

    def reaches_service(self, source: Interface, service: str) -> bool:
        """One of AWS's, by an endpoint whose private name stands before the public one."""
        vpc = self.vpc(source)
        if vpc is None:
            return True
        has_dns = vpc.dns_support is not False and vpc.dns_hostnames is not False
        for endpoint in endpoints_of(vpc, service):
            of_region = endpoint.service_region in {None, self.region}
            if endpoint.type == "Interface" and endpoint.private_dns and has_dns and of_region:
                if not endpoint.security_groups.complete:
                    return True
                groups, subnets = ids_of(endpoint.security_groups), ids_of(endpoint.subnets)
                return self.reaches(source, Interface(groups, subnets), HTTPS)
        return self.reaches_outside(source, HTTPS)

    def reaches_storage(self, source: Interface) -> bool:
        """S3, where the layers of images are: by a gateway endpoint or from outside."""
        subnet = self.subnet(source)
        table = subnet.route_table if subnet else None
        if table and len(gateways_of(table, "s3")):
            end = End(address=OUTSIDE, groups=Listing())
            return (
                admitted("out", self._groups(source.groups), "tcp", HTTPS, end).truth is not False
            )
        return self.reaches_service(source, "s3")


def ids_of(links: Iterable[Link[Any]]) -> tuple[str, ...]:
    """Physical ones."""
    nodes = ((each.node, each.value) for each in links)
    return tuple(
        node.physical.id if node and node.physical else str(value) for node, value in nodes
    )
