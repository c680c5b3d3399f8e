"""Whether people get into a bastion, and from there to the databases.

https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html
"""

from collections.abc import Iterator

from deploy.ecs.graph import Database, Ec2Instance, Graph, InstanceConnectEndpoint, permits
from deploy.ecs.preflight.connections.filters import Side, groups_let_through
from deploy.ecs.preflight.finding import Finding, error

SSH = 22
CALLED = ("bastion", "jump")


def bastions(graph: Graph) -> Iterator[Ec2Instance]:
    """By their names: what else an instance is for, no template says."""
    for instance in graph.all(Ec2Instance):
        if "ECS_CLUSTER" in instance.machine.agent:
            continue
        name = instance.resource.logical_id.lower()
        if any(each in name for each in CALLED):
            yield instance


def bastions_have_a_way_in(graph: Graph) -> Iterator[Finding]:
    for instance in bastions(graph):
        if _has_session(instance) or _has_ssh(instance) or graph.all(InstanceConnectEndpoint):
            continue
        yield error(
            "D12",
            instance,
            why=(
                f"{instance.resource.logical_id} has no role that Session Manager works with.",
                "It has no key pair with a group that admits port 22, and no EC2 Instance Connect "
                "Endpoint.",
            ),
            message="An error occurred (TargetNotConnected) when calling the StartSession "
            "operation",
            cure="Give it an instance profile whose role has AmazonSSMManagedInstanceCore.",
        )


def _has_session(instance: Ec2Instance) -> bool:
    """True also where that is not known."""
    machine = instance.machine
    if machine.given("IamInstanceProfile") is False:
        return False
    role = machine.role
    return role is None or permits(role, "ssmmessages:OpenDataChannel") is not False


def _has_ssh(instance: Ec2Instance) -> bool:
    machine = instance.machine
    if machine.given("KeyName") is False:
        return False
    groups = machine.security_groups
    if not groups.complete or any(each.node is None for each in groups):
        return True
    rules = [rule for each in groups if each.node for rule in each.node.rules("in")]
    return any(_is_ssh(each.first, each.last) for each in rules)


def _is_ssh(first: int | None, last: int | None) -> bool:
    return first is None or last is None or first <= SSH <= last


def bastions_reach_databases(graph: Graph) -> Iterator[Finding]:
    for instance in bastions(graph):
        machine = instance.machine
        subnet = machine.subnet.node if machine.subnet else None
        source = Side(machine.security_groups, (subnet,) if subnet else ())
        found = [each for each in graph.all(Database) if each.cluster is None and each.port]
        refused = [each for each in found if _refuses(source, each)]
        if found and len(refused) == len(found):
            yield from (_closed(instance, source, each) for each in refused[:1])


def _refuses(source: Side, database: Database) -> bool:
    subnets = tuple(each.node for each in database.subnets if each.node)
    target = Side(database.security_groups, subnets)
    return groups_let_through(source, target, database.port or 0) is False


def _closed(instance: Ec2Instance, source: Side, database: Database) -> Finding:
    target = Side(database.security_groups)
    group = next((each.node for each in target.groups if each.node), None)
    return error(
        "D01",
        group or database,
        *(("SecurityGroupIngress",) if group else ()),
        why=(
            f"{instance.resource.logical_id} is there to reach {database.resource.logical_id}.",
            f"The group {target.label} admits nothing on {database.port} from {source.label}.",
        ),
        message="connection timed out",
        cure=f"Let {target.label} admit tcp {database.port} from {source.label}.",
    )
