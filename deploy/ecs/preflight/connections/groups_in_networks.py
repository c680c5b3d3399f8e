"""Whether security groups are of the network that they are used in."""

from collections.abc import Iterator

from deploy.ecs.graph import (
    AutoScalingGroup,
    Ec2Instance,
    Graph,
    LoadBalancer,
    Schedule,
    SecurityGroup,
    Service,
    VpcEndpoint,
)
from deploy.ecs.graph.databases import Database
from deploy.ecs.graph.parts import Link, Listing, Node
from deploy.ecs.graph.subnets import Subnet
from deploy.ecs.graph.vpcs import Vpc
from deploy.ecs.preflight.connections.ends import Side, of_database, of_load_balancer
from deploy.ecs.preflight.connections.uses import whole_databases
from deploy.ecs.preflight.connections.wording import capital
from deploy.ecs.preflight.finding import Finding, error

MOUNT_TARGET = "AWS::EFS::MountTarget"


def groups_are_of_the_network(graph: Graph) -> Iterator[Finding]:
    for side in _users(graph):
        if side.vpc is None or not side.known_subnets:
            continue
        for link in side.groups:
            if link.node is not None and link.exists and _is_of_another(link.node, side.vpc):
                yield _misplaced(link.node, side, side.vpc)


def _users(graph: Graph) -> Iterator[Side]:
    yield from (of_load_balancer(each) for each in graph.all(LoadBalancer))
    yield from (of_database(each) for each in whole_databases(graph))
    placed: tuple[Service | Schedule | VpcEndpoint, ...]
    placed = (*graph.all(Service), *graph.all(Schedule), *graph.all(VpcEndpoint))
    yield from (_side(each, each.security_groups, each.subnets) for each in placed)
    for group in graph.all(AutoScalingGroup):
        if group.machine is not None:
            yield _side(group, group.machine.security_groups, group.subnets)
    for instance in graph.all(Ec2Instance):
        yield _side(instance, instance.machine.security_groups, _one(instance.machine.subnet))
    for each in graph.nodes:
        if each.resource.type == MOUNT_TARGET:
            groups = each.links(SecurityGroup, "SecurityGroups")
            yield _side(each, groups, _one(each.link(Subnet, "SubnetId")))


def _one(subnet: Link[Subnet] | None) -> Listing[Link[Subnet]]:
    return Listing((subnet,)) if subnet else Listing((), complete=False)


def _side(node: Node, groups: Listing[Link[SecurityGroup]], subnets: Listing[Link[Subnet]]) -> Side:
    return Side(node.resource.logical_id, node, (), groups, subnets)


def _is_of_another(group: SecurityGroup, vpc: Vpc) -> bool:
    """No stack makes the account's default network, of which a group without VpcId is."""
    if group.given("VpcId") is False:
        return True
    other = group.vpc.node if group.vpc else None
    return other is not None and other is not vpc


def _misplaced(group: SecurityGroup, side: Side, vpc: Vpc) -> Finding:
    name, network = group.resource.logical_id, vpc.resource.logical_id
    other = group.vpc.node if group.vpc else None
    where = f"of {other.resource.logical_id}" if other else (
        "of the account's default network, since it has no VpcId"
    )  # fmt: skip
    return error(
        "X03",
        group,
        "VpcId",
        why=[
            f"{name} is {where}.",
            f"{capital(side.label)} has it, and is in the network {network}.",
        ],
        message=_message(group, side),
        cure=f"Set VpcId: !Ref {network} in {name}.",
    )


def _message(group: SecurityGroup, side: Side) -> str:
    name = group.resource.logical_id
    if isinstance(side.part, LoadBalancer):
        return "One or more security groups are invalid"
    if isinstance(side.part, Database):
        return f"The DB instance and EC2 security group {name} are in different VPCs."
    subnet = side.known_subnets[0].resource.logical_id
    return f"Security group {name} and subnet {subnet} belong to different networks."
