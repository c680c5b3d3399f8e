import io
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.bulk.resources import ItemImport
from catalog.models import ClosedOwner, Entry, Item
from catalog.peer import CatalogInProcess
from ecom.principal import Principal
from tests.catalog.directory import Directory

RETAIL = Path(__file__).parents[1] / "data" / "online_retail.csv"
RETAIL_COLUMNS = ["name=Description", "sku=StockCode", "price=UnitPrice"]
TWO_ITEMS = "sku,name,price\nA1,Teapot,2.55\nB2,Mug,1.00\n"


@pytest.fixture(autouse=True)
def directory(owner: Principal, monkeypatch: pytest.MonkeyPatch) -> Directory:
    directory = Directory(monkeypatch)
    directory.add(owner)
    return directory


@pytest.fixture
def items_csv(tmp_path: Path) -> Path:
    path = tmp_path / "items.csv"
    path.write_text(TWO_ITEMS)
    return path


def run(file: Path, **options: Any) -> dict[str, int]:
    """The summary of an import in which every line is good."""
    out = io.StringIO()
    call_command("import_items", file, **{"owner": "megy"} | options, stdout=out, stderr=out)
    return summary(out)


def summary(out: io.StringIO) -> dict[str, int]:
    lines = [line.rsplit(maxsplit=1) for line in out.getvalue().splitlines()[-6:]]
    return {label.strip(): int(count.replace(",", "")) for label, count in lines}


def refuse(file: Path, **options: Any) -> tuple[CommandError, str, dict[str, int]]:
    """The error, the messages and the summary of an import in which some lines are refused."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("import_items", file, **{"owner": "megy"} | options, stdout=out, stderr=err)
    return refused.value, err.getvalue(), summary(out) if out.getvalue() else {}


def stored() -> list[tuple[str, str, Decimal, int]]:
    return [(item.sku, item.name, item.price, item.stock) for item in Item.objects.order_by("sku")]


def test_create(items_csv: Path, owner: Principal) -> None:
    counts = run(items_csv)
    assert counts == {
        "lines read": 2,
        "good": 2,
        "refused": 0,
        "items created": 2,
        "updated": 0,
        "unchanged": 0,
    }
    assert stored() == [("A1", "Teapot", Decimal("2.55"), 1), ("B2", "Mug", Decimal("1.00"), 1)]
    assert {(item.owner_id, item.owner, item.on_sale) for item in Item.objects.all()} == {
        (owner.id, "megy", True)
    }


def test_twice_changes_nothing(items_csv: Path) -> None:
    run(items_csv)
    before = list(Item.objects.order_by("id").values())
    assert run(items_csv)["unchanged"] == 2
    assert list(Item.objects.order_by("id").values()) == before


def test_update_by_sku_without_regard_to_case(items_csv: Path, offer: Any) -> None:
    item = offer(sku="a1", name="Pot", price="9.00", description="Blue", stock=5)
    counts = run(items_csv)
    assert (counts["items created"], counts["updated"]) == (1, 1)
    changed = Item.objects.get(pk=item.pk)
    assert (changed.name, changed.price, changed.description) == ("Teapot", Decimal("2.55"), "Blue")
    assert (changed.stock, changed.version) == (5, item.version + 1)


def test_last_good_line_wins(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("sku,name,price\na1,First,1\nA1,Last,2\na1,Bad,0\n")
    _, _, counts = refuse(path)
    assert (counts["good"], counts["items created"]) == (2, 1)
    assert [(name, price) for _, name, price, _ in stored()] == [("Last", Decimal(2))]


def test_items_of_others_are_not_touched(items_csv: Path, buyer: Principal, offer: Any) -> None:
    theirs = offer(by=buyer, sku="A1", name="Theirs")
    assert run(items_csv)["items created"] == 2
    theirs.refresh_from_db()
    assert theirs.name == "Theirs"


def test_withdrawn_item_is_offered_anew(items_csv: Path, offer: Any) -> None:
    offer(sku="A1").withdraw()
    assert run(items_csv)["items created"] == 2


def test_stock_of_new_items_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("sku,name,price,stock\nA1,Teapot,2.55,7\nB2,Mug,1,\nC3,Cup,1,0\n")
    run(path)
    assert [stock for *_, stock in stored()] == [7, 1, 0]
    assert not Item.objects.get(sku="C3").on_sale
    path.write_text("sku,name,price,stock\nA1,Teapot,2.55,90\n")
    assert run(path)["unchanged"] == 1
    assert stored()[0][3] == 7


def test_stock_option(items_csv: Path, buyer: Principal, offer: Any) -> None:
    item = offer(sku="A1", name="Teapot", price="2.55", stock=9)
    item.buy(buyer, 3)
    assert run(items_csv, stock=4)["updated"] == 1
    assert [stock for *_, stock in stored()] == [4, 4]
    assert Entry.objects.filter(kind=Entry.Kind.SALE).count() == 1
    assert run(items_csv, stock=4)["unchanged"] == 2
    assert run(items_csv, stock=0)["updated"] == 2
    assert not Item.objects.filter(on_sale=True).exists()


def test_dry_run(items_csv: Path, offer: Any) -> None:
    offer(sku="A1", name="Pot")
    items_csv.write_text(f"{TWO_ITEMS}C3,,1\n")
    error, messages, counts = refuse(items_csv, dry_run=True, stock=3)
    assert error.returncode == 1
    assert (counts["items created"], counts["updated"], counts["refused"]) == (1, 1, 1)
    assert "line 4: name: This field may not be blank." in messages
    assert [name for _, name, *_ in stored()] == ["Pot"]
    assert list(items_csv.parent.iterdir()) == [items_csv]


def test_refused_lines_can_be_corrected(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text(
        'Code,Text,UnitPrice,Note\nA1,"Tea\npot",2.55,x\nB2,Mug,0,"=1+1"\n,Cup,1,\nC3,Jug,1.234,-5\n'
        "D4,Pan,1,x,extra\n"
    )
    columns = ["sku=Code", "name=Text", "price=UnitPrice"]
    error, messages, counts = refuse(path, column=columns)
    assert error.returncode == 1
    assert (counts["lines read"], counts["good"], counts["refused"]) == (5, 1, 4)
    assert messages.splitlines()[-4:] == [
        "line 4: UnitPrice: Ensure this value is greater than or equal to 0.01.",
        "line 5: Code: This field may not be blank.",
        "line 6: UnitPrice: Ensure that there are no more than 2 decimal places.",
        "line 7: It has 5 values for 4 columns.",
    ]
    refused = tmp_path / "items.refused.csv"
    assert str(refused) in str(error)
    header, mug, *_ = refused.read_text().splitlines()
    assert header == "Code,Text,UnitPrice,Note,line,reason"
    assert mug.startswith("B2,Mug,0,'=1+1,4,UnitPrice: ")

    error, _, counts = refuse(refused, column=columns)
    assert counts["refused"] == 4
    again = (tmp_path / "items.refused.refused.csv").read_text()
    assert again.splitlines()[0] == header

    corrected = refused.read_text().replace("Mug,0", "Mug,3").replace("1.234", "1.23")
    refused.write_text(corrected.replace("\n,Cup", "\nE5,Cup").replace(",extra", ""))
    assert run(refused, column=columns)["items created"] == 4
    assert Item.objects.get(sku="B2").price == 3


def test_corrections_are_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("sku,name,price\nA1,,1\n")
    refuse(path)
    refuse(path)
    refused = tmp_path / "items.refused.csv"
    refused.write_text("corrected")
    error, *_ = refuse(path)
    assert refused.read_text() == "corrected"
    assert (tmp_path / "items.refused-2.csv").exists()
    assert "items.refused-2.csv" in str(error)


def test_retail_file_as_it_is(tmp_path: Path) -> None:
    path = Path(shutil.copy(RETAIL, tmp_path))
    error, messages, counts = refuse(path, column=RETAIL_COLUMNS)
    assert counts == {
        "lines read": 10_000,
        "good": 9_954,
        "refused": 46,
        "items created": 1_973,
        "updated": 0,
        "unchanged": 0,
    }
    assert error.returncode == 1
    assert messages.count("\nline ") == 46
    assert "line 624: Description: This field may not be blank." in messages
    assert Item.objects.count() == 1_973
    item = Item.objects.get(sku_key="sku:85123a")
    assert (item.name, item.stock) == ("WHITE HANGING HEART T-LIGHT HOLDER", 1)
    refused = tmp_path / "online_retail.refused.csv"
    assert len(refused.read_text().splitlines()) == 47
    _, _, counts = refuse(path, column=RETAIL_COLUMNS)
    assert (counts["items created"], counts["updated"], counts["unchanged"]) == (0, 0, 1_973)


def test_progress_on_a_terminal(items_csv: Path) -> None:
    terminal = io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    call_command("import_items", items_csv, owner="megy", stdout=io.StringIO(), stderr=terminal)
    bar = "#" * 40
    assert f"\rChecking [{bar}] 2 of 2" in terminal.getvalue()
    assert f"\rWriting [{bar}] 2 of 2" in terminal.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("items.txt", b"", "items.txt is of no known type: use .csv, .xlsx or .json."),
        ("items.csv", b"", "The file is empty."),
        ("items.csv", b"sku,name,price\n", "The file has a header and no lines below it."),
        ("items.csv", b"sku,name\nA1,Pot\n", "There is no column 'price' for the price."),
        ("items.csv", b"sku,sku,name,price\nA,B,C,1\n", "There are 2 columns 'sku'."),
        ("items.csv", b"sku,name,price\nA1,T\xe9,1\n", "The file is not UTF-8 (line 2)."),
        ("items.csv", b'sku,name,price\nA1,"Pot,1\n', "Line 2 is not CSV: unexpected end"),
        ("items.xlsx", b"", "The file is empty."),
        ("items.xlsx", b"sku,name,price\n", "The file is not an XLSX workbook"),
        ("items.xlsx", b"PK\x05\x06" + bytes(18), "The file is not an XLSX workbook"),
        ("items.json", b" ", "The file is empty."),
        ("items.json", b"[{]", "The file is not JSON: Expecting property name"),
        ("items.json", b'{"sku": "A1"}', "The JSON is not a list of objects"),
        ("items.json", b"[]", "The JSON list is empty."),
        ("items.json", b"[" * 100_000, "The JSON nests too deeply."),
    ],
)
def test_unreadable_file(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    error, _, _ = refuse(path)
    assert sentence in str(error)
    assert error.returncode == 2
    assert not Item.objects.exists()


def test_missing_file(tmp_path: Path) -> None:
    error, _, _ = refuse(tmp_path / "items.csv")
    assert "cannot be read: No such file or directory." in str(error)


def test_unknown_owner(items_csv: Path) -> None:
    error, _, _ = refuse(items_csv, owner="nobody")
    assert str(error) == "There is no open account with the handle 'nobody'."
    assert not Item.objects.exists()


def test_accounts_does_not_answer(items_csv: Path, directory: Directory) -> None:
    directory.available = False
    error, _, _ = refuse(items_csv)
    assert "Part of the shop does not answer" in str(error)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"column": ["name"]}, "--column name: write FIELD=COLUMN"),
        ({"column": ["colour=Colour"]}, "the field one of sku, name, price, description, stock."),
        ({"stock": -1}, "--stock -1: give a number from 0 to 1000000."),
    ],
)
def test_bad_option(items_csv: Path, options: dict[str, Any], sentence: str) -> None:
    error, _, _ = refuse(items_csv, **options)
    assert sentence in str(error)
    assert not Item.objects.exists()


def test_refused_file_cannot_be_written(items_csv: Path) -> None:
    items_csv.write_text("sku,name,price\nA1,,1\n")
    items_csv.with_name("items.refused.csv").mkdir()
    error, messages, _ = refuse(items_csv)
    assert "items.refused.csv cannot be written" in str(error)
    assert "line 2: name: This field may not be blank." in messages


def test_account_closed(items_csv: Path, owner: Principal) -> None:
    ClosedOwner.objects.create(owner_id=owner.id)
    error, _, _ = refuse(items_csv)
    assert str(error) == "This account is closed."
    assert not Item.objects.exists()


def test_account_closes_during_an_update(
    items_csv: Path, owner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(items_csv)
    change = Item.change

    def change_late(item: Item, **changes: Any) -> None:
        CatalogInProcess().withdraw_items(owner.id)
        change(item, **changes)

    monkeypatch.setattr(Item, "change", change_late)
    items_csv.write_text(TWO_ITEMS.replace("2.55", "3.00"))
    error, _, _ = refuse(items_csv)
    assert str(error) == "This account is closed."


def test_interrupted(items_csv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ItemImport, "import_row", interrupt)
        error, _, _ = refuse(items_csv)
    assert error.returncode == 130
    assert run(items_csv)["items created"] == 2
