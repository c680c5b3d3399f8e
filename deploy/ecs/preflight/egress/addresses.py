"""Whether subnets have addresses for all tasks: AWS keeps five of each."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, Service
from deploy.ecs.graph.addresses import network
from deploy.ecs.preflight.egress.filters import named
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.workloads import workloads

KEPT = 5  # https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html


def subnets_have_addresses(graph: Graph) -> Iterator[Finding]:
    for workload in workloads(graph):
        node = workload.node
        if not isinstance(node, Service) or workload.network_mode != "awsvpc":
            continue
        blocks = [network(each.node.cidr) if each.node else None for each in node.subnets]
        count = node.desired_count
        if not node.subnets.complete or not blocks or None in blocks or count is None:
            continue
        free = sum(each.num_addresses - KEPT for each in blocks if each)
        if count > free:
            yield error(
                "P18",
                node,
                "NetworkConfiguration",
                "AwsvpcConfiguration",
                "Subnets",
                why=(
                    f"{named(node)} wants {count} tasks, each with an address of its own.",
                    f"Its subnets have {free} addresses besides the five that AWS keeps of each.",
                ),
                message="InsufficientFreeAddressesInSubnet: The specified subnet does not have "
                "enough free addresses to satisfy the request.",
                cure="Give it larger or more subnets, or fewer tasks.",
            )
