"""What uses a route while it is made has to wait for the route."""

import re
from collections.abc import Iterator

from deploy.ecs.graph import (
    AutoScalingGroup,
    Ec2Instance,
    GatewayAttachment,
    Graph,
    InternetGateway,
    LoadBalancer,
    NatGateway,
    Subnet,
)
from deploy.ecs.graph.parts import Node, is_meant
from deploy.ecs.graph.reading import parts_of
from deploy.ecs.preflight.egress.filters import named
from deploy.ecs.preflight.egress.needs import Need
from deploy.ecs.preflight.egress.ways import Way
from deploy.ecs.preflight.finding import Finding, error, note, warning
from deploy.ecs.preflight.workloads import Position, position_of

SIGNAL = re.compile(r"\bcfn-(signal|init)\b")


def waits_for_its_route(graph: Graph) -> Iterator[Finding]:
    for gateway in graph.all(NatGateway):
        if gateway.subnet and gateway.subnet.node and gateway.is_private is False:
            yield from _unordered(gateway, gateway.subnet.node)
    for instance in graph.all(Ec2Instance):
        machine = instance.machine
        if machine.subnet and machine.subnet.node and machine.given("UserData"):
            yield from _unordered(instance, machine.subnet.node)
    for balancer in graph.all(LoadBalancer):
        subnets = [each.node for each in balancer.subnets if each.node]
        if balancer.scheme == "internet-facing" and subnets:
            yield from _unordered(balancer, subnets[0])


def _unordered(node: Node, subnet: Subnet) -> Iterator[Finding]:
    """Only what needs an attached gateway to be made at all is wrong without waiting for it."""
    routes = [each for each in subnet.internet.because if each.kind == "internet gateway"]
    if len(routes) != 1 or subnet.internet.truth is not True:
        return
    gateway = routes[0].target.node if routes[0].target else None
    wanted = _attachments(gateway) if isinstance(gateway, InternetGateway) else []
    own = [each for each in wanted if each.resource.stack == node.resource.stack]
    if own and not any(waits_for(node, each) for each in own):
        is_nat = isinstance(node, NatGateway)
        tell = warning if is_nat and not _elastic_address_waits(node, own) else note
        yield tell(
            "X01",
            node,
            why=(
                f"{named(node)} needs the internet gateway {named(gateway)} "  # type: ignore[arg-type]
                f"while it is made, in {named(subnet)}.",
                f"Nothing makes it wait for {named(own[0])}.",
            ),
            message="Network vpc has no Internet gateway attached, or a time-out, now and then.",
            cure=f"Add DependsOn: {named(own[0])}.",
        )


def _attachments(gateway: InternetGateway) -> list[GatewayAttachment]:
    found = gateway.graph.all(GatewayAttachment)
    return [each for each in found if is_meant(gateway, each.gateway)]


def _elastic_address_waits(node: Node, wanted: list[GatewayAttachment]) -> bool:
    return any(waits_for(node, each) for each in wanted)


def waits_for(node: Node, other: Node, seen: frozenset[str] = frozenset()) -> bool:
    """Whether CloudFormation makes `other` before it, by DependsOn or by a reference."""
    before = {*node.resource.depends_on, *node.resource.refers_to} - seen
    if other.resource.logical_id in before:
        return True
    found = (node.graph.node(node.resource.stack, each) for each in before)
    return any(each and waits_for(each, other, seen | before) for each in found)


def signals_arrive(graph: Graph) -> Iterator[Finding]:
    for group in graph.all(AutoScalingGroup):
        position = position_of(group)
        machine = group.machine
        if position and machine and _sends_signal(machine.user_data):
            yield from _signal(graph, group, position)


def _sends_signal(user_data: object) -> bool:
    parts = parts_of(user_data) or ()
    return any(isinstance(each, str) and SIGNAL.search(each) for each in parts)


def _signal(graph: Graph, group: AutoScalingGroup, position: Position) -> Iterator[Finding]:
    need = Need("cloudformation", "signals CloudFormation", True)
    for subnet in position.known_subnets:
        way = Way(graph, position, subnet, need)
        if way.stops:
            waits = group.resource.attributes.get("CreationPolicy") is not None
            tell = error if waits else warning
            yield tell(
                "N21",
                group,
                "VPCZoneIdentifier",
                why=(
                    f"The instances of {named(group)} run cfn-init or cfn-signal.",
                    f"{named(subnet)} has no way out, and there is no endpoint for cloudformation.",
                ),
                message="Received 0 SUCCESS signal(s) out of 1. Unable to satisfy 100% "
                "MinSuccessfulInstancesPercent requirement",
                cure="Add an endpoint for cloudformation, or a route to a NAT gateway.",
            )
            return
