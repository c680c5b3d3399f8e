"""The rows of a file, before anybody asks whether they are good."""

from collections.abc import Iterable, Iterator
from typing import Any

import tablib


class UnreadableFileError(ValueError):
    """The whole file cannot be used. The message is a sentence for people."""


class FileDataset(tablib.Dataset):
    """The rows of a file, the line that each began on, and what was right of its last column."""

    def __init__(self, headers: Iterable[Any]) -> None:
        super().__init__(headers=[str(name or "").strip() for name in headers])
        self.lines: list[int] = []
        self.extras: list[list[Any]] = []

    def add(self, line: int, values: list[Any]) -> None:
        width = len(self.headers)
        self.append(values[:width] + [""] * (width - len(values)))
        self.lines.append(line)
        self.extras.append(without_blank_end(values[width:]))


def without_blank_end(values: Iterable[Any]) -> list[Any]:
    kept = list(values)
    while kept and kept[-1] in {None, ""}:
        kept.pop()
    return kept


def dataset_of(records: Iterator[tuple[int, list[Any]]]) -> FileDataset:
    """Takes line numbers with their values, the header first. Raises UnreadableFileError."""
    header = next(records, None)
    if header is None:
        raise UnreadableFileError("The file is empty.")
    dataset = FileDataset(without_blank_end(header[1]))
    for line, values in records:
        dataset.add(line, values)
    if not dataset.lines:
        raise UnreadableFileError("The file has a header and no lines below it.")
    return dataset


def decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFileError(
            f"The file is not UTF-8 (line {line}). Save it as UTF-8 and try again."
        ) from error
