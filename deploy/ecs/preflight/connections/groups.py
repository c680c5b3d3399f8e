"""Whether security groups are complete, and of the network that they are used in."""

from collections.abc import Iterator

from deploy.ecs.graph import (
    AutoScalingGroup,
    Database,
    Graph,
    LoadBalancer,
    SecurityGroup,
    Subnet,
    Vpc,
)
from deploy.ecs.graph.parts import Link, Listing, Part
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.workloads import position_of, workloads


def rules_have_sources(graph: Graph) -> Iterator[Finding]:
    for group in graph.all(SecurityGroup):
        for rule in (*group.rules("in"), *group.rules("out")):
            if rule.source == "none" and rule.exists is not False and not rule.is_default:
                yield error(
                    "X02",
                    rule,
                    why=(
                        f"A rule of {group.resource.logical_id} names no CIDR, no prefix list and "
                        "no group.",
                    ),
                    message="Nothing: CloudFormation skips the rule.",
                    cure="Say from where, or whereto.",
                )


Use = tuple[Part, Listing[Link[SecurityGroup]], list[Subnet | None]]


def _uses(graph: Graph) -> Iterator[Use]:
    for workload in workloads(graph):
        if workload.network_mode == "awsvpc":
            yield workload.node, workload.node.security_groups, _nodes(workload.node.subnets)
    for balancer in graph.all(LoadBalancer):
        yield balancer, balancer.security_groups, _nodes(balancer.subnets)
    for database in graph.all(Database):
        yield database, database.security_groups, _nodes(database.subnets)
    for group in graph.all(AutoScalingGroup):
        if position := position_of(group):
            yield position.said_by, position.groups, _nodes(position.subnets)


def _nodes(links: Listing[Link[Subnet]]) -> list[Subnet | None]:
    return [each.node for each in links]


def groups_are_of_the_network(graph: Graph) -> Iterator[Finding]:
    told: set[SecurityGroup] = set()
    for user, groups, subnets in _uses(graph):
        vpcs = {each.vpc.node if each and each.vpc else None for each in subnets}
        vpc = vpcs.pop() if len(vpcs) == 1 else None
        for link in groups:
            group = link.node
            if vpc is None or group is None or group in told:
                continue
            if _is_of_another(group, vpc):
                told.add(group)
                yield _elsewhere(group, vpc, user)


def _is_of_another(group: SecurityGroup, vpc: Vpc) -> bool:
    if group.given("VpcId") is False:
        return True
    return bool(group.vpc and group.vpc.node and group.vpc.node is not vpc)


def _elsewhere(group: SecurityGroup, vpc: Vpc, user: Part) -> Finding:
    is_default = group.given("VpcId") is False
    return error(
        "X03",
        group,
        "VpcId",
        why=(
            f"{group.resource.logical_id} has no VpcId, so it is of the account's default network."
            if is_default
            else f"{group.resource.logical_id} is of another network.",
            f"{user.resource.logical_id} uses it in {vpc.resource.logical_id}.",
        ),
        message="InvalidGroup.NotFound: You have specified two resources that belong to different "
        "networks",
        cure=f"Set VpcId to {vpc.resource.logical_id}.",
    )
