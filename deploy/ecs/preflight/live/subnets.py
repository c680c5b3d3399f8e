"""Subnets that no stack makes: their free addresses, and whether Fargate is offered there."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, Service
from deploy.ecs.preflight.finding import Finding, error, warning
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.live.asking import Answer
from deploy.ecs.preflight.live.container_instances import cluster_of, runs_on_fargate
from deploy.ecs.preflight.live.subjects import outside
from deploy.ecs.preflight.workloads import SUBNETS, workloads

FULL = (
    "InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses "
    "to satisfy the request."
)
# Regions where it is not in all zones; ids, since names differ between accounts:
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html
OFFERED = {
    "us-west-1": ("usw1-az1", "usw1-az3"),
    "ap-northeast-1": ("apne1-az1", "apne1-az2", "apne1-az4"),
}


def _in_existing(graph: Graph, account: Account) -> Iterator[tuple[Service, list[Answer]]]:
    for each in workloads(graph):
        node = each.node
        if not isinstance(node, Service) or each.network_mode != "awsvpc" or not node.exists:
            continue
        ids = [outside(link) for link in node.subnets]
        found = [account.subnet(id) if id else None for id in ids]
        known = [one for one in found if one]
        if known and len(known) == len(found) and node.subnets.complete:
            yield node, known


def are_there(graph: Graph, account: Account) -> Iterator[Finding]:
    for service in graph.all(Service):
        ids = [outside(each) for each in service.subnets]
        gone = [each for each in ids if each and account.subnet(each) == {}]
        if gone:
            yield error(
                "X04",
                service,
                *SUBNETS,
                why=(
                    f"{service.resource.logical_id} is to run in {' and '.join(gone)}.",
                    f"Account {account.id} has no such subnet in {account.region}.",
                ),
                message=f"InvalidSubnetID.NotFound: The subnet ID '{gone[0]}' does not exist",
                cure="Name subnets of this account and region.",
            )


def have_addresses(graph: Graph, account: Account) -> Iterator[Finding]:
    for service, subnets in _in_existing(graph, account):
        count = service.desired_count
        free = sum(each["AvailableIpAddressCount"] for each in subnets)
        has_others = any(each.get("Ipv6Native") for each in subnets)  # which are not counted
        if count is None or free >= count or has_others:
            continue
        # Some of what is taken may be its own.
        tell = warning if free else error
        name = service.resource.logical_id
        yield tell(
            "P18",
            service,
            *SUBNETS,
            why=(
                f"{name} wants {count} tasks, each with an address of its own.",
                f"{_ids(subnets)} have {free} left.",
            ),
            message=FULL,
            cure="Give it other subnets, or free addresses there.",
        )


def have_fargate(graph: Graph, account: Account) -> Iterator[Finding]:
    offered = OFFERED.get(account.region)
    if offered is None:
        return
    for service, subnets in _in_existing(graph, account):
        cluster = cluster_of(service, account) if service.launch is None else None
        if not runs_on_fargate(service, account.cluster(cluster) if cluster else None):
            continue
        others = [each for each in subnets if each.get("AvailabilityZoneId") not in offered]
        if others:
            tell = error if len(others) == len(subnets) else warning
            yield tell(
                "P16",
                service,
                *SUBNETS,
                why=(
                    f"{service.resource.logical_id} runs on Fargate in "
                    f"{' and '.join(each['AvailabilityZoneId'] for each in others)}.",
                    f"In {account.region} Fargate is offered in {', '.join(offered)} only.",
                ),
                message=f"(service {service.resource.logical_id}) was unable to place a task. "
                "Reason: Internal error.",
                cure="Name subnets in these zones.",
            )


def _ids(subnets: list[Answer]) -> str:
    return " and ".join(each["SubnetId"] for each in subnets)
