"""Whether security groups and network ACLs let packets through inside a network."""

from dataclasses import dataclass

from deploy.ecs.graph import End, Link, Listing, SecurityGroup, Subnet, Truth, connects
from deploy.ecs.graph.truth import all_of


@dataclass(frozen=True)
class Side:
    groups: Listing[Link[SecurityGroup]]
    subnets: tuple[Subnet, ...] = ()

    @property
    def label(self) -> str:
        nodes = [(each.node, each.value) for each in self.groups]
        names = [node.resource.logical_id if node else str(value) for node, value in nodes]
        return " and ".join(names) or "no group"

    @property
    def end(self) -> End:
        """Its address is known if it is in one subnet."""
        blocks = {each.cidr for each in self.subnets}
        return End(self.groups, blocks.pop() if len(blocks) == 1 else None)

    def ends(self) -> list[End]:
        return [End(self.groups, each.cidr) for each in self.subnets] or [End(self.groups)]


def groups_let_through(source: Side, target: Side, port: int) -> Truth:
    """From any of its subnets to any of the other's."""
    return all_of(
        connects(one, other, "tcp", port).truth for one in source.ends() for other in target.ends()
    )


def closed_acl(source: Side, target: Side, port: int) -> Subnet | None:
    """A subnet whose network ACL certainly keeps a packet, or its answer, out or in."""
    for here in source.subnets:
        for there in target.subnets:
            if here is there:
                continue
            if _refuses(here, "out", port, there) or _refuses(here, "in", 32768, there):
                return here
            if _refuses(there, "in", port, here) or _refuses(there, "out", 32768, here):
                return there
    return None


def _refuses(subnet: Subnet, direction: str, port: int, other: Subnet) -> bool:
    acl = subnet.network_acl
    return acl is not None and acl.admits(direction, "tcp", port, other.cidr).truth is False
