import datetime
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from catalog.bulk import formats
from catalog.bulk.datasets import UnreadableFileError
from catalog.bulk.formats import CSV, JSON, XLSX, format_of
from catalog.bulk.owners import Owner
from catalog.bulk.resources import ItemImport
from catalog.models import Item
from ecom.principal import Principal


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_format_by_name() -> None:
    assert isinstance(format_of(Path("a/items.CSV")), CSV)
    assert isinstance(format_of(Path("items.xlsx")), XLSX)
    with pytest.raises(UnreadableFileError, match="items is of no known type"):
        format_of(Path("items"))


def test_csv_lines() -> None:
    dataset = CSV().create_dataset(b'\xef\xbb\xbfa,b,\r\n1,"x\r\ny"\r\n\r\n2\r\n3,4,,5\r\n')
    assert dataset.headers == ["a", "b"]
    assert list(dataset) == [("1", "x\r\ny"), ("2", ""), ("3", "4")]
    assert dataset.lines == [2, 5, 6]
    assert dataset.extras == [[], [], ["", "5"]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-x", "@a", "'=1", "'", "''", "-1.5", "it's", "\t"])
def test_csv_holds_no_formula(text: str) -> None:
    written = formats.csv_text([["a"], [text]])
    assert not written.splitlines()[1].lstrip('"').startswith(("=", "+", "@", "-x", "\t"))
    assert list(CSV().create_dataset(written.encode())) == [(text,)]


def test_xlsx_cells(owner: Principal) -> None:
    noisy = 57 * 0.01
    content = workbook(
        ["sku", "name", "price", "stock", None],
        [22139, "Teapot", noisy, 3, None],
        [None, None, None, None, None],
        ["B2", datetime.date(2026, 1, 2), 7, 2.5, None],
    )
    dataset = XLSX().create_dataset(content)
    assert dataset.lines == [2, 4]
    result = ItemImport(Owner(owner.id, owner.handle)).import_data(dataset)
    assert [(each.line, each.reason) for each in result.refusals] == [
        (4, "stock: A valid integer is required.")
    ]
    item = Item.objects.get()
    assert (item.sku, item.name, str(item.price), item.stock) == ("22139", "Teapot", "0.57", 3)


def test_xlsx_text_stays_text() -> None:
    dataset = XLSX().create_dataset(workbook(["a", "b"], ["x", 2]))
    dataset.add(3, ["=1+1", "a\x01b"])
    written = XLSX().export_data(dataset)
    sheet = openpyxl.load_workbook(io.BytesIO(written)).active
    assert (sheet["A3"].value, sheet["A3"].data_type) == ("=1+1", "s")
    assert sheet["B3"].value == "a\N{REPLACEMENT CHARACTER}b"


def test_xlsx_of_a_huge_size(monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook(["a"], ["b"])
    monkeypatch.setattr(formats, "MAX_UNPACKED", 1000)
    with pytest.raises(UnreadableFileError, match="It unpacks to"):
        XLSX().create_dataset(content)


def test_xlsx_damaged() -> None:
    whole = workbook(["a"], ["b"])
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name)[:-10])
    with pytest.raises(UnreadableFileError, match="or it is damaged"):
        XLSX().create_dataset(stream.getvalue())


def test_json_objects(owner: Principal) -> None:
    objects = [
        {"sku": 71053, "name": "Teapot", "price": 2.55},
        {"sku": "B2", "price": "1.00", "name": "Mug", "description": None, "stock": 4},
        {"sku": "C3", "name": ["Cup"], "price": 1},
        {"sku": "D4", "name": "Pan", "price": float("nan")},
        {"sku": True, "name": "Jug", "price": True},
        {},
    ]
    dataset = JSON().create_dataset(json.dumps(objects).encode())
    result = ItemImport(Owner(owner.id, owner.handle)).import_data(dataset)
    assert {each.line: each.reason for each in result.refusals} == {
        3: "name: Not a valid string.",
        4: "price: A valid number is required.",
        5: "sku: Not a valid string. price: A valid number is required.",
        6: "sku: This field may not be blank. name: This field may not be blank. "
        "price: A valid number is required.",
    }
    items = [(item.sku, str(item.price), item.stock) for item in Item.objects.order_by("sku")]
    assert items == [("71053", "2.55", 1), ("B2", "1.00", 4)]
