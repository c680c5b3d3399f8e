from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.bulk.datasets import UnreadableFileError
from catalog.bulk.formats import format_of
from catalog.bulk.progress import ProgressBar
from catalog.bulk.resources import ItemExport
from catalog.models import Item


class Command(BaseCommand):
    help = "Write the items that are not withdrawn to a .csv, .xlsx or .json file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--owner", metavar="HANDLE", help="only this owner's items")

    def handle(self, *args: Any, file: Path, owner: str | None, **options: Any) -> None:
        try:
            file_format = format_of(file)
        except UnreadableFileError as error:
            raise CommandError(str(error)) from error
        items = Item.objects.filter(withdrawn_at=None).order_by("id")
        if owner is not None:
            items = items.filter(owner=owner)
        total = items.count()
        bar = ProgressBar(self.stderr)
        resource = ItemExport(progress=lambda done: bar("Reading", done, max(done, total)))
        content = file_format.export_data(resource.export(items))
        try:
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{resource.done:,} items written to {file}")
