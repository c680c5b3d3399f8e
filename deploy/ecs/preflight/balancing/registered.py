"""B20: the container and port that a service registers have to be in its task definition."""

from collections.abc import Iterator

from deploy.ecs.graph import Container, Graph, TaskDefinition
from deploy.ecs.preflight.balancing.fed import Fed, all_fed, called
from deploy.ecs.preflight.finding import Finding, error


def registered(graph: Graph) -> Iterator[Finding]:
    for fed in all_fed(graph):
        definition, name = fed.definition, fed.feed.container_name
        if definition is None or name is None:
            continue
        if fed.container is None:
            yield from _without_container(fed, definition, name)
        elif fed.port is not None and fed.mapping is None:
            yield from _without_port(fed, fed.container, name, fed.port)


def _without_container(fed: Fed, definition: TaskDefinition, name: str) -> Iterator[Finding]:
    names = [each.container_name for each in definition.containers]
    if not definition.containers.complete or None in names:
        return
    known = ", ".join(str(each) for each in names) or "none"
    yield error(
        "B20",
        fed.feed,
        "ContainerName",
        why=[
            f"The service {called(fed.service)} registers the container {name} with its load "
            "balancer.",
            f"The containers of its task definition {called(definition)} are: {known}.",
        ],
        message=f"The container {name} does not exist in the task definition.",
        cure=f"Name one of these in ContainerName of {called(fed.service)}: {known}.",
    )


def _without_port(fed: Fed, container: Container, name: str, port: int) -> Iterator[Finding]:
    mapped = [each.container_port for each in container.ports]
    if not container.ports.complete or None in mapped:  # None: of a range of ports, too
        return
    known = ", ".join(str(each) for each in mapped) or "none"
    yield error(
        "B20",
        fed.feed,
        "ContainerPort",
        why=[
            f"The service {called(fed.service)} registers port {port} of the container {name}.",
            f"The ports that this container maps are: {known}.",
        ],
        message=f"The container {name} did not have a container port {port} defined.",
        cure=f"Map port {port} in PortMappings of the container {name}, or register the one that "
        "it listens on.",
    )
