"""Which ports of a task, or of its host, a load balancer sends to."""

from dataclasses import dataclass

from deploy.ecs.graph import Feed, LoadBalancer, Service, TargetGroup
from deploy.ecs.preflight.workloads import Workload

# What Linux gives out (net.ipv4.ip_local_port_range); Docker chooses from it.
DYNAMIC = (32768, 60999)


@dataclass(frozen=True)
class Target:
    workload: Workload
    feed: Feed
    group: TargetGroup
    balancer: LoadBalancer
    ports: tuple[int, int]  # the first and the last

    @property
    def is_dynamic(self) -> bool:
        return self.ports == DYNAMIC

    @property
    def protocol(self) -> str:
        """By UDP, a load balancer without security groups sends its checks only: what clients send
        has their own addresses."""
        is_udp = self.group.protocol == "UDP" and self.balancer.given("SecurityGroups")
        return "udp" if is_udp else "tcp"

    @property
    def health_port(self) -> int | None:
        """Where it is another."""
        written = self.group.health_check.port or ""
        if not written.isdigit() or self.is_dynamic or int(written) == self.ports[0]:
            return None
        return int(written)


def targets_of(workload: Workload) -> list[Target]:
    """As far as it is known what is sent where."""
    service = workload.node
    if not isinstance(service, Service):
        return []
    found = []
    for feed in service.load_balancers:
        group = feed.target_group.node if feed.target_group else None
        ports = _ports(workload, feed)
        if group is not None and ports is not None and feed.exists is service.exists:
            found += [
                Target(workload, feed, group, each, ports)
                for each in group.load_balancers
                if each.type in {"application", "network"}
            ]
    return found


def _ports(workload: Workload, feed: Feed) -> tuple[int, int] | None:
    port, definition = feed.container_port, workload.definition
    if port is None or definition is None:
        return None
    if definition.network_mode == "awsvpc":
        return port, port
    container = definition.container(feed.container_name or "")
    mappings = (
        [each for each in container.ports if each.container_port == port] if container else []
    )
    if len(mappings) != 1 or definition.network_mode not in {"bridge", "host"}:
        return None
    on_host = mappings[0].host_port
    if on_host is None:
        return None
    return DYNAMIC if on_host == 0 else (on_host, on_host)
