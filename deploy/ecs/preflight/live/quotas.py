"""Whether Fargate may run as many processors at a time as services ask for.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
"""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, Service
from deploy.ecs.preflight.finding import Finding, error, warning
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.placement.fleet import count_of
from deploy.ecs.preflight.placement.rolling_update import least_and_most

REACHED = (
    "(service {}) was unable to place a task. Reason: You've reached the limit on the number of "
    "vCPUs you can run concurrently."
)


def are_enough(graph: Graph, account: Account) -> Iterator[Finding]:
    """What else runs in the account comes on top."""
    wanted = {each: found for each in graph.all(Service) if (found := _processors(each))}
    quota = account.fargate_processors if wanted else None
    if quota is None:
        return
    still, most = (sum(each[index] for each in wanted.values()) for index in (0, 1))
    if most <= quota:
        return
    largest = max(wanted, key=lambda each: wanted[each])
    tell = error if still > quota else warning
    yield tell(
        "P17",
        largest,
        "DesiredCount",
        why=(
            f"The services on Fargate want {still:g} vCPUs, and up to {most:g} while they are "
            "replaced.",
            f"Account {account.id} may run {quota:g} at a time in {account.region}.",
        ),
        message=REACHED.format(largest.resource.logical_id),
        cure="Ask for more (Service Quotas: Fargate On-Demand vCPU resource count), or run fewer "
        "or smaller tasks.",
    )


def _processors(service: Service) -> tuple[float, float] | None:
    """When it is still, and at most while it is replaced."""
    link, count = service.task_definition, count_of(service) or 0
    bounds = least_and_most(service, count)
    cpu = link.node.cpu if link and link.node else None
    on_demand = {each.provider_name for each in service.strategy} <= {"FARGATE"}
    if service.launch != "fargate" or not on_demand or not service.exists or not cpu or not bounds:
        return None
    return count * cpu / 1024, max(bounds[1], count) * cpu / 1024
