"""Whether databases are in the network of those who use them."""

from collections.abc import Iterator

from deploy.ecs.graph import Database, GatewayAttachment, Graph, Vpc
from deploy.ecs.graph.parts import is_meant
from deploy.ecs.graph.truth import any_of
from deploy.ecs.preflight.connections.ends import Side, of_database, of_task
from deploy.ecs.preflight.connections.uses import uses, whole_databases
from deploy.ecs.preflight.connections.wording import capital
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.workloads import workloads

# What may connect two networks.
CONNECTING = ("AWS::EC2::VPCPeeringConnection", "AWS::EC2::TransitGateway",
              "AWS::EC2::VPNGateway", "AWS::EC2::VPNConnection", "AWS::NetworkManager::",
              "AWS::VpcLattice::", "AWS::EC2::VPCEndpointService")  # fmt: skip
BY_ROUTE = ("VpcPeeringConnectionId", "TransitGatewayId", "CoreNetworkArn", "InstanceId",
            "NetworkInterfaceId", "VpcEndpointId")  # fmt: skip


def databases_are_in_the_network_of_tasks(graph: Graph) -> Iterator[Finding]:
    for workload in workloads(graph):
        for database, sentence in uses(workload).items():
            side = of_database(database)
            for position in workload.positions:
                task = of_task(workload, position)
                if are_apart(task, side, database):
                    yield _in_another(task, side, database, sentence)


def are_apart(client: Side, side: Side, database: Database) -> bool:
    """Whether they are in two networks that nothing connects."""
    one, other = client.vpc, side.vpc
    if one is None or other is None or one is other:
        return False
    return _is_private(database, other) and not are_connected(database.graph)


def _is_private(database: Database, vpc: Vpc) -> bool:
    """Where it is not said, a network without an internet gateway has private databases only."""
    told = [each.is_public for each in (database, *database.members)]
    if all(each is False for each in told):
        return True
    written = [each.given("PubliclyAccessible") for each in (database, *database.members)]
    attached = any_of(is_meant(vpc, each.vpc) for each in vpc.graph.all(GatewayAttachment))
    return all(each is False for each in written) and attached is False


def are_connected(graph: Graph) -> bool:
    return any(
        node.resource.type.startswith(CONNECTING)
        or (
            node.resource.type == "AWS::EC2::Route"
            and any(node.given(name) is not False for name in BY_ROUTE)
        )
        for node in graph.nodes
    )


def _in_another(task: Side, side: Side, database: Database, sentence: str) -> Finding:
    name = database.resource.logical_id
    return error(
        "D10",
        database,
        "DBSubnetGroupName",
        why=[
            sentence,
            f"{capital(task.label)} is in the network {_named(task.vpc)}.",
            f"{name} is in {_named(side.vpc)}, and nothing connects the two.",
        ],
        message=f"Connections to {name} time out",
        cure=f"Give {name} a subnet group of the network {_named(task.vpc)}.",
    )


def databases_have_a_network(graph: Graph) -> Iterator[Finding]:
    """One without a subnet group is in the account's default network, which no stack makes."""
    for database in whole_databases(graph):
        if database.given("DBSubnetGroupName") is not False or database.is_copy is not False:
            continue
        groups = of_database(database).known_groups
        own = [each for each in groups if each.vpc is not None and each.vpc.node is not None]
        if not own:
            continue
        name, group = database.resource.logical_id, own[0]
        vpc = _named(group.vpc.node if group.vpc else None)
        yield error(
            "D10",
            database,
            "DBSubnetGroupName",
            why=[
                f"{name} has no DBSubnetGroupName, so it is in the account's default network.",
                f"Its security group {group.resource.logical_id} is of the network {vpc}.",
            ],
            message=(
                "The DB instance and EC2 security group are in different VPCs. The DB instance is "
                f"in the default VPC and the EC2 security group is in {vpc}"
            ),
            cure=f"Give {name} a DBSubnetGroupName with subnets of {vpc}.",
        )


def _named(vpc: Vpc | None) -> str:
    return vpc.resource.logical_id if vpc else "another network"
