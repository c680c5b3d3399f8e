"""Whether health checks can find a target well, and give it the time that it needs.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

from collections.abc import Iterator

from deploy.ecs.graph import Container, Feed, Graph, Service, TargetGroup
from deploy.ecs.preflight.balancing.feeds import feeds
from deploy.ecs.preflight.finding import Finding, Tell, error, note, warning
from deploy.ecs.preflight.workloads import Workload

TRAFFIC = "traffic-port"


def timeouts_are_shorter(graph: Graph) -> Iterator[Finding]:
    """Of application load balancers only: others take a time-out as long as the interval."""
    for group in graph.all(TargetGroup):
        check = group.health_check
        interval, timeout = check.interval, check.timeout
        known = interval is not None and timeout is not None and check.is_of_network is False
        if known and interval is not None and timeout is not None and timeout >= interval:
            said = group.given("HealthCheckTimeoutSeconds")
            yield error(
                "B17",
                group,
                "HealthCheckTimeoutSeconds" if said else "HealthCheckIntervalSeconds",
                why=(f"A check every {interval} s has {timeout} s for its answer.",),
                message="Health check timeout must be smaller than the interval",
                cure="Make the time-out shorter than the interval.",
            )


def ports_are_the_tasks(graph: Graph) -> Iterator[Finding]:
    for workload, service, feed, group in feeds(graph):
        port = group.health_check.port
        container = container_of(workload, feed)
        if port in {TRAFFIC, None} or container is None or not container.ports.complete:
            continue
        if any(each.host_port == 0 for each in container.ports):
            yield _fixed_port(service, group, port)
        elif workload.network_mode == "awsvpc":
            yield from _other_port(workload, group, port)


def container_of(workload: Workload, feed: Feed) -> Container | None:
    definition, name = workload.definition, feed.container_name
    return definition.container(name) if definition and name else None


def _fixed_port(service: Service, group: TargetGroup, port: str | None) -> Finding:
    return error(
        "B06",
        group,
        "HealthCheckPort",
        why=(
            f"Docker chooses a host port for each task of {service.resource.logical_id}.",
            f"{group.resource.logical_id} asks port {port} of every instance.",
        ),
        message="(service) is unhealthy in (target-group) due to (reason Health checks failed)",
        cure="Set HealthCheckPort to traffic-port.",
    )


def _other_port(workload: Workload, group: TargetGroup, port: str | None) -> Iterator[Finding]:
    """Of any container of the task: they share an address."""
    definition = workload.definition
    if definition is None or not definition.containers.complete:
        return
    mapped = [each.container_port for one in definition.containers for each in one.ports]
    known = None not in mapped and all(each.ports.complete for each in definition.containers)
    if known and port not in {str(each) for each in mapped}:
        listed = ", ".join(str(each) for each in mapped)
        yield error(
            "B05",
            group,
            "HealthCheckPort",
            why=(f"It asks port {port}; the task has the ports {listed}.",),
            message="(service) is unhealthy in (target-group) due to (reason Health checks failed)",
            cure="Set HealthCheckPort to traffic-port, or to a port that the task listens on.",
        )


def codes_are_possible(graph: Graph) -> Iterator[Finding]:
    for _, _, _, group in feeds(graph):
        check = group.health_check
        if check.is_of_network is False and check.accepts(200) is False:
            some = any(check.accepts(code) for code in range(200, 400))
            tell = note if some else warning
            yield tell(
                "B04",
                group,
                "Matcher",
                "HttpCode",
                why=(f"It takes {check.codes} for an answer, and a plain 200 for none.",),
                message="due to (reason Health checks failed with these codes: [200])",
                cure="Add 200 to the Matcher, unless the application never answers that.",
            )


def new_tasks_have_time(graph: Graph) -> Iterator[Finding]:
    for workload, service, feed, group in feeds(graph):
        grace, check = service.grace_period, group.health_check
        if grace is None or check.interval is None or check.unhealthy is None:
            continue
        container = container_of(workload, feed)
        own = container.health_check if container else None
        boot = own.start_period if own else None
        patience = check.interval * check.unhealthy
        if grace == 0:
            tell = warning if service.given("HealthCheckGracePeriodSeconds") else note
            yield _no_grace(tell, service, group, patience)
        elif boot and grace + patience < boot:
            yield _no_grace(warning, service, group, grace + patience)


def _no_grace(tell: Tell, service: Service, group: TargetGroup, seconds: int) -> Finding:
    return tell(
        "B16",
        service,
        "HealthCheckGracePeriodSeconds",
        why=(
            f"A task that does not answer {group.resource.logical_id} within {seconds} s of its "
            "start is ended as unhealthy.",
            f"HealthCheckGracePeriodSeconds is {service.grace_period}.",
        ),
        message=f"(service {service.resource.logical_id}) (task) failed ELB health checks in "
        "(target-group)",
        cure="Set it to more seconds than a task takes to start.",
    )
