"""Whether instances of a cluster have the attributes that a task requires.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
"""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, TaskDefinition
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.live.container_instances import Placed, placed
from deploy.ecs.preflight.live.subjects import outside
from deploy.ecs.preflight.placement.words import unplaced

CAPABILITY = "com.amazonaws.ecs.capability."
ARCHITECTURES = {"X86_64": "x86_64", "ARM64": "arm64"}


def are_there(graph: Graph, account: Account) -> Iterator[Finding]:
    for each in placed(graph, account):
        if each.instances:
            yield from _lacking(each)
            yield from _elsewhere(each, account)


def _required(definition: TaskDefinition) -> Iterator[tuple[str, str | None]]:
    """With the value it has to have."""
    if definition.network_mode == "awsvpc":
        yield "ecs.capability.task-eni", None
    if definition.task_role and definition.network_mode:
        is_host = definition.network_mode == "host"
        yield f"{CAPABILITY}task-iam-role{'-network-host' if is_host else ''}", None
    for container in definition.containers:
        driver = container.log.driver if container.log else None
        if driver:
            yield f"{CAPABILITY}logging-driver.{driver}", None
    if definition.given("RuntimePlatform", "CpuArchitecture"):
        yield "ecs.cpu-architecture", ARCHITECTURES.get(definition.architecture or "")


def _lacking(placed: Placed) -> Iterator[Finding]:
    for name, value in dict.fromkeys(_required(placed.definition)):
        found = [each.attributes.get(name) for each in placed.instances]
        has_it = [each for each in found if each is not None and value in {None, each}]
        # Instances that tell none of their attributes tell nothing by this one either.
        if has_it or not any(each.attributes for each in placed.instances):
            continue
        yield _finding(
            placed,
            ("TaskDefinition",),
            (
                f"{placed.definition.resource.logical_id} requires the attribute {name}"
                + (f" {value}." if value else "."),
                f"No instance of the cluster {placed.cluster} has it.",
            ),
            "Take an ECS-optimized image of now for the instances, or do without.",
        )


def _elsewhere(placed: Placed, account: Account) -> Iterator[Finding]:
    """A task's interface is in the zone of its instance."""
    service = placed.service
    if placed.definition.network_mode != "awsvpc" or not service.subnets.complete:
        return
    ids = [outside(each) for each in service.subnets]
    subnets = [account.subnet(each) if each else None for each in ids]
    wanted = {each.get("AvailabilityZone") if each else None for each in subnets}
    there = {each.attributes.get("ecs.availability-zone") for each in placed.instances}
    if wanted and None not in wanted | there and not wanted & there:
        yield _finding(
            placed,
            ("NetworkConfiguration", "AwsvpcConfiguration", "Subnets"),
            (
                f"The subnets of {placed.name} are in {_listed(wanted)}.",
                f"The instances of the cluster {placed.cluster} are in {_listed(there)}.",
            ),
            "Name subnets in the zones of the instances.",
        )


def _listed(names: set[str | None]) -> str:
    return " and ".join(sorted(each for each in names if each))


def _finding(placed: Placed, path: tuple[str, ...], why: tuple[str, ...], cure: str) -> Finding:
    message = unplaced(placed.service, "attribute")
    return error("P14", placed.service, *path, why=why, message=message, cure=cure)
