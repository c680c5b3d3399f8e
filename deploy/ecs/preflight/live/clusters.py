"""Clusters that no stack makes: whether they are there, and have instances."""

from collections.abc import Iterator

from deploy.ecs.graph import Cluster, Graph, Service
from deploy.ecs.preflight.finding import Finding, error, warning
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.live.container_instances import cluster_of, placed
from deploy.ecs.preflight.live.subjects import may_be_made
from deploy.ecs.preflight.placement.fleet import count_of
from deploy.ecs.preflight.placement.words import no_instances, unplaced


def are_there(graph: Graph, account: Account) -> Iterator[Finding]:
    services = () if may_be_made(graph, Cluster) else graph.all(Service)
    for service in services:
        cluster = cluster_of(service, account)
        found = account.cluster(cluster) if cluster else None
        if found is None or found.get("status") == "ACTIVE" or service.exists is False:
            continue
        lacking = (
            f"{account.region} has no cluster {cluster}."
            if not found
            else f"The cluster {cluster} is {found.get('status')}."
        )
        is_inactive = found.get("status") == "INACTIVE"
        yield error(
            "P11",
            service,
            "Cluster",
            why=(f"{service.resource.logical_id} runs in the cluster {cluster}.", lacking),
            message="ClusterNotFoundException: Cluster not found."
            if not found or is_inactive
            else no_instances(service),
            cure="Name one that is there, or add an AWS::ECS::Cluster.",
        )


def have_instances(graph: Graph, account: Account) -> Iterator[Finding]:
    for each in placed(graph, account):
        is_wanted = count_of(each.service) and each.service.scheduling == "REPLICA"
        if is_wanted and not each.instances:
            yield error(
                "P11",
                each.service,
                "Cluster",
                why=(
                    f"{each.name} runs on instances of the cluster {each.cluster}.",
                    "None is active there, and no capacity provider starts one.",
                ),
                message=no_instances(each.service),
                cure="Register instances with it, or run the service on Fargate.",
            )


def agents_are_connected(graph: Graph, account: Account) -> Iterator[Finding]:
    for each in placed(graph, account):
        lost = [one for one in each.instances if not one.is_connected]
        if lost:
            is_all = len(lost) == len(each.instances)
            tell = error if is_all else warning
            yield tell(
                "P13",
                each.service,
                "Cluster",
                why=(
                    f"{each.name} runs on instances of the cluster {each.cluster}.",
                    f"The agents of {len(lost)} of its {len(each.instances)} instances are not "
                    "connected: " + ", ".join(one.told.get("ec2InstanceId", "") for one in lost),
                ),
                message=unplaced(each.service, "agent"),
                cure="Look at /var/log/ecs/ecs-agent.log there, and at the instances' way to ECS.",
            )
