"""Zones: of targets, of load balancers and of subnet groups."""

import re
from collections.abc import Iterator

from deploy.ecs.evaluator.symbols import Attribute, Import, Parameter, Reference
from deploy.ecs.graph import Graph, Link, Listing, LoadBalancer, Subnet, SubnetGroup
from deploy.ecs.graph.reading import text
from deploy.ecs.preflight.connections.ends import Side, of_load_balancer, of_task
from deploy.ecs.preflight.connections.target_ports import Target, targets_of
from deploy.ecs.preflight.connections.wording import capital, listed
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.workloads import workloads

ONE = (str, Attribute, Import, Parameter, Reference)  # and not perhaps a list
LOCAL_ZONE = re.compile(r"[a-z-]+-\d+-[a-z0-9]+-\d[a-z]")  # such as us-west-2-lax-1a


def targets_are_in_zones_of_load_balancers(graph: Graph) -> Iterator[Finding]:
    for workload in workloads(graph):
        for target in targets_of(workload):
            balancer = of_load_balancer(target.balancer)
            for position in workload.positions:
                task = of_task(workload, position)
                if outside := _outside(task, balancer):
                    yield _not_in_use(target, balancer, task, outside)


def _outside(task: Side, balancer: Side) -> list[Subnet]:
    if not balancer.subnets.complete or any(each.node is None for each in balancer.subnets):
        return []
    enabled = balancer.known_subnets
    return [
        each
        for each in task.known_subnets
        if enabled and all(each is not one and each.same_zone(one) is False for one in enabled)
    ]


def _not_in_use(target: Target, balancer: Side, task: Side, outside: list[Subnet]) -> Finding:
    name = target.balancer.resource.logical_id
    zones = listed(_zone(each) for each in outside)
    return error(
        "B13",
        target.balancer,
        _subnets_property(target.balancer),
        why=[
            f"{capital(task.label)} may be in {listed(map(_where, outside))}.",
            f"{name} is in {listed(map(_where, balancer.known_subnets))}, and sends to targets "
            "in zones of its own subnets only.",
        ],
        message=(
            f"(service {target.workload.node.resource.logical_id}) is unhealthy in (target-group "
            f"{target.group.resource.logical_id}) due to (reason Target is in an Availability "
            "Zone that is not enabled for the load balancer) [Target.NotInUse]"
        ),
        cure=f"Add a subnet in {zones} to {name}, or take the tasks out of there.",
    )


def load_balancers_have_two_zones(graph: Graph) -> Iterator[Finding]:
    for each in graph.all(LoadBalancer):
        if each.type != "application" or _is_elsewhere(each.subnets):
            continue
        count, twins = _zones(each.subnets), _twins(each.subnets)
        if count is not None and count < 2:
            yield _too_few_zones(each)
        elif twins:
            yield _twice_in_a_zone(each, twins)


def _too_few_zones(balancer: LoadBalancer) -> Finding:
    name = balancer.resource.logical_id
    return error(
        "B14",
        balancer,
        _subnets_property(balancer),
        why=[
            f"The application load balancer {name} is in {_of(balancer.subnets)}.",
            "It needs two zones.",
        ],
        message="At least two subnets in two different Availability Zones must be specified",
        cure=f"Give {name} a second subnet in another zone.",
    )


def _twice_in_a_zone(balancer: LoadBalancer, twins: tuple[Subnet, Subnet]) -> Finding:
    name = balancer.resource.logical_id
    return error(
        "B14",
        balancer,
        _subnets_property(balancer),
        why=[
            f"Of the subnets of {name}, {listed(map(_where, twins))} are in one zone.",
            "Of each zone it takes one.",
        ],
        message=(
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone"
        ),
        cure=f"Take one of {listed(each.resource.logical_id for each in twins)} out of {name}.",
    )


def subnet_groups_have_two_zones(graph: Graph) -> Iterator[Finding]:
    for each in graph.all(SubnetGroup):
        count = _zones(each.subnets)
        if count is None or count > 1 or _is_elsewhere(each.subnets):
            continue
        zone = _zone(each.subnets[0].node) if len(each.subnets) else "none"
        yield error(
            "D08",
            each,
            "SubnetIds",
            why=[f"{each.resource.logical_id} has {_of(each.subnets)}.", "It needs two zones."],
            message=(
                "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "
                f"Current AZ coverage: {zone}. Add subnets to cover at least 2 AZs."
            ),
            cure="Add a subnet in another zone, also where the database is in one only.",
        )


def _zones(subnets: Listing[Link[Subnet]]) -> int | None:
    """How many at most; None where there may be more than is known."""
    is_each_one = all(each.node or isinstance(each.value, ONE) for each in subnets)
    if not subnets.complete or not is_each_one:
        return None
    different: list[Link[Subnet]] = []
    for each in subnets:
        if not any(_same(each, one) for one in different):
            different.append(each)
    return len(different)


def _same(one: Link[Subnet], other: Link[Subnet]) -> bool:
    if one.node is None or other.node is None:
        return bool(one.value == other.value)
    return one.node is other.node or one.node.same_zone(other.node) is True


def _twins(subnets: Listing[Link[Subnet]]) -> tuple[Subnet, Subnet] | None:
    nodes = [each.node for each in subnets if each.node is not None and each.exists is True]
    for index, one in enumerate(nodes):
        for other in nodes[:index]:
            if one is not other and one.same_zone(other):
                return other, one
    return None


def _is_elsewhere(subnets: Listing[Link[Subnet]]) -> bool:
    """On an Outpost or in a Local Zone, of which one is enough."""
    nodes = [each.node for each in subnets if each.node is not None]
    return any(
        each.given("OutpostArn") is not False or LOCAL_ZONE.fullmatch(text(each.zone) or "")
        for each in nodes
    )


def _of(subnets: Listing[Link[Subnet]]) -> str:
    if not len(subnets):
        return "no subnet"
    nodes = [each.node for each in subnets if each.node is not None]
    return listed(map(_where, nodes)) or f"one subnet, {text(subnets[0].value) or 'of elsewhere'}"


def _where(subnet: Subnet) -> str:
    return f"{subnet.resource.logical_id} (zone {_zone(subnet)})"


def _zone(subnet: Subnet | None) -> str:
    if subnet is None:
        return "that of its one subnet"
    index = getattr(subnet.zone, "index", None)
    if index is not None:
        return f"number {index} of the region"
    return text(subnet.zone) or f"that of {subnet.resource.logical_id}"


def _subnets_property(balancer: LoadBalancer) -> str:
    return "SubnetMappings" if balancer.given("SubnetMappings") else "Subnets"
