"""B05: requests have to go where the container listens."""

from collections.abc import Iterator

from deploy.ecs.graph import Container, Graph
from deploy.ecs.preflight.balancing.fed import Fed, all_fed, called
from deploy.ecs.preflight.balancing.listening import is_loopback, start_of
from deploy.ecs.preflight.finding import Finding, error, warning

# Which servers take their port from, by convention.
VARIABLES = ("PORT", "UVICORN_PORT", "FLASK_RUN_PORT", "SERVER_PORT")
FAILS = "Health checks failed: the target group has no healthy target, and clients see 502 or 504."


def ports(graph: Graph) -> Iterator[Finding]:
    for fed in all_fed(graph):
        container, port = fed.container, fed.port
        if container is None or port is None:
            continue
        start = start_of(container)
        addresses = start.addresses() if start else []
        if start and addresses:
            yield from _by_command(fed, container, port, start.program, addresses)
        else:
            yield from _by_variable(fed, container, port)


def _by_command(
    fed: Fed,
    container: Container,
    port: int,
    program: str,
    addresses: list[tuple[str | None, int | None]],
) -> Iterator[Finding]:
    known = [each for _, each in addresses]
    path = "Command" if container.given("Command") else "EntryPoint"
    if None not in known and port not in known:
        stated = " and ".join(str(each) for each in known)
        yield error(
            "B05",
            container,
            path,
            why=[
                f"The container {container.container_name} starts {program}, which listens on port "
                f"{stated}.",
                f"The service {called(fed.service)} sends requests to port {port}.",
            ],
            message=FAILS,
            cure=f"Let {program} listen on port {port}, or write {known[0]} in ContainerPort of "
            "the container and of the service.",
        )
    elif all(is_loopback(host) for host, each in addresses if each in {port, None}):
        host = next(host for host, each in addresses if each in {port, None})
        yield error(
            "B05",
            container,
            path,
            why=[
                f"The container {container.container_name} starts {program}, which listens on "
                f"{host} only.",
                "That address is reached from inside the task alone; the load balancer is outside.",
            ],
            message=FAILS,
            cure=f"Let {program} listen on 0.0.0.0:{port}.",
        )


def _by_variable(fed: Fed, container: Container, port: int) -> Iterator[Finding]:
    mapped = [each.container_port for each in container.ports]
    if not container.ports.complete or None in mapped:
        return
    for index, variable in enumerate(container.parts(type(container), "Environment")):
        stated = variable.number("Value")
        name = variable.text("Name")
        if name not in VARIABLES or stated is None or stated in {port, *mapped}:
            continue
        yield warning(
            "B05",
            container,
            "Environment",
            index,
            "Value",
            why=[
                f"The container {container.container_name} is told by {name} to listen on port "
                f"{stated}.",
                f"The service {called(fed.service)} sends requests to port {port}, and port "
                f"{stated} is not mapped.",
            ],
            message=FAILS,
            cure=f"Set {name} to {port}, or write {stated} in ContainerPort of the container and "
            "of the service.",
        )
