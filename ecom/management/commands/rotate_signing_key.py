import time
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ecom.keys import key_store
from ecom.peers.remote_keys import REFRESH_AFTER


class Command(BaseCommand):
    help = (
        "Signs with the next key from now on; tokens signed before stay good. Where the keys come "
        "from SIGNING_KEYS, prints the new value of that variable instead. It is secret."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--force",
            action="store_true",
            help="Also soon after another rotation, as when a key has leaked: until it is known "
            "everywhere, a new token may be refused for some seconds.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = time.time()
        try:
            keys = key_store.load()
            left = keys.rotated_at + REFRESH_AFTER - now
            if left > 0 and not options["force"]:
                raise CommandError(
                    f"The next key is not known everywhere yet. Rotate again in {left:.0f} "
                    "seconds, or at once with --force, if a key has leaked."
                )
            keys = keys.rotated(now)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if settings.SIGNING_KEYS:
            self.stdout.write(keys.to_json())
            return
        key_store.save(keys)
        self.stdout.write(f"Now signing with {keys.active.key_id}.")
