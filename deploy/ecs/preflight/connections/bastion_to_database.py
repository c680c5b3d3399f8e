"""Whether databases admit bastions."""

from collections.abc import Iterator

from deploy.ecs.graph import AutoScalingGroup, Database, Graph, SecurityGroup
from deploy.ecs.graph.database_uses import databases_in
from deploy.ecs.preflight.connections.admission import rules
from deploy.ecs.preflight.connections.bastions import Bastion, bastions
from deploy.ecs.preflight.connections.ends import of_database
from deploy.ecs.preflight.connections.task_to_database import judged
from deploy.ecs.preflight.connections.uses import whole_databases
from deploy.ecs.preflight.finding import Finding, Tell, error, note, warning


def bastions_reach_databases(graph: Graph) -> Iterator[Finding]:
    """Whether one is for a certain database is seen by its user data and its own rules; whether it
    is for any, by there being nothing else that it is let into."""
    for bastion in bastions(graph):
        for database in whole_databases(graph):
            side = of_database(database)
            if bastion.side.vpc is not None and bastion.side.vpc is side.vpc:
                tell, why = _purpose(bastion, database)
                yield from judged(bastion.side, side, database, [why], tell)


def _purpose(bastion: Bastion, database: Database) -> tuple[Tell, str]:
    name, of = bastion.name, database.resource.logical_id
    if database in databases_in(bastion.node.graph, bastion.machine.user_data):
        return error, f"The user data of {name} have the host name of {of}."
    if _has_rule_to(bastion, database):
        return error, f"{name} has a rule of its own to get to {of}."
    if _has_nowhere_else(bastion):
        return warning, f"{name} is a bastion in the network of {of}, and nothing else admits it."
    return note, f"{name} is a bastion in the network of {of}; whether it is for that is not known."


def _has_rule_to(bastion: Bastion, database: Database) -> bool:
    groups = of_database(database).known_groups
    return any(
        rule.other is not None and rule.other.node in groups and rule.source == "group"
        for rule in rules(bastion.side, "out")
    )


def _has_nowhere_else(bastion: Bastion) -> bool:
    graph, own = bastion.node.graph, bastion.side.known_groups
    fleets = [each for each in graph.all(AutoScalingGroup) if each is not bastion.node]
    admitting = [
        rule
        for group in graph.all(SecurityGroup)
        if group not in own
        for rule in group.ingress
        if rule.other is not None and (rule.other.node is None or rule.other.node in own)
    ]
    return not fleets and not admitting
