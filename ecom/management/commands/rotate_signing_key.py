import time
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from ecom.keys import key_store


class Command(BaseCommand):
    help = (
        "Signs with the next key from now on; tokens signed before stay good. Where the keys come "
        "from SIGNING_KEYS, prints the new value of that variable instead. It is secret."
    )
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            keys = key_store.load().rotated(time.time())
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if settings.SIGNING_KEYS:
            self.stdout.write(keys.to_json())
            return
        key_store.save(keys)
        self.stdout.write(f"Now signing with {keys.active.key_id}.")
