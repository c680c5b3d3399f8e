"""A database of PostgreSQL with two roles: one owns the tables, the other only uses them.

Whoever takes over a running process then has the rows, and neither the tables nor other databases.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg.sql import SQL, Composable, Identifier, Literal

TOO_MUCH = """
SELECT rolname FROM pg_roles
WHERE rolname = ANY(%s) AND (
    rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
    OR rolname = current_user
)
"""
MEMBERSHIPS = """
SELECT pg_get_userbyid(member) || ' is a member of ' || pg_get_userbyid(roleid)
FROM pg_auth_members WHERE pg_get_userbyid(member) = ANY(%s)
"""
# Before PostgreSQL 15 it was the administrator's, with CREATE for everybody; upgrades keep that.
TAKEABLE_SCHEMA = """
SELECT nspname FROM pg_namespace WHERE nspname = %s AND pg_has_role(nspowner, 'USAGE')
"""
TABLE_MAKER = "SELECT 1 WHERE has_schema_privilege(%s, 'public', 'CREATE')"
FOREIGN_TABLES = """
SELECT relname FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND rolname <> %s
"""


@dataclass(frozen=True)
class Role:
    name: str
    password: str


class PowerfulRoleError(Exception):
    """The role exists, or the schema is such, that it may more than it should."""


def create(admin: DatabaseWrapper, database: str, owner: Role, user: Role) -> None:
    """Makes what is missing and sets both passwords; can be run again. Raises PowerfulRoleError.

    `admin` is a connection to any database of the server, as a role with CREATEROLE and CREATEDB.
    """
    for name in column(admin, TOO_MUCH, [owner.name, user.name]):
        raise PowerfulRoleError(
            f"The role {name} exists and may do more than a service should, or is the one this "
            "command runs as. The shop must not run as such a role: choose another name."
        )
    for membership in column(admin, MEMBERSHIPS, [owner.name, user.name]):
        raise PowerfulRoleError(
            f"The role {membership}, and may whatever that one may. REVOKE it, or choose another "
            "name."
        )
    for role in (owner, user):
        create_role(admin, role)
    # Only a member of the owning role may give it a database, or act for it.
    run(admin, "GRANT {} TO CURRENT_USER", owner.name)
    if not column(admin, "SELECT 1 FROM pg_database WHERE datname = %s", database):
        run(admin, "CREATE DATABASE {} OWNER {}", database, owner.name)
    run(admin, "ALTER DATABASE {} OWNER TO {}", database, owner.name)
    run(admin, "REVOKE ALL ON DATABASE {} FROM PUBLIC, {}", database, user.name)
    run(admin, "GRANT CONNECT ON DATABASE {} TO {}", database, user.name)
    with connected(admin, database) as there:
        for schema in column(there, TAKEABLE_SCHEMA, "public"):
            run(there, "ALTER SCHEMA {} OWNER TO {}", schema, owner.name)
        for table in column(there, FOREIGN_TABLES, owner.name):
            run(there, "ALTER TABLE {} OWNER TO {}", table, owner.name)
        run(there, "SET ROLE {}", owner.name)
        grant_rows(there, user.name)
        # Whoever may not revoke is only warned.
        for _ in column(there, TABLE_MAKER, user.name):
            raise PowerfulRoleError(
                f"The role {user.name} can still make tables in the schema public of {database}, "
                "and the one this command runs as may not end that. Let the schema's owner or a "
                f'superuser execute there: ALTER SCHEMA public OWNER TO "{owner.name}". Then run '
                "this again."
            )


def create_role(admin: DatabaseWrapper, role: Role) -> None:
    if not column(admin, "SELECT 1 FROM pg_roles WHERE rolname = %s", role.name):
        run(admin, "CREATE ROLE {}", role.name)
    # Hashed here, as logs and pg_stat_activity show statements.
    admin.ensure_connection()
    hashed = admin.connection.pgconn.encrypt_password(
        role.password.encode(), role.name.encode(), b"scram-sha-256"
    )
    run(admin, "ALTER ROLE {} LOGIN PASSWORD {}", role.name, Literal(hashed.decode()))


def grant_rows(there: DatabaseWrapper, user: str) -> None:
    """Rows of today's tables, and by default of all that the current role will ever make."""
    run(there, "REVOKE ALL ON SCHEMA public FROM PUBLIC, {}", user)
    run(there, "GRANT USAGE ON SCHEMA public TO {}", user)
    for grant, objects in (
        ("SELECT, INSERT, UPDATE, DELETE ON {} TO {}", "TABLES"),
        ("USAGE, SELECT ON {} TO {}", "SEQUENCES"),
    ):
        run(there, f"GRANT {grant}", SQL(f"ALL {objects} IN SCHEMA public"), user)
        default = f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {grant}"
        run(there, default, SQL(objects), user)


@contextmanager
def connected(admin: DatabaseWrapper, database: str) -> Iterator[DatabaseWrapper]:
    """To another database of the same server, as the same role."""
    there = DatabaseWrapper(admin.settings_dict | {"NAME": database}, alias=f"roles of {database}")
    try:
        yield there
    finally:
        there.close()
        there.close_pool()


def run(connection: DatabaseWrapper, statement: str, *names: str | Composable) -> None:
    parts = [Identifier(name) if isinstance(name, str) else name for name in names]
    with connection.cursor() as cursor:
        cursor.execute(SQL(statement).format(*parts).as_string(connection.connection))


def column(connection: DatabaseWrapper, query: str, value: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, [value])
        return [row[0] for row in cast("list[tuple[Any, ...]]", cursor.fetchall())]
