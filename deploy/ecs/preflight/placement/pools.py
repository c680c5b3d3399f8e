"""The instances that a group may come to, and what would be placed on them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil, floor

from deploy.ecs.graph import (
    AutoScalingGroup,
    Graph,
    InstanceType,
    Service,
    TaskDefinition,
    instance_type,
)
from deploy.ecs.preflight.workloads import Workload, workloads

RESERVED_PORTS = {22, 2375, 2376, 51678, 51679}  # SSH's, Docker's and the agent's


def named(service: Service) -> str:
    return service.resource.logical_id


@dataclass(frozen=True)
class Size:
    """What one task takes of its instance."""

    cpu: int
    memory: int  # MiB
    interfaces: int
    ports: frozenset[int]  # of the instance


def size_of(definition: TaskDefinition) -> Size | None:
    cpu, memory, mode = definition.needed_cpu, definition.needed_memory, definition.network_mode
    if cpu is None or memory is None or mode is None:
        return None
    return Size(cpu, memory, int(mode == "awsvpc"), fixed_ports(definition))


def fixed_ports(definition: TaskDefinition) -> frozenset[int]:
    if definition.network_mode not in {"bridge", "host"}:
        return frozenset()
    found = (each.host_port for one in definition.containers for each in one.ports)
    return frozenset(each for each in found if each)


@dataclass
class Room:
    """What is free of one instance."""

    cpu: int
    memory: int
    interfaces: int
    ports: set[int] = field(default_factory=set)

    def lacks(self, size: Size) -> str | None:
        if size.memory > self.memory:
            return "memory"
        if size.cpu > self.cpu:
            return "cpu"
        if size.ports & self.ports:
            return "ports"
        return "interfaces" if size.interfaces > self.interfaces else None

    def take(self, size: Size) -> None:
        self.cpu -= size.cpu
        self.memory -= size.memory
        self.interfaces -= size.interfaces
        self.ports |= size.ports


@dataclass(frozen=True)
class Pool:
    group: AutoScalingGroup
    type: InstanceType
    count: int  # that it may come to

    @cached_property
    def reserved(self) -> int:
        """MiB that the agent keeps back."""
        machine = self.group.machine
        written = machine.agent.get("ECS_RESERVED_MEMORY") if machine else None
        return int(written) if isinstance(written, str) and written.isdigit() else 0

    @property
    def memory(self) -> int:
        """MiB that an instance registers, at most."""
        # An estimate is no ground for an error: the nominal size is the bound then.
        most = self.type.memory if self.type.is_measured else self.type.nominal_memory
        return most - self.reserved

    def rooms(self) -> list[Room]:
        each = self.type.cpu, self.memory, self.type.tasks_with_awsvpc
        return [Room(*each) for _ in range(self.count)]

    @cached_property
    def workloads(self) -> list[Workload]:
        """Services that run here and nowhere else."""
        found = workloads(self.group.graph)
        return [
            each
            for each in found
            if isinstance(each.node, Service)
            and each.instance_groups.complete
            and list(each.instance_groups) == [self.group]
        ]


def pools(graph: Graph) -> Iterator[Pool]:
    for group in graph.all(AutoScalingGroup):
        known = [instance_type(each) for each in group.instance_types]
        types = [each for each in known if each is not None]
        count = most_instances(group)
        if types and len(types) == len(known) and group.instance_types.complete and count:
            largest = max(types, key=lambda each: (each.memory, each.cpu))
            yield Pool(group, largest, count)


def most_instances(group: AutoScalingGroup) -> int | None:
    """With managed scaling its maximum, else what it starts with."""
    scaled = [each.has_managed_scaling for each in group.providers]
    if not scaled or any(each is False for each in scaled):
        return group.desired if not any(scaled) else group.maximum
    return group.maximum


def tasks_of(workload: Workload) -> list[Size] | None:
    """All that a service runs when it is still."""
    node = workload.node
    size = size_of(workload.definition) if workload.definition else None
    if not isinstance(node, Service) or size is None:
        return None
    if node.scheduling != "REPLICA":
        return None
    count = node.desired_count
    return None if count is None else [size] * count


def packed(rooms: list[Room], sizes: Iterable[Size]) -> str | None:
    """What is lacking first, or None if all found a place. Large ones first, into the fullest."""
    for size in sorted(sizes, key=lambda each: (len(each.ports), each.memory, each.cpu))[::-1]:
        fitting = [each for each in rooms if each.lacks(size) is None]
        if not fitting:
            return _closest(rooms, size)
        min(fitting, key=lambda each: (each.memory, each.cpu)).take(size)
    return None


def _closest(rooms: list[Room], size: Size) -> str:
    """Of the rooms, the lack that the fewest other lacks stand beside."""
    order = ("ports", "interfaces", "cpu", "memory")
    lacks = {each.lacks(size) for each in rooms}
    return next((each for each in order if each in lacks), "memory")


@dataclass(frozen=True)
class Step:
    """How far a rolling update may go from a number of tasks."""

    desired: int
    fewest: int
    most: int

    @classmethod
    def of(cls, service: Service) -> "Step | None":
        least, most, desired = (
            service.minimum_percent,
            service.maximum_percent,
            service.desired_count,
        )
        if least is None or most is None or not desired:
            return None
        return cls(desired, ceil(desired * least / 100), floor(desired * most / 100))

    @property
    def may_stop_first(self) -> bool:
        return self.fewest < self.desired

    @property
    def may_start_first(self) -> bool:
        return self.most > self.desired
