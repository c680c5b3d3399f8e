"""How many connections to the database a process may open, so that the server has room for all."""

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper

# The last one is Amazon RDS's own.
RESERVED = (
    "superuser_reserved_connections",
    "reserved_connections",
    "rds.rds_superuser_reserved_connections",
)


def connections_per_process(most: int, connections: int, tasks: int, workers: int) -> int:
    """At most `most`, and so many that all processes together stay within `connections`.

    Raises ImproperlyConfigured where not even one is left for each.
    """
    processes = tasks * max(workers, 1)
    if processes > connections:
        raise ImproperlyConfigured(
            f"DATABASE_CONNECTIONS is {connections}, too few for {tasks} tasks (DATABASE_TASKS) of "
            f"{workers} workers (WEB_CONCURRENCY). Start fewer, or raise it as far as the "
            "database server allows."
        )
    return min(most, connections // processes)


def server_limit(connection: BaseDatabaseWrapper) -> int:
    """How many connections the PostgreSQL server gives to ordinary roles, of all its databases."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('max_connections')::int - coalesce(sum(setting::int), 0)"
            " FROM pg_settings WHERE name = ANY(%s)",
            [list(RESERVED)],
        )
        return int(cursor.fetchone()[0])
