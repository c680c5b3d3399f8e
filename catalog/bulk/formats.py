"""The files that items are imported from and exported to: CSV, XLSX and JSON."""

import csv
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
import tablib
from import_export.formats import base_formats
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils.exceptions import InvalidFileException

from catalog.bulk.datasets import (
    FileDataset,
    UnreadableFileError,
    dataset_of,
    decode,
    without_blank_end,
)

MAX_UNPACKED = 200 * 1024 * 1024  # bytes of an XLSX file, which is a zip archive
BROKEN_WORKBOOK = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)

# A spreadsheet takes text that begins like this for a formula, unless an apostrophe precedes it.
FORMULA = re.compile(r"'*[=+\-@\t\r]")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def reads_as_formula(text: str) -> bool:
    return bool(FORMULA.match(text)) and not NUMBER.fullmatch(text)


def escaped(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and reads_as_formula(value) else value


def unescaped(text: str) -> str:
    return text[1:] if text.startswith("'") and reads_as_formula(text[1:]) else text


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(map(escaped, row) for row in rows)
    return text.getvalue()


class CSV(base_formats.CSV):
    def create_dataset(self, in_stream: bytes) -> FileDataset:
        reader = csv.reader(io.StringIO(decode(in_stream), newline=""), strict=True)
        try:
            return dataset_of(self.records(reader))
        except csv.Error as error:
            raise UnreadableFileError(f"Line {reader.line_num} is not CSV: {error}.") from error

    def records(self, reader: Any) -> Iterator[tuple[int, list[str]]]:
        line = 1
        for row in reader:
            if row:
                yield line, [unescaped(text) for text in row]
            line = reader.line_num + 1

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> str:
        return csv_text([dataset.headers, *dataset])


class XLSX(base_formats.XLSX):
    def create_dataset(self, in_stream: bytes) -> FileDataset:
        if not in_stream:
            raise UnreadableFileError("The file is empty.")
        try:
            with zipfile.ZipFile(io.BytesIO(in_stream)) as archive:
                unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > MAX_UNPACKED:
                raise UnreadableFileError(f"It unpacks to {unpacked} bytes: too much.")
            book = openpyxl.load_workbook(io.BytesIO(in_stream), read_only=True, data_only=True)
            return dataset_of(self.records(book.worksheets[0]))
        except UnreadableFileError:
            raise
        except BROKEN_WORKBOOK as error:
            raise UnreadableFileError(
                "The file is not an XLSX workbook, or it is damaged."
            ) from error

    def records(self, sheet: Any) -> Iterator[tuple[int, list[Any]]]:
        sheet.reset_dimensions()  # some programs write wrong ones
        for line, row in enumerate(sheet.iter_rows(values_only=True), 1):
            if values := without_blank_end(row):
                yield line, values

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("items")
        for row in [dataset.headers, *dataset]:
            sheet.append([self.cell(sheet, value) for value in row])
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def cell(self, sheet: Any, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value))
        cell.data_type = "s"  # text that begins with "=" stays text
        return cell


class JSON(base_formats.JSON):
    """A list of objects. The number of an object in the list stands for its line."""

    def create_dataset(self, in_stream: bytes) -> FileDataset:
        text = decode(in_stream)
        if not text.strip():
            raise UnreadableFileError("The file is empty.")
        try:
            objects = json.loads(text, parse_constant=str)  # NaN as a word, which no rule allows
        except RecursionError as error:
            raise UnreadableFileError("The JSON nests too deeply.") from error
        except ValueError as error:
            raise UnreadableFileError(f"The file is not JSON: {error}.") from error
        return self.dataset(objects)

    def dataset(self, objects: Any) -> FileDataset:
        if not isinstance(objects, list) or not all(isinstance(each, dict) for each in objects):
            raise UnreadableFileError('The JSON is not a list of objects such as [{"sku": "A1"}].')
        if not objects:
            raise UnreadableFileError("The JSON list is empty.")
        names = list(dict.fromkeys(name for each in objects for name in each))
        dataset = FileDataset(names)
        for line, each in enumerate(objects, 1):
            dataset.add(line, [each.get(name) for name in names])
        return dataset


FORMATS: list[type[CSV] | type[XLSX] | type[JSON]] = [CSV, XLSX, JSON]


def format_of(path: Path) -> base_formats.Format:
    """The format that the name's ending stands for. Raises UnreadableFileError."""
    for each in FORMATS:
        file_format = each()
        if path.suffix.lower() == f".{file_format.get_extension()}":
            return file_format
    raise UnreadableFileError(f"{path.name} is of no known type: use .csv, .xlsx or .json.")
