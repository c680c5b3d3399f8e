from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.apps import apps
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import Error, OperationalError, connections
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.db.models.signals import pre_migrate

from ecom.destructive_migrations import objections
from ecom.migration_lock import migration_lock


class Command(migrate.Command):
    help = (
        f"{migrate.Command.help} One process at a time, and nothing that would break the version "
        "of the shop that is running (docs/migrations.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--lock-timeout",
            type=float,
            default=600,
            metavar="SECONDS",
            help="How long to wait for another migration (default: 600).",
        )
        parser.add_argument(
            "--allow-destructive",
            action="store_true",
            help="Also apply what an older version that is still running would not survive.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        with explained():
            lock = migration_lock(connection, options["lock_timeout"], self.stdout.write)
            with lock, reviewed(options["allow_destructive"] or options["fake"]):
                super().handle(*args, **options)


@contextmanager
def reviewed(everything_allowed: bool) -> Iterator[None]:
    """Refuse the plan before its first operation. Only the signal is told what Django planned."""

    def review(plan: Any, apps: Any, **details: Any) -> None:
        if refused := objections(plan, apps):
            raise CommandError(
                "Nothing was migrated, since the version of the shop that is running would not "
                "survive this:\n  "
                + "\n  ".join(refused)
                + "\nRelease it in two steps (docs/migrations.md says how). Where no older version "
                "is running, or the loss is meant: migrate --allow-destructive"
            )

    if everything_allowed:
        yield
        return
    sender = apps.get_app_config("ecom")
    pre_migrate.connect(review, sender=sender, weak=False)
    try:
        yield
    finally:
        pre_migrate.disconnect(review, sender=sender)


@contextmanager
def explained() -> Iterator[None]:
    """What an operator has to know and cannot change in the code, in a sentence."""
    try:
        yield
    except (Error, MigrationSchemaMissing) as error:
        causes = {type(cause) for cause in chain(error)}
        if psycopg.errors.InsufficientPrivilege in causes:
            raise CommandError(
                "This database role may not change tables. Run migrate as the role that owns them, "
                "which manage.py create_database_roles makes."
            ) from error
        if psycopg.errors.LockNotAvailable in causes:
            raise CommandError(
                "A table was in use for too long, by a long transaction or a dump. The migration "
                "named last was taken back whole; migrate again, when fewer people are about."
            ) from error
        if isinstance(error, OperationalError):
            raise CommandError(str(error).strip()) from error
        raise


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
