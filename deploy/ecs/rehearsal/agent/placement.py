"""Where ECS would place a task: which instance has what it needs, and what it says where none has.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deploy.ecs.graph import fargate

GUIDE = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
RESERVED_PORTS = frozenset({22, 2375, 2376, 51678, 51679})  # SSH's, Docker's and the agent's


@dataclass(frozen=True)
class Demand:
    cpu: int
    memory: int  # MiB
    ports: frozenset[int] = frozenset()
    interfaces: int = 0


@dataclass
class Instance:
    """What is free of a container instance."""

    id: str
    ec2_id: str
    type: str
    zone: str
    subnet: str
    cpu: int
    memory: int  # MiB
    interfaces: int
    ports: set[int] = field(default_factory=lambda: set(RESERVED_PORTS))
    connected: bool = True
    groups: list[str] = field(default_factory=list)  # of the services whose tasks it has

    def refusal(self, demand: Demand) -> "Refusal | None":
        if not self.connected:
            return Refusal("AGENT", 'encountered error "AGENT".', self.id)
        if demand.cpu > self.cpu:
            return Refusal("RESOURCE:CPU", "has insufficient CPU units available.", self.id)
        if demand.memory > self.memory:
            return Refusal("RESOURCE:MEMORY", "has insufficient memory available.", self.id)
        if demand.ports & self.ports:
            text = "is already using a port required by your task."
            return Refusal("RESOURCE:PORTS", text, self.id)
        if demand.interfaces > self.interfaces:
            return Refusal("RESOURCE:ENI", 'encountered error "RESOURCE:ENI".', self.id)
        return None

    def take(self, demand: Demand, group: str) -> None:
        self.cpu -= demand.cpu
        self.memory -= demand.memory
        self.interfaces -= demand.interfaces
        self.ports |= demand.ports
        self.groups.append(group)

    def give_back(self, demand: Demand, group: str) -> None:
        self.cpu += demand.cpu
        self.memory += demand.memory
        self.interfaces += demand.interfaces
        self.ports -= demand.ports
        self.groups.remove(group)


@dataclass(frozen=True)
class Refusal:
    code: str  # as RunTask answers it
    text: str
    instance: str = ""

    @property
    def event(self) -> str:
        about = (
            f"The closest matching (container-instance {self.instance}) {self.text}"
            if self.instance
            else f"Reason: {self.text}"
        )
        return (
            f"was unable to place a task because no container instance met "
            f"all of its requirements. {about} {GUIDE}"
        )


NO_INSTANCES = Refusal("EMPTY CAPACITY", "No Container Instances were found in your cluster.")
# Who lacks only the last of these is closer to what is asked than who lacks the first.
CLOSENESS = ("AGENT", "RESOURCE:MEMORY", "RESOURCE:CPU", "RESOURCE:PORTS", "RESOURCE:ENI")


def place(
    demand: Demand, instances: Sequence[Instance], group: str, strategy: Sequence[Mapping[str, Any]]
) -> Instance | Refusal:
    if not instances:
        return NO_INSTANCES
    refusals = [(each, each.refusal(demand)) for each in instances]
    fitting = [each for each, refusal in refusals if refusal is None]
    if fitting:
        return min(fitting, key=lambda each: _order(each, fitting, group, strategy))
    refused = [refusal for _, refusal in refusals if refusal]
    return max(refused, key=lambda each: CLOSENESS.index(each.code))


def _order(
    instance: Instance,
    instances: Sequence[Instance],
    group: str,
    strategy: Sequence[Mapping[str, Any]],
) -> list[int]:
    order = []
    for each in strategy or [{"type": "spread", "field": "attribute:ecs.availability-zone"}]:
        by = each.get("field", "")
        if each["type"] == "binpack":
            order.append(instance.cpu if by == "cpu" else instance.memory)
        elif each["type"] == "spread" and by == "attribute:ecs.availability-zone":
            zone = [other for other in instances if other.zone == instance.zone]
            order.append(sum(other.groups.count(group) for other in zone))
        elif each["type"] == "spread":
            order.append(instance.groups.count(group))
    return [*order, len(instance.groups)]


def fargate_refusal(cpu: int, memory: int) -> str | None:
    """What RegisterTaskDefinition says of a pair that Fargate lacks."""
    if memory in fargate.SIZES.get(cpu, ()):
        return None
    return (
        f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. See the "
        "Amazon ECS documentation for the valid values."
    )
