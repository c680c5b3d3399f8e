"""Services that run on instances of a cluster that is there already.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import inf

from deploy.ecs.graph import (
    AutoScalingGroup,
    Cluster,
    Graph,
    Service,
    TaskDefinition,
    instance_type,
)
from deploy.ecs.graph.capacity import ON_FARGATE
from deploy.ecs.graph.instances import Ec2Instance
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.live.asking import Answer
from deploy.ecs.preflight.live.subjects import is_here, outside
from deploy.ecs.preflight.placement.packing import Dimension
from deploy.ecs.preflight.placement.ports import RESERVED

DEFAULT = "default"
RoomOf = dict[Dimension, float]


@dataclass(frozen=True)
class Instance:
    told: Answer

    @property
    def is_connected(self) -> bool:
        return bool(self.told.get("agentConnected"))

    @cached_property
    def attributes(self) -> dict[str, str]:
        return {each["name"]: each.get("value", "") for each in self.told.get("attributes", [])}

    @property
    def registered(self) -> RoomOf:
        """Empty, as it was when it joined."""
        return self._room("registeredResources")

    @property
    def remaining(self) -> RoomOf:
        return self._room("remainingResources") | {(port, "tcp"): 0 for port in self.taken}

    @property
    def taken(self) -> set[int]:
        """Ports, by tasks. What remains of ports are those that are gone."""
        found = self._resource("remainingResources", "PORTS").get("stringSetValue", [])
        return {int(each) for each in found} - set(RESERVED)

    @property
    def _interfaces(self) -> float:
        """For tasks, if none has one yet: ECS does not tell how many are left."""
        kind = instance_type(self.attributes.get("ecs.instance-type"))
        has_trunk = "ecs.awsvpc-trunk-id" in self.attributes
        return inf if kind is None or has_trunk else kind.tasks_with_awsvpc

    def _room(self, name: str) -> RoomOf:
        cpu, memory = (
            self._resource(name, each).get("integerValue", 0) for each in ("CPU", "MEMORY")
        )
        return {"cpu": cpu, "memory": memory, "interfaces": self._interfaces}

    def _resource(self, name: str, kind: str) -> Answer:
        return next((each for each in self.told.get(name, []) if each["name"] == kind), {})


@dataclass(frozen=True)
class Placed:
    """A service whose tasks only instances of that cluster can run."""

    service: Service
    definition: TaskDefinition
    cluster: str
    instances: tuple[Instance, ...]

    @property
    def name(self) -> str:
        return self.service.resource.logical_id


def cluster_of(service: Service, account: Account) -> str | None:
    """Its name or ARN, where no stack makes it and it is in this account."""
    if service.given("Cluster") is False:
        made = any(each.is_called(DEFAULT) is not False for each in service.graph.all(Cluster))
        return None if made else DEFAULT
    found = outside(service.cluster)
    return found if found and is_here(found, account) else None


def placed(graph: Graph, account: Account) -> Iterator[Placed]:
    for service in graph.all(Service):
        cluster = cluster_of(service, account)
        link = service.task_definition
        if cluster is None or link is None or link.node is None or service.exists is False:
            continue
        if not _only_on_instances(service, account.cluster(cluster)):
            continue
        found = account.container_instances(cluster)
        if found is not None and not _may_bring_instances(graph, cluster):
            instances = tuple(Instance(each) for each in found if each.get("status") == "ACTIVE")
            yield Placed(service, link.node, cluster, instances)


def _only_on_instances(service: Service, cluster: Answer | None) -> bool:
    """By launch type: a capacity provider may start more of them."""
    if not cluster or cluster.get("status") != "ACTIVE":
        return False
    if service.given("LaunchType") is not False:
        return service.launch == "ec2"
    is_plain = service.given("CapacityProviderStrategy") is False
    return is_plain and not cluster.get("defaultCapacityProviderStrategy")


def runs_on_fargate(service: Service, cluster: Answer | None) -> bool:
    if service.launch is not None or not cluster:
        return service.launch == "fargate"
    strategy = cluster.get("defaultCapacityProviderStrategy", [])
    names = {each["capacityProvider"] for each in strategy}
    written = [service.given(each) for each in ("CapacityProviderStrategy", "LaunchType")]
    return bool(names) and not any(written) and None not in written and names <= set(ON_FARGATE)


def _may_bring_instances(graph: Graph, cluster: str) -> bool:
    """Whether instances of these stacks join it, or perhaps do."""
    name = cluster.rsplit("/", 1)[-1]
    joined = [each.cluster.value if each.cluster else None for each in graph.all(AutoScalingGroup)]
    alone = [each.machine.agent.get("ECS_CLUSTER", "") for each in graph.all(Ec2Instance)]
    return any(not isinstance(each, str) or each == name for each in (*joined, *alone))
