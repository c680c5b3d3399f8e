from typing import Any

from django.core.management.base import BaseCommand

from ecom.keys import KeySet


class Command(BaseCommand):
    help = "Prints a new JWK set for the variable SIGNING_KEYS. It is secret."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(KeySet.generate().to_json())
