from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

import catalog.demo

DEMO_ITEMS = Path(catalog.demo.__file__).with_name("items.csv")


class Command(BaseCommand):
    help = "Offer the demo catalogue's items in an account's name. Running it twice adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--owner", default="demo", metavar="HANDLE")

    def handle(self, *args: Any, owner: str, **options: Any) -> None:
        call_command(
            "import_items", DEMO_ITEMS, owner=owner, stdout=self.stdout, stderr=self.stderr
        )
