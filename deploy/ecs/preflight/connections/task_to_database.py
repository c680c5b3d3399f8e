"""Whether tasks get to the databases that they use."""

from collections.abc import Iterator

from deploy.ecs.evaluator.values import symbols_in
from deploy.ecs.graph import Database, Graph
from deploy.ecs.preflight.connections.admission import closed, groups_told, place_of, rules
from deploy.ecs.preflight.connections.bastions import bastions
from deploy.ecs.preflight.connections.ends import Side, of_database, of_task
from deploy.ecs.preflight.connections.networks import are_apart
from deploy.ecs.preflight.connections.uses import hidden_uses, kind_of, uses, whole_databases
from deploy.ecs.preflight.connections.wording import capital, listed
from deploy.ecs.preflight.finding import Finding, Tell, error, warning
from deploy.ecs.preflight.workloads import Workload, workloads

# What may have a security group without using a database.
NO_CLIENTS = ("AWS::EC2::SecurityGroup", "AWS::EC2::VPCEndpoint", "AWS::EC2::LaunchTemplate",
              "AWS::AutoScaling::", "AWS::DocDB::", "AWS::ECS::", "AWS::EFS::",
              "AWS::ElastiCache::", "AWS::ElasticLoadBalancingV2::", "AWS::RDS::DBCluster",
              "AWS::RDS::DBInstance", "AWS::Scheduler::")  # fmt: skip


def tasks_reach_databases(graph: Graph) -> Iterator[Finding]:
    for workload in workloads(graph):
        for database, sentence in uses(workload).items():
            side = of_database(database)
            for position in workload.positions:
                task = of_task(workload, position)
                if not are_apart(task, side, database):
                    yield from judged(task, side, database, [f"{_of(workload)}: {sentence}"])


def judged(
    client: Side, side: Side, database: Database, why: list[str], tell: Tell = error
) -> Iterator[Finding]:
    """What security groups say of a client and a database that it uses."""
    port = database.port
    if port is None:
        return
    told = [*why, f"{database.resource.logical_id} listens at port {port}."]
    if closed("in", side, client, "tcp", (port, port)):
        part, path = place_of(side, client, "in")
        cure = f"Admit tcp port {port} from {client.named_groups} in {side.named_groups}."
        reasons = [*told, *groups_told(side, "in"), _has(client)]
        yield tell("D01", part, *path, why=reasons, message=message(database, port), cure=cure)
    if closed("out", client, side, "tcp", (port, port)):
        part, path = place_of(client, side, "out")
        cure = f"Let {client.named_groups} send to tcp port {port} of {side.named_groups}."
        reasons = [*told, *groups_told(client, "out")]
        yield tell("D01", part, *path, why=reasons, message=message(database, port), cure=cure)


def message(database: Database, port: int) -> str:
    name = database.resource.logical_id
    if kind_of(database) == "DocumentDB":
        return f"ServerSelectionTimeoutError: {name}:{port}: timed out"
    return f"connection to server at {name}, port {port} failed: Connection timed out"


def databases_admit_somebody(graph: Graph) -> Iterator[Finding]:
    """Where tasks do not tell which database they use, and there is one only that may be it."""
    everybody = list(workloads(graph))
    hidden = {each: names for each in everybody if (names := hidden_uses(each))}
    if not hidden or any(uses(each) for each in everybody):
        return
    for database in whole_databases(graph):
        if _is_only_one_of_its_kind(database) and _admits_nobody(database, everybody):
            yield _unused(database, hidden)


def _is_only_one_of_its_kind(database: Database) -> bool:
    kinds = [kind_of(each) for each in whole_databases(database.graph)]
    return None not in kinds and kinds.count(kind_of(database)) == 1


def _admits_nobody(database: Database, everybody: list[Workload]) -> bool:
    side, port = of_database(database), database.port
    tasks = [of_task(each, position) for each in everybody for position in each.positions]
    is_known = all(each.positions.complete and len(each.positions) for each in everybody)
    if port is None or not is_known or _has_other_clients(side):
        return False
    return all(closed("in", side, task, "tcp", (port, port)) for task in tasks)


def _has_other_clients(side: Side) -> bool:
    """Whether something else than tasks and bastions, as a function, has a group that it admits."""
    groups = {rule.other.node for rule in rules(side, "in") if rule.other} - {None}
    graph = side.part.graph
    known = [each.node for each in bastions(graph)]
    return any(
        graph.find(value) in groups
        for node in graph.nodes
        if groups and node not in known and not node.resource.type.startswith(NO_CLIENTS)
        for value in symbols_in(node.body)
    )


def _unused(database: Database, hidden: dict[Workload, list[str]]) -> Finding:
    side, name = of_database(database), database.resource.logical_id
    part, path = place_of(side, side, "in")
    names = listed(f"{names[0]} of {each.label}" for each, names in hidden.items())
    return warning(
        "D01",
        part,
        *path,
        why=[
            f"What {names} means is not known here.",
            f"The only {kind_of(database)} of these stacks is {name}, at port {database.port}.",
            *groups_told(side, "in"),
            "None of the services and schedules is among these.",
        ],
        message=message(database, database.port or 0),
        cure=f"Admit tcp port {database.port} from the tasks' security groups.",
    )


def _has(client: Side) -> str:
    return f"{capital(client.label)} has {client.named_groups}."


def _of(workload: Workload) -> str:
    return capital(workload.label)
