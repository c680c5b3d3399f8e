"""B06, and B05 of health checks: a port of their own has to be one that the task has."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, Service, TargetGroup, TaskDefinition
from deploy.ecs.preflight.balancing.fed import Fed, all_fed, called
from deploy.ecs.preflight.finding import Finding, error, warning

FAILS = "Health checks failed: the target group has no healthy target, and ECS replaces each task."


def health_port(graph: Graph) -> Iterator[Finding]:
    for fed in all_fed(graph):
        group, definition = fed.group, fed.definition
        port = group.number("HealthCheckPort") if group else None
        mode = definition.network_mode if definition else None
        if group is None or definition is None or port is None:
            continue
        if mode == "bridge":
            yield from _on_instance(fed, group, definition, port)
        elif mode in {"awsvpc", "host"}:
            yield from _in_task(group, definition, port)


def _on_instance(
    fed: Fed, group: TargetGroup, definition: TaskDefinition, port: int
) -> Iterator[Finding]:
    host_port = fed.mapping.host_port if fed.mapping else None
    found = _host_ports(fed.service.graph)
    if host_port is None or None in found or port in found:
        return
    if host_port == 0:
        yield _fixed(group, definition, port)
    elif port != host_port:
        yield _not_there(group, definition, port, [host_port])


def _host_ports(graph: Graph) -> set[int | None]:
    """Of all tasks: another service may answer for its instance."""
    found: set[int | None] = set()
    for service in graph.all(Service):
        definition = service.task_definition.node if service.task_definition else None
        if definition is None or not definition.containers.complete:
            return {None}
        for container in definition.containers:
            found |= {each.host_port for each in container.ports}
            found |= set() if container.ports.complete else {None}
    return found


def _in_task(group: TargetGroup, definition: TaskDefinition, port: int) -> Iterator[Finding]:
    ports = [each for container in definition.containers for each in container.ports]
    known = [each.container_port for each in ports]
    is_known = definition.containers.complete and all(
        each.ports.complete for each in definition.containers
    )
    if is_known and known and None not in known and port not in known:
        yield _not_there(group, definition, port, [each for each in known if each])


def _fixed(group: TargetGroup, definition: TaskDefinition, port: int) -> Finding:
    return error(
        "B06",
        group,
        "HealthCheckPort",
        why=[
            f"The target group {called(group)} checks port {port} of each instance.",
            f"Docker chooses the host port of each task of {called(definition)} (HostPort 0, from "
            "32768 on), and no task has the host port "
            f"{port}.",
        ],
        message=FAILS,
        cure=f"Leave HealthCheckPort of {called(group)} out, so that checks go to the port of the "
        "target (traffic-port).",
    )


def _not_there(
    group: TargetGroup, definition: TaskDefinition, port: int, known: list[int]
) -> Finding:
    stated = ", ".join(str(each) for each in known)
    return warning(
        "B05",
        group,
        "HealthCheckPort",
        why=[
            f"The target group {called(group)} checks port {port} of each task.",
            f"The ports of {called(definition)} are: {stated}.",
        ],
        message=FAILS,
        cure=f"Leave HealthCheckPort of {called(group)} out, or map port {port} of the container "
        "that answers there.",
    )
