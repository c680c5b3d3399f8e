"""Rules that let somebody send to a database which does not admit them, and the reverse.

They tell of clients that are not seen here, as of tasks that are run by hand.
"""

from collections.abc import Iterator

from deploy.ecs.graph import Database, Graph, Link, Listing, SecurityGroup, Subnet
from deploy.ecs.preflight.connections.admission import closed, rules
from deploy.ecs.preflight.connections.ends import Side, of_database
from deploy.ecs.preflight.connections.task_to_database import judged
from deploy.ecs.preflight.connections.uses import whole_databases
from deploy.ecs.preflight.finding import Finding, note, warning


def rules_for_databases_match(graph: Graph) -> Iterator[Finding]:
    for database in whole_databases(graph):
        side, port = of_database(database), database.port
        if port is None:
            continue
        for group in graph.all(SecurityGroup):
            if group not in side.known_groups:
                yield from _one_sided(database, side, _holder(group), port)


def _one_sided(database: Database, side: Side, holder: Side, port: int) -> Iterator[Finding]:
    name, of = holder.named_groups, database.resource.logical_id
    asked = ("tcp", (port, port))
    if _names(holder, "out", side, port) and closed("in", side, holder, *asked):
        yield from judged(holder, side, database, [f"A rule of {name} is for {of}."], warning)
    if _names(side, "in", holder, port) and closed("out", holder, side, *asked):
        yield from judged(holder, side, database, [f"A rule of {of} is for {name}."], note)


def _names(here: Side, direction: str, there: Side, port: int) -> bool:
    """Whether a rule of the one is for the group of the other and for that port."""
    return any(
        rule.exists is True
        and rule.other is not None
        and rule.other.node in there.known_groups
        and rule.protocol == "tcp"
        and (rule.first, rule.last) == (port, port)
        for rule in rules(here, direction)
    )


def _holder(group: SecurityGroup) -> Side:
    """Whoever has it."""
    groups = Listing((Link(group.id, group, group.at),))
    subnets = Listing[Link[Subnet]]((), complete=False)
    name = group.resource.logical_id
    return Side(f"whoever has {name}", group, ("SecurityGroupEgress",), groups, subnets)
