from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand

import catalog.demo
from catalog.bulk.owners import Owner, UnknownOwnerError
from catalog.models import Item
from ecom.peers import PeerUnavailable

DEMO_ITEMS = Path(catalog.demo.__file__).with_name("items.csv")


class Command(BaseCommand):
    help = (
        "Offer the demo catalogue's items in an account's name, unless it has ever offered "
        "anything: what was sold or withdrawn does not come back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--owner", default="demo", metavar="HANDLE")

    def handle(self, *args: Any, owner: str, **options: Any) -> None:
        try:
            account = Owner.find(owner)
        except UnknownOwnerError as error:
            raise CommandError(str(error)) from error
        except PeerUnavailable as error:
            raise CommandError(str(error.detail)) from error
        if Item.objects.filter(owner_id=account.id).exists():
            return
        call_command(
            "import_items", DEMO_ITEMS, owner=owner, stdout=self.stdout, stderr=self.stderr
        )
