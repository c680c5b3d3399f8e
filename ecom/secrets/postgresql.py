"""Connections to PostgreSQL that learn a changed password by themselves."""

from collections.abc import Callable
from typing import Any, Self

import psycopg

Credentials = tuple[str, str]


def connection_class(
    base: type[psycopg.Connection[Any]],
    credentials: Callable[[Credentials | None], Credentials],
) -> type[psycopg.Connection[Any]]:
    """For psycopg's pool, which opens a connection whenever it lacks one."""

    class Connection(base):  # type: ignore[valid-type, misc]
        @classmethod
        def connect(cls, conninfo: str = "", **parameters: Any) -> Self:
            known = credentials(None)
            try:
                return cls.connect_as(known, conninfo, parameters)
            except psycopg.OperationalError as error:
                if not was_refused(error) or (renewed := credentials(known)) == known:
                    raise
            return cls.connect_as(renewed, conninfo, parameters)

        @classmethod
        def connect_as(
            cls, credentials: Credentials, conninfo: str, parameters: dict[str, Any]
        ) -> Self:
            user, password = credentials
            connection: Self = super().connect(
                conninfo, **parameters | {"user": user, "password": password}
            )
            return connection

    return Connection


def was_refused(error: psycopg.OperationalError) -> bool:
    """Whether the server had asked for the password when it refused the connection.

    libpq tells no SQLSTATE of a connection that was refused, and its text is in the server's
    language. Some other refusals come after the password; for those the secret is read in vain.
    Of several addresses the connection is that of the last one, and the text that of all.
    """
    asked = error.pgconn is not None and error.pgconn.used_password
    return asked or "password authentication failed" in str(error)
