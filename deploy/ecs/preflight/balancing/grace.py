"""B16: tasks that are killed while they start."""

from collections.abc import Iterator

from deploy.ecs.graph import Container, Graph, Service, TargetGroup
from deploy.ecs.preflight.balancing.fed import Fed, all_fed, called
from deploy.ecs.preflight.finding import Finding, note, warning

SHORT = 30  # seconds; less than an image that starts slowly takes
NAME = "HealthCheckGracePeriodSeconds"


def grace(graph: Graph) -> Iterator[Finding]:
    for fed in all_fed(graph):
        period = fed.service.grace_period
        if period is None or fed.service.scheduling is None:
            continue
        patience = _patience(fed.group)
        boot = _boot(fed.container)
        is_given = bool(fed.service.given(NAME))
        if boot and is_given and patience is not None and period + patience < boot:
            yield _shorter(fed, period, patience, boot)
        elif period == 0:
            is_short = is_given and patience is not None and patience < SHORT
            yield _none(fed.service, patience, is_given, is_short)


def _patience(group: TargetGroup | None) -> int | None:
    """Seconds after which a task that does not answer is unhealthy."""
    check = group.health_check if group else None
    if check is None or check.unhealthy is None or check.interval is None:
        return None
    return check.unhealthy * check.interval


def _boot(container: Container | None) -> int | None:
    """Seconds that a container's own health check leaves it for its start."""
    check = container.health_check if container else None
    return check.start_period if check else None


def _shorter(fed: Fed, period: int, patience: int, boot: int) -> Finding:
    name = fed.feed.container_name
    return warning(
        "B16",
        fed.service,
        NAME,
        why=[
            f"The container {name} has {boot} seconds to start (StartPeriod).",
            f"The service {called(fed.service)} overlooks what the load balancer finds for "
            f"{period} seconds, and failed checks make a task unhealthy after {patience} more.",
        ],
        message="Tasks are killed while they start: Task failed ELB health checks",
        cure=f"Set {NAME} of {called(fed.service)} to {boot} or more.",
    )


def _none(service: Service, patience: int | None, is_given: bool, is_short: bool) -> Finding:
    stated = "no grace period" if is_given else "no grace period, which is the default"
    until = "" if patience is None else f" Failed checks make a task unhealthy in {patience} s."
    tell = warning if is_short else note
    return tell(
        "B16",
        service,
        NAME,
        why=[
            f"The service {called(service)} is behind a load balancer and has {stated}.",
            f"A task that starts slowly is replaced before it has started.{until}",
        ],
        message="Tasks are killed while they start: Task failed ELB health checks",
        cure=f"Set {NAME} of {called(service)} to the seconds that a start takes, such as 60.",
    )
