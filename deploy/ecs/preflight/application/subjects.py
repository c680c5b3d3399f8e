"""The containers that an own image is for."""

from collections.abc import Iterator
from dataclasses import dataclass

from deploy.ecs.graph import Container, Graph, Service
from deploy.ecs.preflight.balancing.fed import Fed, all_fed


@dataclass(frozen=True)
class Subject:
    service: Service
    container: Container
    feeds: tuple[Fed, ...]  # the ways in which requests get to it

    @property
    def name(self) -> str:
        return self.container.container_name or ""

    @property
    def ports(self) -> set[int]:
        return {each.port for each in self.feeds if each.port is not None}


def subjects(graph: Graph) -> Iterator[Subject]:
    """What is behind a load balancer, else the only container of a service."""
    fed = list(all_fed(graph))
    for service in graph.all(Service):
        own = [each for each in fed if each.service is service]
        definition = service.task_definition.node if service.task_definition else None
        built = [each for each in definition.containers if _is_own(each)] if definition else []
        reached = {each.container.container_name for each in own if each.container}
        behind = [each for each in built if each.container_name in reached]
        for container in behind or (built if len(built) == 1 and not own else []):
            name = container.container_name
            yield Subject(
                service, container, tuple(each for each in own if each.feed.container_name == name)
            )


def _is_own(container: Container) -> bool:
    """Not one of Docker Hub's official images, nor one of a public registry."""
    image = container.image
    if image is None or image.kind is None:
        return True
    is_official = image.kind == "docker hub" and "/" not in str(image.repository)
    return image.kind != "ecr public" and not is_official
