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
        "Creates a database on PostgreSQL with a role that owns its tables, for migrate, and one "
        "that only reads and writes rows, for the service. Give DATABASE_URL of an administrator. "
        "Asks for the roles' passwords, unless OWNER_PASSWORD and USER_PASSWORD hold them. Can be "
        "run again, and then sets the passwords anew."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="Of the database, such as accounts.")
        parser.add_argument("--owner", help="The role for migrate (default: NAME_owner).")
        parser.add_argument("--user", help="The role for the service (default: NAME_user).")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("DATABASE_URL is not that of a PostgreSQL. Give an administrator's.")
        name = options["name"]
        owner = options["owner"] or f"{name}_owner"
        user = options["user"] or f"{name}_user"
        if owner == user:
            raise CommandError("--owner and --user are the same: the service must not own tables.")
        admin = cast(DatabaseWrapper, connection)
        try:
            if admin.pg_version < OLDEST * 10000:
                raise CommandError(f"This needs PostgreSQL {OLDEST} or later.")
            with migration_lock(admin, PATIENCE, self.stdout.write):
                create(
                    admin,
                    name,
                    Role(owner, password("OWNER_PASSWORD", owner)),
                    Role(user, password("USER_PASSWORD", user)),
                )
        except PowerfulRoleError as error:
            raise CommandError(str(error)) from error
        except Error as error:
            raise CommandError(str(error).strip()) from error
        self.stdout.write(f"Database {name}: {owner} for migrate, {user} for the service.")


def password(variable: str, role: str) -> str:
    given = os.environ.get(variable, "")
    if not given and sys.stdin.isatty():
        given = getpass(f"Password of {role}: ")
    if not given:
        raise CommandError(f"The role {role} needs a password: set {variable}.")
    return given
