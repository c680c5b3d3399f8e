"""B07: targets are addresses or instances, and the tasks' network has to be of the same kind."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, TargetGroup
from deploy.ecs.preflight.balancing.fed import Fed, all_fed, called
from deploy.ecs.preflight.finding import Finding, error

NEEDED = {"awsvpc": "ip", "bridge": "instance", "host": "instance"}


def target_type(graph: Graph) -> Iterator[Finding]:
    for fed in all_fed(graph):
        group, mode = fed.group, fed.definition.network_mode if fed.definition else None
        needed = NEEDED.get(mode or "")
        if group is None or mode is None or group.type in {None, needed} or needed is None:
            continue
        yield _other(fed, group, mode, needed)


def _other(fed: Fed, group: TargetGroup, mode: str, needed: str) -> Finding:
    definition = fed.definition.resource.logical_id if fed.definition else ""
    stated = "" if group.given("TargetType") is not False else ", which is the default"
    reason = {
        "ip": "With awsvpc a task is reached at an address of its own, not at its instance's.",
        "instance": f"With {mode} a task is reached at its instance, and has no address of its "
        "own.",
    }
    return error(
        "B07",
        group,
        "TargetType",
        why=[
            f"The service {called(fed.service)} registers its tasks with the target group "
            f"{called(group)}, whose target type is {group.type}{stated}.",
            f"Its task definition {definition} has the network mode {mode}.",
            reason[needed],
        ],
        message=f"The provided target group {called(group)} has target type {group.type}, which is "
        f"incompatible with the {mode} network mode specified in the task definition.",
        cure=f"Set TargetType of {called(group)} to {needed}.",
    )
