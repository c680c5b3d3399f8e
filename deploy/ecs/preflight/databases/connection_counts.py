"""Whether the database takes as many connections as its clients open.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
"""

import re
from collections.abc import Iterator

from deploy.ecs.graph import Container, Database, Graph, Service
from deploy.ecs.preflight.databases.used import used_by
from deploy.ecs.preflight.finding import Finding, warning
from deploy.ecs.preflight.placement.fleet import count_of
from deploy.ecs.preflight.placement.rolling_update import least_and_most

BYTES_EACH = 9531392
GIB = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}
BURSTABLE = re.compile(r"db\.t\w+\.(\w+)")
# Part of the memory is the system's, so that about a tenth fewer come of the formula.
KEPT = 0.9
COUNTS = {
    "workers": (re.compile(r"(?:--workers|-w)[ =](\d+)"), ("WEB_CONCURRENCY", "WORKERS")),
    "threads": (re.compile(r"--threads[ =](\d+)"), ("THREADS", "GUNICORN_THREADS")),
}


def connections_suffice(graph: Graph) -> Iterator[Finding]:
    for database in graph.all(Database):
        most = _most(database)
        if most is None:
            continue
        wanted = {each: _wanted(each, database) for each in graph.all(Service)}
        total = sum(each for each in wanted.values())
        if total > most:
            names = " and ".join(
                each.resource.logical_id for each, count in wanted.items() if count
            )
            yield warning(
                "D11",
                database,
                "DBInstanceClass",
                why=(
                    f"{names} open up to {total} connections: tasks during an update, times "
                    "workers, times threads.",
                    f"{database.resource.logical_id} takes about {most}.",
                ),
                message="FATAL: sorry, too many clients already",
                cure="Take a larger class or fewer workers, or put RDS Proxy between them.",
            )


def _most(database: Database) -> int | None:
    said = database.parameters.get("max_connections")
    if isinstance(said, str | int) and str(said).isdigit():
        return int(said)
    found = BURSTABLE.fullmatch(database.text("DBInstanceClass") or "")
    if said is not None or database.engine != "postgres" or not found or found[1] not in GIB:
        return None
    return int(GIB[found[1]] * 1024**3 / BYTES_EACH * KEPT)


def _wanted(service: Service, database: Database) -> int:
    """0 where it does not use it, or it is not known how many."""
    link = service.task_definition
    definition = link.node if link else None
    if definition is None or database not in used_by(definition):
        return 0
    bounds = least_and_most(service, count_of(service) or 0)
    each = sum(_of(container) for container in definition.containers)
    return each * bounds[1] if bounds else 0


def _of(container: Container) -> int:
    arguments = container.environment.get("GUNICORN_CMD_ARGS", "")
    words = (*container.entry_point, *container.command, arguments)
    written = " ".join(str(each) for each in words)
    found = {
        name: _count(container, written, pattern, variables)
        for name, (pattern, variables) in COUNTS.items()
    }
    return found["workers"] * max(found["threads"], 1)


def _count(
    container: Container, written: str, pattern: re.Pattern[str], variables: tuple[str, ...]
) -> int:
    if match := pattern.search(written):
        return int(match[1])
    values = [str(container.environment.get(each, "")) for each in variables]
    return next((int(each) for each in values if each.isdigit()), 0)
