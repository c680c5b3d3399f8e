"""A connection of Django's as the settings make it, past the test database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper

from ecom.databases import database_of
from ecom.postgresql import close_all

DEFAULTS = {
    "ATOMIC_REQUESTS": False,
    "AUTOCOMMIT": True,
    "CONN_MAX_AGE": 0,
    "TIME_ZONE": None,
    "TEST": {"NAME": None},
}


@contextmanager
def connected(url: str, statement_timeout: int = 10) -> Iterator[DatabaseWrapper]:
    config = DEFAULTS | database_of(url, 2, gate=False, statement_timeout=statement_timeout)
    connection = DatabaseWrapper(config, alias=f"a test's {id(config)}")
    try:
        yield connection
    finally:
        close_all(connection)


def row(connection: DatabaseWrapper, query: str, *values: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        found: tuple[Any, ...] = cursor.fetchone()
    return found
