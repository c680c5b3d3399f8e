"""B18 and B19: how long a target that goes is waited for, by the load balancer and by ECS.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-connection-draining.html
"""

from collections.abc import Iterator

from deploy.ecs.graph import Container, Graph, Part, TargetGroup
from deploy.ecs.preflight.balancing.fed import all_fed, called
from deploy.ecs.preflight.finding import Finding, note

LONG = 300  # seconds; AWS's default
ATTRIBUTES, NAME = "TargetGroupAttributes", "deregistration_delay.timeout_seconds"


def draining(graph: Graph) -> Iterator[Finding]:
    """Notes, since ECS waits for the load balancer before it sends SIGTERM."""
    for fed in all_fed(graph):
        group, container = fed.group, fed.container
        delay = group.deregistration_delay if group else None
        if group is None or delay is None:
            continue
        if delay >= LONG:
            yield _slow(group, delay)
        if container and (_is_given(group) or container.given("StopTimeout")):
            yield from _cut_off(group, container, delay)


def _is_given(group: TargetGroup) -> bool:
    return any(each.text("Key") == NAME for each in group.parts(Part, ATTRIBUTES))


def _slow(group: TargetGroup, delay: int) -> Finding:
    stated = "" if _is_given(group) else ", AWS's default"
    return note(
        "B19",
        group,
        ATTRIBUTES,
        why=[
            f"The target group {called(group)} waits {delay} seconds{stated}, before it lets go of "
            "a task.",
            "Each deployment takes at least as long while a client keeps its connection.",
        ],
        message=f"Old tasks stay in draining for {delay} seconds, and the deployment IN_PROGRESS.",
        cure=f"Set {NAME} of {called(group)} to somewhat more than the longest request takes.",
    )


def _cut_off(group: TargetGroup, container: Container, delay: int) -> Iterator[Finding]:
    stop = container.stop_timeout
    if stop is None or stop >= delay:
        return
    stated = "" if container.given("StopTimeout") else ", ECS's default"
    yield note(
        "B18",
        container,
        "StopTimeout",
        why=[
            f"The target group {called(group)} gives requests {delay} seconds to end.",
            f"The container {container.container_name} is killed {stop} seconds after SIGTERM"
            f"{stated}.",
        ],
        message="Requests that take longer are dropped, and clients see 502.",
        cure=f"Set StopTimeout to {delay} or more, or {NAME} of {called(group)} to less.",
    )
