"""What became of a file's lines."""

from dataclasses import dataclass

from import_export.results import Result

from catalog.bulk.datasets import FileDataset
from catalog.bulk.formats import csv_text
from catalog.models import Item

ADDED_COLUMNS = ["line", "reason"]
MAX_SHOWN = 100  # refused lines on a page


@dataclass(frozen=True)
class Refusal:
    line: int
    reason: str
    index: int  # of the row in the dataset


class ImportResult(Result):
    """Refused lines do not hold back the good ones."""

    def __init__(self) -> None:
        super().__init__()
        self.refusals: list[Refusal] = []
        self.created = self.updated = self.unchanged = 0

        # Of the first items, what becomes of each.
        self.preview: list[tuple[str, Item]] = []

    def has_validation_errors(self) -> bool:
        return False

    @property
    def good(self) -> int:
        return int(self.total_rows) - len(self.refusals)

    def errors(self) -> list[Exception]:
        """Why nothing was written."""
        rows = [error for _, errors in self.row_errors() for error in errors]
        return [error.error for error in [*self.base_errors, *rows]]

    def summary(self) -> dict[str, int]:
        return {
            "lines read": int(self.total_rows),
            "good": self.good,
            "refused": len(self.refusals),
            "items created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
        }

    def sentence(self) -> str:
        return ", ".join(f"{count:,} {label}" for label, count in self.summary().items())

    def shown_refusals(self) -> list[Refusal]:
        return self.refusals[:MAX_SHOWN]


def refused_csv(dataset: FileDataset, refusals: list[Refusal]) -> str:
    """The refused rows as they were, each with its line and reason: a file to correct and import
    again with the same options.
    """
    headers = list(dataset.headers)
    if headers[-2:] == ADDED_COLUMNS:  # it is such a file already
        headers = headers[:-2]
    rows = [
        [*dataset[each.index][: len(headers)], each.line, each.reason, *dataset.extras[each.index]]
        for each in refusals
    ]
    return csv_text([[*headers, *ADDED_COLUMNS], *rows])
