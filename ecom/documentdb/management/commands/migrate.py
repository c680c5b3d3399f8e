from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db import connections

from ecom.documentdb.base import DatabaseWrapper
from ecom.documentdb.lock import migration_lock


class Command(migrate.Command):
    help = f"{migrate.Command.help} On Amazon DocumentDB, one process at a time."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--lock-timeout",
            type=float,
            default=600,
            metavar="SECONDS",
            help="How long to wait for another migration (default: 600).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        only_reads = options["plan"] or options["check_unapplied"]
        if only_reads or not isinstance(connection, DatabaseWrapper):
            super().handle(*args, **options)
            return
        with migration_lock(connection, options["lock_timeout"], self.stdout.write):
            super().handle(*args, **options)
