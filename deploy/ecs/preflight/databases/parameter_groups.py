"""Whether parameter groups are of the version that uses them."""

import re
from collections.abc import Iterator

from deploy.ecs.graph import Database, Graph
from deploy.ecs.preflight.finding import Finding, error

FAMILY = re.compile(r"(?P<name>[a-z][a-z-]*?)(?P<version>\d+(\.\d+)?)")


def families_fit(graph: Graph) -> Iterator[Finding]:
    for database in graph.all(Database):
        link = database.parameter_group
        group = link.node if link else None
        wanted = _family(database)
        if group is None or group.family is None or wanted is None or database.cluster:
            continue
        if not _is(group.family.lower(), *wanted):
            engine, version = wanted
            yield error(
                "D09",
                group,
                "Family",
                why=(
                    f"{database.resource.logical_id} is {engine} {version}.",
                    f"{group.resource.logical_id} is for {group.family}.",
                ),
                message="The parameter group with DBParameterGroupFamily "
                f"{group.family} can't be used for this instance. Please use a parameter group "
                "with another family.",
                cure=f"Set Family to that of {engine} {version}.",
            )


def _family(database: Database) -> tuple[str, str] | None:
    engine, version = database.engine, database.version
    return (engine, version) if engine and version else None


def _is(family: str, engine: str, version: str) -> bool:
    """postgres16 is of 16.8, mysql8.0 of 8.0.40, docdb5.0 of 5.0.0."""
    found = FAMILY.fullmatch(family)
    if found is None:
        return True  # a form that is not known here
    if found["name"] != engine:
        return False
    digits, wanted = found["version"].split("."), version.split(".")
    return wanted[: len(digits)] == digits[: len(wanted)]
