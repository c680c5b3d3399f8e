"""What gets requests: a container of a service, by a target group."""

from collections.abc import Iterator
from dataclasses import dataclass

from deploy.ecs.graph import (
    Container,
    Feed,
    Graph,
    Listing,
    LoadBalancer,
    PortMapping,
    Service,
    TargetGroup,
    TaskDefinition,
)


@dataclass(frozen=True)
class Fed:
    service: Service
    feed: Feed

    @property
    def group(self) -> TargetGroup | None:
        link = self.feed.target_group
        return link.node if link else None

    @property
    def definition(self) -> TaskDefinition | None:
        link = self.service.task_definition
        return link.node if link else None

    @property
    def container(self) -> Container | None:
        name = self.feed.container_name
        return self.definition.container(name) if self.definition and name else None

    @property
    def port(self) -> int | None:
        """Of the container."""
        return self.feed.container_port

    @property
    def mapping(self) -> PortMapping | None:
        ports = self.container.ports if self.container else Listing[PortMapping]()
        return next((each for each in ports if each.container_port == self.port), None)

    @property
    def balancers(self) -> tuple[LoadBalancer, ...]:
        return self.group.load_balancers if self.group else ()


def all_fed(graph: Graph) -> Iterator[Fed]:
    for service in graph.all(Service):
        for feed in service.load_balancers:
            yield Fed(service, feed)


def called(part: Service | TargetGroup | TaskDefinition | LoadBalancer) -> str:
    return part.resource.logical_id
