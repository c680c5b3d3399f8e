import os
import sys
from getpass import getpass
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connection
from django.db.backends.postgresql.base import DatabaseWrapper

from ecom.database_roles import PowerfulRoleError, Role, create
from ecom.migration_lock import migration_lock

OLDEST = 15  # in older ones everybody may create tables, and only a superuser can end that
PATIENCE = 60  # seconds for another run to end


class Command(BaseCommand):
    help = (
        "Makes who signs in to a database, with the DATABASE_URL of an administrator. On "
        "PostgreSQL the database with a role that owns its tables, for migrate, and one that only "
        "reads and writes rows, for the service; on DocumentDB one user, for both, who sees no "
        "other database. Asks for the passwords, unless OWNER_PASSWORD and USER_PASSWORD hold "
        "them. Can be run again, and then sets the passwords anew."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="Of the database, such as accounts.")
        parser.add_argument(
            "--owner", help="The role for migrate (default: NAME_owner); on PostgreSQL only."
        )
        parser.add_argument("--user", help="The role for the service (default: NAME_user).")

    def handle(self, *args: Any, **options: Any) -> None:
        name, owner = options["name"], options["owner"]
        user = options["user"] or f"{name}_user"
        try:
            if connection.vendor == "postgresql":
                self.create_on_postgresql(name, owner or f"{name}_owner", user)
            elif connection.vendor == "mongodb":
                self.create_on_documentdb(name, owner, user)
            else:
                raise CommandError(
                    "DATABASE_URL is that of neither a PostgreSQL nor a DocumentDB. Give an "
                    "administrator's."
                )
        except Error as error:
            raise CommandError(str(error).strip()) from error

    def create_on_postgresql(self, name: str, owner: str, user: str) -> None:
        if owner == user:
            raise CommandError("--owner and --user are the same: the service must not own tables.")
        admin = cast(DatabaseWrapper, connection)
        if admin.pg_version < OLDEST * 10000:
            raise CommandError(f"This needs PostgreSQL {OLDEST} or later.")
        try:
            with migration_lock(admin, PATIENCE, self.stdout.write):
                create(
                    admin,
                    name,
                    Role(owner, password("OWNER_PASSWORD", owner)),
                    Role(user, password("USER_PASSWORD", user)),
                )
        except PowerfulRoleError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Database {name}: {owner} for migrate, {user} for the service.")

    def create_on_documentdb(self, name: str, owner: str | None, user: str) -> None:
        from ecom.documentdb import users
        from ecom.documentdb.base import DatabaseWrapper as DocumentDB

        if owner:
            raise CommandError("On DocumentDB one user migrates and serves: leave --owner out.")
        try:
            users.create(cast(DocumentDB, connection), name, user, password("USER_PASSWORD", user))
        except users.UserError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Database {name}: {user} for migrate and the service.")


def password(variable: str, role: str) -> str:
    given = os.environ.get(variable, "")
    if not given and sys.stdin.isatty():
        given = getpass(f"Password of {role}: ")
    if not given:
        raise CommandError(f"The role {role} needs a password: set {variable}.")
    return given
