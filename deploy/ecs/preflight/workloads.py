"""What runs tasks, and where in the network these are: the subject of most questions."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from deploy.ecs.graph import (
    AutoScalingGroup,
    Graph,
    Link,
    Listing,
    Schedule,
    SecurityGroup,
    Service,
    Subnet,
    TaskDefinition,
    Truth,
    Vpc,
)
from deploy.ecs.graph.parts import Node, Part

SUBNETS = ("NetworkConfiguration", "AwsvpcConfiguration", "Subnets")  # of a service


@dataclass(frozen=True)
class Position:
    """Of a network interface that packets of tasks leave by: a task's own with awsvpc, else its
    instance's."""

    said_by: Part  # the service, the schedule, or what an instance is started from
    subnets: Listing[Link[Subnet]]
    groups: Listing[Link[SecurityGroup]]
    public_address: Truth

    @property
    def known_subnets(self) -> tuple[Subnet, ...]:
        found = (each.node for each in self.subnets if each.exists is not False)
        return tuple(each for each in found if each is not None)

    @property
    def vpc(self) -> Vpc | None:
        """None where it is not known, or they are of several."""
        found = {each.vpc.node if each.vpc else None for each in self.known_subnets}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True)
class Workload:
    """A service, or a schedule that runs tasks."""

    node: Service | Schedule

    @property
    def label(self) -> str:
        kind = "service" if isinstance(self.node, Service) else "schedule"
        return f"the {kind} {named(self.node)}"

    @property
    def definition(self) -> TaskDefinition | None:
        link = self.node.task_definition
        return link.node if link else None

    @property
    def network_mode(self) -> str | None:
        """Of a service: "awsvpc", "bridge", "host" or "none"."""
        return self.definition.network_mode if self.definition else None

    @property
    def launch(self) -> str | None:
        """ "fargate", "ec2" or "external"."""
        return self.node.launch

    @property
    def instance_groups(self) -> Listing[AutoScalingGroup]:
        return self.node.instance_groups if isinstance(self.node, Service) else Listing((), False)

    @cached_property
    def positions(self) -> Listing[Position]:
        """Not complete where there may be others than those that are known."""
        if self.network_mode == "awsvpc":
            return Listing((self._own(),))
        if self.network_mode is None or self.network_mode == "none":
            return Listing((), False)
        groups = self.instance_groups
        found = tuple(position_of(each) for each in groups)
        known = tuple(each for each in found if each is not None)
        return Listing(known, groups.complete and len(known) == len(found))

    def _own(self) -> Position:
        node = self.node
        # On instances a task's interface never has one, whatever its subnet says.
        address = False if self.launch == "ec2" else node.public_address
        return Position(node, node.subnets, node.security_groups, address)


def named(node: Node) -> str:
    """By its logical id, and where a service has another name by that too: two services may be
    called alike in their templates."""
    name = node.resource.logical_id
    said = node.service_name if isinstance(node, Service) else None
    return f"{name} ({said})" if isinstance(said, str) and said != name else name


def workloads(graph: Graph) -> Iterator[Workload]:
    nodes: tuple[Service | Schedule, ...] = (*graph.all(Service), *graph.all(Schedule))
    yield from (Workload(each) for each in nodes)


def position_of(group: AutoScalingGroup) -> Position | None:
    """Of the instances of a group; its agents and, in bridge and host mode, its tasks."""
    machine = group.machine
    if machine is None:
        return None
    address = machine.public_address
    if address is None and not machine.given("NetworkInterfaces", 0, "AssociatePublicIpAddress"):
        mapped = {each.node.maps_public_address if each.node else None for each in group.subnets}
        address = mapped.pop() if len(mapped) == 1 and group.subnets.complete else None
    return Position(machine, group.subnets, machine.security_groups, address)
