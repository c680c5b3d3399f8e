import json
import os
import time
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ecom.keys import KeySet, key_store
from ecom.peers.remote_keys import REFRESH_AFTER
from ecom.secrets.secret import Secret
from ecom.secrets.source import SecretError
from ecom.settings import shared


class Command(BaseCommand):
    help = (
        "Signs with the next key from now on; tokens signed before stay good. Where the keys come "
        "from the secret of ECOM_SECRET_ID, writes them there, for processes that start later. "
        "Where they come from the variable SIGNING_KEYS, prints its new value. It is secret."
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
        if secret := secret_of_keys():
            self.write(secret, keys)
        elif settings.SIGNING_KEYS:
            self.stdout.write(keys.to_json())
        else:
            key_store.save(keys)
            self.stdout.write(f"Now signing with {keys.active.key_id}.")

    def write(self, secret: Secret, keys: KeySet) -> None:
        from ecom.secrets.writing import write

        as_text = isinstance(secret.values["SIGNING_KEYS"], str)
        value = keys.to_json() if as_text else json.loads(keys.to_json())
        try:
            write(secret, {**secret.values, "SIGNING_KEYS": value})
        except SecretError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Written to {secret.arn}: processes that start from now on sign with "
            f"{keys.active.key_id}."
        )


def secret_of_keys() -> Secret | None:
    """The one that SIGNING_KEYS was read from, unless the environment gave it."""
    return shared.secret if settings.SIGNING_KEYS and not os.environ.get("SIGNING_KEYS") else None
