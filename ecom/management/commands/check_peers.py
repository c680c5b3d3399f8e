import time
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string

from ecom.peers import peer_paths
from ecom.peers.reaching import UnreachableError, reach
from ecom.peers.remote_keys import RemoteKeys

INTERVAL = 1.0  # seconds


class Command(BaseCommand):
    help = (
        "Asks each service that this one calls for its public keys, as a process that serves does "
        "too. Says which answers and which does not, and why; the exit code is then 1."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--patience",
            type=float,
            default=0,
            metavar="SECONDS",
            help="How long to ask again while one does not answer (default: not at all).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        deadline = time.monotonic() + options["patience"]
        answers: list[str] = []
        faults: list[str] = []
        for path in peer_paths():
            try:
                keys = getattr(import_string(path)(), "keys", None)
                if isinstance(keys, RemoteKeys):  # and not in this process
                    answers.append(patiently(keys, deadline))
            except (ImproperlyConfigured, UnreachableError) as error:
                faults.append(str(error))
        if not answers and not faults:
            answers.append("This process calls no other service.")
        self.stdout.writelines(f"{answer}\n" for answer in answers)
        if faults:
            raise CommandError("\n".join(faults))


def patiently(keys: RemoteKeys, deadline: float) -> str:
    """Raises UnreachableError with what the last try met."""
    while True:
        try:
            return f"{keys.client.setting} {keys.client.base_url}: answers, keys: {reach(keys)}."
        except UnreachableError:
            if time.monotonic() + INTERVAL > deadline:
                raise
        time.sleep(INTERVAL)
