import itertools
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.bulk.datasets import FileDataset, UnreadableFileError
from catalog.bulk.formats import format_of
from catalog.bulk.owners import Owner, UnknownOwnerError
from catalog.bulk.progress import ProgressBar
from catalog.bulk.resources import COLUMNS, ItemImport
from catalog.bulk.results import ImportResult, refused_csv
from catalog.errors import AccountClosed
from catalog.models import MAX_STOCK
from ecom.errors import Overloaded
from ecom.peers import PeerUnavailable

NOTHING_IMPORTED = 2
SOME_REFUSED = 1
INTERRUPTED = 130


class Command(BaseCommand):
    help = (
        "Create or update an owner's items by sku (without regard to case) from a .csv, .xlsx or "
        ".json file. Refused lines are written to FILE.refused.csv, to be corrected and imported "
        "again. Exit code: 0 all lines are good, 1 some were refused, 2 nothing was imported."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--owner", required=True, metavar="HANDLE")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="FIELD=COLUMN",
            help=f"the file's column for one of: {', '.join(COLUMNS)}",
        )
        parser.add_argument("--stock", type=int, help="set the stock of every item in the file")
        parser.add_argument("--dry-run", action="store_true", help="check and count, write nothing")

    def handle(self, *args: Any, file: Path, owner: str, **options: Any) -> None:
        try:
            dataset = format_of(file).create_dataset(file.read_bytes())
            resource = ItemImport(
                owner=Owner.find(owner),
                columns=self.column_names(options["column"]),
                stock=self.checked_stock(options["stock"]),
                progress=ProgressBar(self.stderr),
            )
            result = resource.import_data(dataset, dry_run=options["dry_run"])
            for error in result.errors():
                raise error
        except OSError as error:
            raise self.failure(f"{file} cannot be read: {error.strerror}.") from error
        except (UnreadableFileError, UnknownOwnerError) as error:
            raise self.failure(str(error)) from error
        except (AccountClosed, Overloaded, PeerUnavailable) as error:
            raise self.failure(str(error.detail)) from error
        except KeyboardInterrupt as error:
            sentence = "Interrupted. What was written stays; run the same again to go on."
            raise CommandError(sentence, returncode=INTERRUPTED) from error
        self.report(result)
        if result.refusals:
            self.refuse(file, dataset, result, options["dry_run"])

    def failure(self, sentence: str) -> CommandError:
        return CommandError(sentence, returncode=NOTHING_IMPORTED)

    def column_names(self, pairs: list[str]) -> dict[str, str]:
        columns = {}
        for pair in pairs:
            field, _, column = pair.partition("=")
            if field not in COLUMNS or not column:
                raise self.failure(
                    f"--column {pair}: write FIELD=COLUMN, the field one of {', '.join(COLUMNS)}."
                )
            columns[field] = column
        return columns

    def checked_stock(self, stock: int | None) -> int | None:
        if stock is not None and not 0 <= stock <= MAX_STOCK:
            raise self.failure(f"--stock {stock}: give a number from 0 to {MAX_STOCK}.")
        return stock

    def report(self, result: ImportResult) -> None:
        for refusal in result.refusals:
            self.stderr.write(f"line {refusal.line}: {refusal.reason}")
        for label, count in result.summary().items():
            self.stdout.write(f"{label:>13} {count:>9,}")

    def refuse(self, file: Path, dataset: FileDataset, result: ImportResult, dry_run: bool) -> None:
        sentence = f"{len(result.refusals)} of the lines are refused."
        if not dry_run:
            path = self.write_refused(file, refused_csv(dataset, result.refusals))
            sentence = f"{sentence} Correct them in {path} and import that file as you did this."
        raise CommandError(sentence, returncode=SOME_REFUSED)

    def write_refused(self, file: Path, text: str) -> Path:
        """Never over another file, which may hold somebody's corrections."""
        path = file.with_name(f"{file.stem}.refused.csv")
        numbers = itertools.count(2)
        try:
            while path.exists() and path.read_bytes() != text.encode():
                path = file.with_name(f"{file.stem}.refused-{next(numbers)}.csv")
            path.write_bytes(text.encode())
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        return path
