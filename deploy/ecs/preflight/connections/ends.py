"""The two ends of a connection: security groups, and where in the network each is."""

from dataclasses import dataclass

from deploy.ecs.graph import (
    Database,
    Link,
    Listing,
    LoadBalancer,
    Schedule,
    SecurityGroup,
    Subnet,
    Vpc,
)
from deploy.ecs.graph.parts import Part, Step
from deploy.ecs.preflight.workloads import Position, Workload

OF_DATABASES = ("VPCSecurityGroups", "VpcSecurityGroupIds", "DBSecurityGroups")


@dataclass(frozen=True)
class Side:
    label: str
    part: Part  # which says what its groups are, at `path`
    path: tuple[Step, ...]
    groups: Listing[Link[SecurityGroup]]
    subnets: Listing[Link[Subnet]]
    has_default_group: bool = False  # its network's own, since it is given none
    has_filter: bool = True

    @property
    def known_groups(self) -> tuple[SecurityGroup, ...]:
        return tuple(each.node for each in self.groups if each.node is not None)

    @property
    def known_subnets(self) -> tuple[Subnet, ...]:
        found = (each.node for each in self.subnets if each.exists is not False)
        return tuple(dict.fromkeys(each for each in found if each is not None))

    @property
    def vpc(self) -> Vpc | None:
        """One subnet tells it, since the others have to be of the same."""
        nodes = [each.node for each in self.subnets if each.node is not None and each.exists]
        links = (each.vpc for each in nodes)
        found = {each.node if each else None for each in links}
        return found.pop() if len(found) == 1 else None

    @property
    def blocks(self) -> tuple[str | None, ...]:
        """Of addresses that it may have; None among them where they are not all known."""
        known = [each.cidr for each in self.known_subnets]
        is_known = self.subnets.complete and len(self.known_subnets) == len(self.subnets)
        return tuple(dict.fromkeys(known if is_known and known else [*known, None]))

    @property
    def named_groups(self) -> str:
        if self.has_default_group:
            return "the network's default security group"
        names = [each.resource.logical_id for each in self.known_groups]
        return " and ".join(names) or "its security groups"


def of_task(workload: Workload, position: Position) -> Side:
    if workload.network_mode == "awsvpc":
        path: tuple[Step, ...] = ("NetworkConfiguration", "AwsvpcConfiguration")
        if isinstance(workload.node, Schedule):
            path = workload.node.awsvpc
        label = workload.label
        is_default = bool(position.said_by.given(*path)) and (
            position.said_by.given(*path, "SecurityGroups") is False
        )
        path = (*path, "SecurityGroups")
    else:
        path = ("SecurityGroupIds",)
        label = f"each instance of {position.said_by.resource.logical_id}"
        is_default = False
    return Side(label, position.said_by, path, position.groups, position.subnets, is_default)


def of_load_balancer(balancer: LoadBalancer) -> Side:
    has_none = balancer.given("SecurityGroups") is False
    return Side(
        f"the load balancer {balancer.resource.logical_id}",
        balancer,
        ("SecurityGroups",),
        balancer.security_groups,
        balancer.subnets,
        has_default_group=has_none and balancer.type == "application",
        has_filter=not (has_none and balancer.type == "network"),
    )


def of_database(database: Database) -> Side:
    has_none = all(database.given(name) is False for name in OF_DATABASES)
    is_document = database.engine == "docdb"
    path = OF_DATABASES[1] if is_document or database.is_cluster else OF_DATABASES[0]
    return Side(
        f"the database {database.resource.logical_id}",
        database,
        (path,),
        database.security_groups,
        database.subnets,
        has_default_group=has_none and database.is_copy is False,
    )
