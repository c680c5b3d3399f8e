"""Which machines are bastions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from deploy.ecs.graph import (
    AutoScalingGroup,
    Ec2Instance,
    Graph,
    Link,
    Listing,
    Machine,
    Subnet,
)
from deploy.ecs.graph.parts import Node
from deploy.ecs.graph.reading import parts_of
from deploy.ecs.preflight.connections.ends import Side

NAMED = re.compile(r"bastion|jump[-_ ]?(host|box|server)|ssh[-_ ]?(host|tunnel)", re.IGNORECASE)


@dataclass(frozen=True)
class Bastion:
    node: Ec2Instance | AutoScalingGroup
    machine: Machine

    @property
    def name(self) -> str:
        return self.node.resource.logical_id

    @property
    def side(self) -> Side:
        return Side(
            f"the bastion {self.name}",
            self.machine,
            ("SecurityGroupIds",),
            self.machine.security_groups,
            self._subnets,
        )

    @property
    def _subnets(self) -> Listing[Link[Subnet]]:
        if isinstance(self.node, AutoScalingGroup):
            return self.node.subnets
        subnet = self.machine.subnet
        return Listing((subnet,)) if subnet else Listing((), complete=False)

    @property
    def user_data(self) -> str:
        """But for symbols in it."""
        return _plain(self.machine.user_data)

    @property
    def names(self) -> Iterator[str]:
        yield self.name
        if not any(each is not self.node for each in _in_stack(self.node)):
            yield self.node.resource.stack
        for tag in self.node.values("Tags"):
            yield _plain(tag.get("Value")) if isinstance(tag, dict) else ""
        if len(self.side.known_groups) == 1:  # others may be for what admits bastions
            yield self.side.known_groups[0].resource.logical_id


def bastions(graph: Graph) -> list[Bastion]:
    """Machines that are called so, and that ECS does not run tasks on."""
    nodes: tuple[Ec2Instance | AutoScalingGroup, ...]
    nodes = (*graph.all(Ec2Instance), *graph.all(AutoScalingGroup))
    found = [Bastion(each, each.machine) for each in nodes if each.machine is not None]
    return [
        each for each in found if not _has_other_work(each) and any(map(NAMED.search, each.names))
    ]


def _in_stack(node: Node) -> list[Ec2Instance]:
    found = node.graph.all(Ec2Instance)
    return [each for each in found if each.resource.stack == node.resource.stack]


def _has_other_work(bastion: Bastion) -> bool:
    is_fleet = isinstance(bastion.node, AutoScalingGroup) and bool(bastion.node.providers)
    is_router = bastion.node.flag("SourceDestCheck") is False
    return is_fleet or is_router or "ECS_CLUSTER" in bastion.machine.agent


def _plain(value: object) -> str:
    return "".join(each for each in parts_of(value) or () if isinstance(each, str))
