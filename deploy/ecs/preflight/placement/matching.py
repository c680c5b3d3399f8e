"""Whether instances are of the kind that a task asks for.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
"""

from collections.abc import Iterator, Sequence

from deploy.ecs.graph import Graph, InstanceType, Link, Listing, Subnet
from deploy.ecs.graph.instances import Ec2Instance
from deploy.ecs.preflight.finding import Finding, error, note
from deploy.ecs.preflight.placement.capabilities import capabilities, lacks_attribute
from deploy.ecs.preflight.placement.fleet import Fleet, Tasks
from deploy.ecs.preflight.placement.joining import is_of_ecs
from deploy.ecs.preflight.placement.sources import Source
from deploy.ecs.preflight.placement.words import groups, unplaced
from deploy.ecs.preflight.workloads import SUBNETS

PLATFORM = ("RuntimePlatform", "CpuArchitecture")


def matching(graph: Graph) -> Iterator[Finding]:
    for tasks in Fleet(graph).services:
        yield from _architecture(tasks)
        yield from _system(tasks)
        yield from _zones(tasks)
        yield from capabilities(tasks)


def _architecture(tasks: Tasks) -> Iterator[Finding]:
    types = [each for source in tasks.sources for each in source.types]
    if not all(each.types for each in tasks.sources):
        return
    wanted = tasks.definition.text(*PLATFORM)
    if wanted is None and tasks.definition.given(*PLATFORM) is False:
        yield from _unsaid(tasks, types)
    elif wanted and all(each.architecture != wanted for each in types):
        found = error(
            "I07",
            tasks.definition,
            *PLATFORM,
            why=(
                f"{tasks.definition.resource.logical_id} is for {wanted}.",
                *(
                    f"{each.name} starts {each.type_names}, which is {each.types[0].architecture}."
                    for each in tasks.sources
                ),
            ),
            message="exec format error, exit 1: ECS places it on no such instance.",
            cure=f"Set CpuArchitecture to {types[0].architecture} and build the image for it, or "
            f"take an InstanceType that is {wanted}.",
        )
        yield from (found, found.consequence("P14", unplaced(tasks.of, "attribute")))


def _unsaid(tasks: Tasks, types: Sequence[InstanceType]) -> Iterator[Finding]:
    arm = next((each for each in types if each.architecture == "ARM64"), None)
    if arm:
        yield note(
            "I07",
            tasks.definition,
            why=(
                f"{tasks.name} runs on {arm.name}, which is ARM64.",
                f"{tasks.definition.resource.logical_id} does not say which processor its image "
                "is for.",
            ),
            message="exec format error, exit 1, where the image is for X86_64 alone.",
            cure="Build the image for ARM64, and set RuntimePlatform.",
        )


def _system(tasks: Tasks) -> Iterator[Finding]:
    wanted = tasks.definition.operating_system or ""
    machines = [each.machine for each in tasks.sources]
    are_linux = all(
        each is not None and is_of_ecs(each.image) and "amazon-linux" in repr(each.image)
        for each in machines
    )
    if wanted.startswith("WINDOWS") and are_linux:
        yield lacks_attribute(
            tasks,
            tasks.definition,
            ("RuntimePlatform", "OperatingSystemFamily"),
            [f"{tasks.definition.resource.logical_id} is for {wanted}, the instances are Linux."],
            "Set OperatingSystemFamily to LINUX, or take an image of Windows.",
        )


def _zones(tasks: Tasks) -> Iterator[Finding]:
    if tasks.definition.network_mode != "awsvpc":
        return
    own = _known(tasks.of.links(Subnet, *SUBNETS))
    theirs = [_known(_subnets(source)) for source in tasks.sources]
    others = [each for found in theirs for each in found]
    if not own or not all(theirs):
        return
    if all(one.same_zone(other) is False for one in own for other in others):
        where = "in no zone"
    elif all(_is_other_network(one, other) for one in own for other in others):
        where = "in another network than those"
    else:
        return
    names = ", ".join(each.resource.logical_id for each in own)
    yield lacks_attribute(
        tasks,
        tasks.of,
        SUBNETS,
        [
            f"{tasks.name} is to be in {names}: {where} of the instances of {groups(tasks)}.",
            f"These are in {', '.join(each.resource.logical_id for each in others)}.",
            "A task's interface is attached to an instance, which is in the same zone.",
        ],
        f"Name the subnets of {groups(tasks)}, or others in the same zones and network.",
    )


def _subnets(source: Source) -> Listing[Link[Subnet]]:
    if isinstance(source.node, Ec2Instance):
        link = source.node.machine.subnet
        return Listing((link,)) if link else Listing((), False)
    return source.node.subnets


def _known(links: Listing[Link[Subnet]]) -> list[Subnet]:
    """Empty unless all are."""
    found = [each.node for each in links if each.node is not None]
    return found if links.complete and len(found) == len(links) else []


def _is_other_network(one: Subnet, other: Subnet) -> bool:
    nodes = [each.vpc.node if each.vpc else None for each in (one, other)]
    return None not in nodes and nodes[0] is not nodes[1]
