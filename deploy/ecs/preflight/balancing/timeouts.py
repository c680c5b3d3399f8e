"""B17: a health check that would wait longer for an answer than until the next one."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, TargetGroup
from deploy.ecs.preflight.finding import Finding, error


def timeouts(graph: Graph) -> Iterator[Finding]:
    for group in graph.all(TargetGroup):
        check = group.health_check
        # A network load balancer takes equal ones.
        if check.is_of_network is not False or check.is_enabled is not True:
            continue
        if check.interval is None or check.timeout is None or check.timeout < check.interval:
            continue
        yield _too_long(group, check.timeout, check.interval)


def _too_long(group: TargetGroup, timeout: int, interval: int) -> Finding:
    name = group.resource.logical_id
    is_given = group.given("HealthCheckTimeoutSeconds") is not False
    stated = "" if is_given else ", the default,"
    return error(
        "B17",
        group,
        "HealthCheckTimeoutSeconds" if is_given else "HealthCheckIntervalSeconds",
        why=[
            f"The target group {name} checks every {interval} seconds.",
            f"Each check waits {timeout} seconds{stated} for its answer.",
            "The time-out of an application load balancer's check has to be shorter than its "
            "interval.",
        ],
        message=f"{name} cannot be created: Health check interval must be greater than the "
        "timeout.",
        cure=f"Give {name} a HealthCheckTimeoutSeconds below {interval}."
        if interval > 2
        else f"Give {name} a HealthCheckIntervalSeconds above {timeout}.",
    )
