"""What instances there may be at most, and what each has for tasks."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import inf

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph import (
    AutoScalingGroup,
    CapacityProvider,
    Cluster,
    Graph,
    InstanceType,
    Listing,
    Machine,
    Schedule,
    Service,
    StrategyItem,
    instance_type,
)
from deploy.ecs.graph.instances import Ec2Instance
from deploy.ecs.graph.parts import Part, is_meant
from deploy.ecs.graph.reading import number
from deploy.ecs.graph.truth import Truth, any_of
from deploy.ecs.preflight.placement.packing import Dimension

MOST_PORTS = 95  # of 100 that an instance may have reserved, five are ECS's own
SYSTEM, SYSTEM_SHARE = 64, 0.03  # MiB, or of a larger instance that share
TRUNKING = "awsvpcTrunking"


@dataclass(frozen=True)
class Source:
    """A group of instances, or an instance."""

    node: AutoScalingGroup | Ec2Instance

    @property
    def name(self) -> str:
        return self.node.resource.logical_id

    @property
    def machine(self) -> Machine | None:
        return self.node.machine

    @cached_property
    def grows(self) -> Truth:
        """Whether ECS or a policy adds instances when there are too few."""
        if isinstance(self.node, Ec2Instance):
            return False
        found = self.node.graph.all(CapacityProvider)
        own = [each for each in found if is_meant(self.node, each.group) is not False]
        scaling = [each for each in own if each.has_managed_scaling is not False]
        return any_of([self.node.is_scaled_by_policy, *(is_used(each) for each in scaling)])

    @cached_property
    def count(self) -> int | None:
        """At most; None where it is not known."""
        if isinstance(self.node, Ec2Instance):
            return 1
        overrides = self.node.parts(Part, "MixedInstancesPolicy", "LaunchTemplate", "Overrides")
        if any(each.given("WeightedCapacity") is not False for each in overrides):
            return None
        return self.node.desired if self.grows is False else self.node.maximum

    @cached_property
    def types(self) -> tuple[InstanceType, ...]:
        """All that it may start; empty where one is not known."""
        if isinstance(self.node, AutoScalingGroup):
            names = self.node.instance_types
        else:
            written = self.node.machine.instance_type
            names = Listing((written,) if written else (), written is not None)
        found = [instance_type(each) for each in names]
        known = tuple(each for each in found if each is not None)
        return known if names.complete and len(known) == len(found) else ()

    @property
    def type_names(self) -> str:
        return " or ".join(dict.fromkeys(each.name for each in self.types))

    @cached_property
    def reserved(self) -> int:
        """MiB that the agent keeps from tasks; 0 where that is not known."""
        agent = self.machine.agent if self.machine else {}
        return max(number(agent.get("ECS_RESERVED_MEMORY")) or 0, 0)

    @property
    def reserves_nothing(self) -> Truth:
        if self.machine is None:
            return None
        if self.machine.setting("ECS_RESERVED_MEMORY"):
            written = number(self.machine.agent["ECS_RESERVED_MEMORY"])
            return None if written is None else written <= 0
        return self.machine.setting("ECS_RESERVED_MEMORY") is False or None

    @property
    def memory(self) -> float:
        """MiB that one instance has for tasks."""
        most = max((each.most_memory for each in self.types), default=inf)
        return most - self.reserved

    def room(self) -> dict[Dimension, float]:
        """Of one instance: of each dimension what its best type has."""
        return {
            "memory": self.memory,
            "cpu": max((each.cpu for each in self.types), default=inf),
            "interfaces": max((_on_trunk(each) for each in self.types), default=inf),
            "ports": MOST_PORTS,
        }

    def room_without_trunk(self) -> dict[Dimension, float]:
        interfaces = max((each.tasks_with_awsvpc for each in self.types), default=inf)
        return self.room() | {"interfaces": interfaces}

    def room_beside_system(self) -> dict[Dimension, float]:
        """With what the system, Docker and the agent need left to them."""
        taken = max(SYSTEM, SYSTEM_SHARE * self.memory) if self.reserves_nothing else 0
        return self.room() | {"memory": self.memory - (taken if self.types else 0)}


def _on_trunk(each: InstanceType) -> float:
    if not each.can_trunk:
        return each.tasks_with_awsvpc
    return inf if each.tasks_on_trunk is None else each.tasks_on_trunk


def is_used(provider: CapacityProvider) -> Truth:
    """Whether tasks are placed by it: those of the launch type EC2 do not make it start any."""
    return any_of(
        None if item is None or item.provider is None else is_meant(provider, item.provider)
        for item in _strategies(provider.graph)
    )


def _strategies(graph: Graph) -> Iterator[StrategyItem | None]:
    """None for what is not known."""
    of_clusters = [each.default_strategy for each in graph.all(Cluster)]
    of_services = [each.strategy for each in graph.all(Service)]
    of_schedules = [each.strategy for each in graph.all(Schedule)]
    for strategy in (*of_clusters, *of_services, *of_schedules):
        yield from strategy
        if not strategy.complete:
            yield None


def assumes_trunks(graph: Graph) -> bool:
    """Whether something in the stacks turns the account's setting on."""
    return any(
        _mentions(each.properties) for one in graph.stacks for each in one.resources.values()
    )


def _mentions(value: Value) -> bool:
    if isinstance(value, dict | list):
        return any(map(_mentions, value.values() if isinstance(value, dict) else value))
    return TRUNKING in value if isinstance(value, str) else TRUNKING in repr(value)
