"""Whether instances have what a task asks of them besides room: zone, network, processor."""

from collections.abc import Iterator

from deploy.ecs.graph import (
    AutoScalingGroup,
    Graph,
    InstanceType,
    Service,
    Subnet,
    TaskDefinition,
    instance_type,
    same_zone,
)
from deploy.ecs.preflight.finding import Finding, error, note
from deploy.ecs.preflight.placement.messages import unplaced
from deploy.ecs.preflight.workloads import Workload, workloads

MISSING = "is missing an attribute required by your task"


def _on_instances(graph: Graph) -> Iterator[tuple[Workload, Service, AutoScalingGroup]]:
    for workload in workloads(graph):
        node = workload.node
        if isinstance(node, Service) and workload.launch == "ec2":
            yield from ((workload, node, each) for each in workload.instance_groups)


def instances_are_near(graph: Graph) -> Iterator[Finding]:
    for workload, service, group in _on_instances(graph):
        if workload.network_mode == "awsvpc" and workload.instance_groups.complete:
            yield from _near(service, group)


def _near(service: Service, group: AutoScalingGroup) -> Iterator[Finding]:
    tasks = [each.node for each in service.subnets]
    hosts = [each.node for each in group.subnets]
    known = service.subnets.complete and group.subnets.complete and tasks and hosts
    if not known or None in tasks or None in hosts:
        return
    pairs = [(one, other) for one in tasks for other in hosts if one and other]
    if pairs and all(_are_apart(one, other) for one, other in pairs):
        yield error(
            "P14",
            service,
            "NetworkConfiguration",
            "AwsvpcConfiguration",
            "Subnets",
            why=(
                f"The tasks of {service.resource.logical_id} get interfaces in {_listed(tasks)}.",
                f"The instances of {group.resource.logical_id} are in {_listed(hosts)}.",
                "These have no network and zone in common, and an interface is never far from its "
                "instance.",
            ),
            message=unplaced(service.resource.logical_id, MISSING),
            cure="Give both subnets in the same network and zones.",
        )


def _are_apart(one: Subnet, other: Subnet) -> bool:
    vpcs = [each.vpc.node if each.vpc else None for each in (one, other)]
    if None not in vpcs and vpcs[0] is not vpcs[1]:
        return True
    return same_zone(one.zone, other.zone) is False


def _listed(subnets: list[Subnet | None]) -> str:
    return " and ".join(each.resource.logical_id for each in subnets if each)


def processors_fit(graph: Graph) -> Iterator[Finding]:
    for workload, service, group in _on_instances(graph):
        definition = workload.definition
        kinds = [instance_type(each) for each in group.instance_types]
        if definition and kinds and group.instance_types.complete:
            yield from _processor(service, definition, [each for each in kinds if each])


def _processor(
    service: Service, definition: TaskDefinition, kinds: list[InstanceType]
) -> Iterator[Finding]:
    wanted = definition.architecture
    others = [each for each in kinds if each.architecture != wanted]
    if wanted is None or not others:
        return
    if definition.given("RuntimePlatform", "CpuArchitecture"):
        if len(others) == len(kinds):
            found = error(
                "I07",
                definition,
                "RuntimePlatform",
                "CpuArchitecture",
                why=(
                    f"{definition.resource.logical_id} is for {wanted}.",
                    f"{service.resource.logical_id} runs it on {others[0].name}, which is "
                    f"{others[0].architecture}.",
                ),
                message="exec format error",
                cure=f"Build the image for {others[0].architecture} and say so, or take another "
                "instance type.",
            )
            yield found
            yield found.consequence("P14", unplaced(service.resource.logical_id, MISSING))
    else:
        yield note(
            "I07",
            definition,
            why=(
                f"{others[0].name} is {others[0].architecture}; an image for X86_64 alone does "
                "not start there.",
            ),
            message="exec format error",
            cure="Build the image for it, and set RuntimePlatform.",
        )
