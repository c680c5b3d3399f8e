"""What a task takes of an instance; what is not known counts as nothing."""

from collections.abc import Iterator

from deploy.ecs.graph import Container, PortMapping, TaskDefinition
from deploy.ecs.graph.parts import Part
from deploy.ecs.preflight.placement.packing import Dimension, Port

ON_THE_HOST = ("bridge", "host")  # where a host port is the instance's


def needs_of(definition: TaskDefinition) -> dict[Dimension, int]:
    ports: dict[Dimension, int] = {port: 1 for port, _ in fixed_ports(definition)}
    return {
        "memory": definition.needed_memory or 0,
        "cpu": definition.needed_cpu or 0,
        "interfaces": int(definition.network_mode == "awsvpc"),
        "ports": len(ports),
        **ports,
    }


def fixed_ports(definition: TaskDefinition) -> Iterator[tuple[Port, PortMapping]]:
    if definition.network_mode not in ON_THE_HOST:
        return
    for container in definition.containers:
        for mapping in container.ports:
            port, protocol = mapping.host_port, mapping.protocol
            if port and protocol and mapping.exists is definition.exists:
                yield (port, protocol), mapping


def limit_of(definition: TaskDefinition) -> int:
    """MiB that it can grow to, as far as there are limits."""
    if definition.given("Memory") is not False:
        return definition.memory or 0
    return sum(_limit(each) or 0 for each in definition.containers)


def _limit(container: Container) -> int | None:
    return container.memory if container.given("Memory") else container.needed_memory


def decided_by(definition: TaskDefinition, name: str) -> tuple[Part, str]:
    """Where "Memory" or "Cpu" is written that is the most of it."""
    containers = list(definition.containers)
    if definition.given(name) is not False or not containers:
        return definition, name
    reserved = "MemoryReservation"
    if name == "Cpu":
        return max(containers, key=lambda each: each.cpu or 0), name
    most = max(containers, key=lambda each: each.needed_memory or 0)
    return most, reserved if most.given(reserved) else name
