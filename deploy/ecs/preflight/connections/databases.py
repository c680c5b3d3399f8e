"""Whether tasks and bastions get to the databases."""

from collections.abc import Iterator

from deploy.ecs.evaluator.symbols import Attribute, Symbol, Value
from deploy.ecs.evaluator.values import symbols_in
from deploy.ecs.graph import (
    Database,
    Graph,
    ManagedSecret,
    Subnet,
    SubnetGroup,
    TaskDefinition,
    same_zone,
)
from deploy.ecs.graph.parts import Part
from deploy.ecs.preflight.connections.filters import Side, closed_acl, groups_let_through
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.workloads import Position, Workload, workloads

OF_ENDPOINT = ("Endpoint", "ReadEndpoint", "ReaderEndpoint")
SAID = {
    "postgres": "psycopg.errors.ConnectionTimeout: connection timeout expired",
    "docdb": "pymongo.errors.ServerSelectionTimeoutError",
}


def tasks_reach_databases(graph: Graph) -> Iterator[Finding]:
    for workload in workloads(graph):
        for database in used_by(workload.definition):
            for position in workload.positions:
                yield from _reaches(workload, position, database)


def used_by(definition: TaskDefinition | None) -> list[Database]:
    """Those whose address or master secret its containers are given."""
    found: dict[Database, None] = {}
    for container in definition.containers if definition else ():
        values = [*container.environment.values(), *(each.written for each in container.secrets)]
        for value in values:
            found |= dict.fromkeys(_named(container, value))
        for each in container.secrets:
            master = each.target.database if isinstance(each.target, ManagedSecret) else None
            if isinstance(master, Database):
                found[master] = None
    return list(dict.fromkeys(_whole(each) for each in found))


def _whole(database: Database) -> Database:
    """Of an instance of a cluster, the cluster."""
    return (database.cluster.node if database.cluster else None) or database


def _named(part: Part, value: object) -> Iterator[Database]:
    for symbol in _attributes(value):
        if symbol.name.split(".")[0] in OF_ENDPOINT:
            node = part.graph.node(symbol.stack, symbol.logical_id)
            if isinstance(node, Database):
                yield node


def _attributes(value: object) -> Iterator[Attribute]:
    found: tuple[Symbol, ...] = tuple(symbols_in(value))
    yield from (each for each in found if isinstance(each, Attribute))


def _reaches(workload: Workload, position: Position, database: Database) -> Iterator[Finding]:
    port = database.port
    if port is None:
        return
    source = Side(position.groups, position.known_subnets)
    target = Side(database.security_groups, _subnets(database))
    what = f"Tasks of {workload.label} connect to {database.resource.logical_id}, port {port}."
    message = SAID.get(database.engine or "", "connection timed out")
    if _is_elsewhere(position, database):
        yield error(
            "D10",
            database,
            "DBSubnetGroupName",
            why=(what, "It is in another network, and nothing connects the two."),
            message=message,
            cure="Put it into subnets of the tasks' network, or peer the networks.",
        )
    elif groups_let_through(source, target, port) is False:
        group = next((each.node for each in target.groups if each.node), None)
        yield error(
            "D01",
            group or database,
            *(("SecurityGroupIngress",) if group else ()),
            why=(
                what,
                f"The group {target.label} admits nothing on {port} from {source.label}, or that "
                "one lets nothing out to it.",
            ),
            message=message,
            cure=f"Let {target.label} admit tcp {port} from {source.label}.",
        )
    elif (closed := closed_acl(source, target, port)) and closed.network_acl:
        yield error(
            "N19",
            closed.network_acl,
            why=(what, f"The network ACL of {closed.resource.logical_id} stops that."),
            message=message,
            cure=f"Let it admit tcp {port} one way, and 1024-65535 the other.",
        )


def _subnets(database: Database) -> tuple[Subnet, ...]:
    return tuple(each.node for each in database.subnets if each.node)


def _is_elsewhere(position: Position, database: Database) -> bool:
    links = [each.vpc for each in _subnets(database)]
    vpcs = {each.node for each in links if each and each.node}
    if position.vpc is None or len(vpcs) != 1 or not links:
        return False
    graph = database.graph
    joined = [each for each in graph.nodes if each.resource.type in JOINING]
    return vpcs.pop() is not position.vpc and not joined


JOINING = {"AWS::EC2::VPCPeeringConnection", "AWS::EC2::TransitGatewayAttachment"}
JOINING |= {"AWS::EC2::TransitGatewayVpcAttachment"}


def clusters_have_instances(graph: Graph) -> Iterator[Finding]:
    for database in graph.all(Database):
        serverless = database.text("EngineMode") == "serverless"
        multi_az = database.given("DBClusterInstanceClass") is not False
        if not database.is_cluster or database.members or serverless or multi_az:
            continue
        if any(each.cluster and each.cluster.node is None for each in graph.all(Database)):
            continue
        yield error(
            "D07",
            database,
            why=(
                f"{database.resource.logical_id} is a cluster without an instance.",
                "Its storage is there, and nothing answers at its address.",
            ),
            message="connection refused, or the name does not resolve",
            cure="Add an AWS::…::DBInstance with its DBClusterIdentifier.",
        )


def _are_one(zones: list[Value]) -> bool:
    return all(same_zone(each, zones[0]) for each in zones)


def subnet_groups_have_two_zones(graph: Graph) -> Iterator[Finding]:
    for group in graph.all(SubnetGroup):
        nodes = [each.node for each in group.subnets]
        if not group.subnets.complete or not nodes or None in nodes:
            continue
        first = nodes[0]
        zones = [each.zone for each in nodes if each]
        if (first and all(each is first for each in nodes)) or _are_one(zones):
            yield error(
                "D08",
                group,
                "SubnetIds",
                why=(f"The subnets of {group.resource.logical_id} are in one zone.",),
                message="DBSubnetGroupDoesNotCoverEnoughAZs: The DB subnet group doesn't meet "
                "Availability Zone (AZ) coverage requirement.",
                cure="Name subnets in two zones.",
            )
