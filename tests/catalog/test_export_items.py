import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.bulk.formats import format_of
from catalog.models import Item
from ecom.principal import Principal
from tests.catalog.directory import Directory


def export(path: Path, **options: Any) -> list[dict[str, Any]]:
    call_command("export_items", path, **options, stdout=io.StringIO(), stderr=io.StringIO())
    return list(format_of(path).create_dataset(path.read_bytes()).dict)


@pytest.fixture
def directory(owner: Principal, buyer: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = Directory(monkeypatch)
    directory.add(owner)
    directory.add(buyer)


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_export_and_import(ending: str, tmp_path: Path, buyer: Principal, offer: Any) -> None:
    item = offer(sku="A1", name="=Teapot, blue", description="'tis\ngood", price="2.50", stock=5)
    item.buy(buyer, 2)
    offer(sku="B2").withdraw()
    path = tmp_path / f"items.{ending}"
    (row,) = export(path)
    assert row["id"] == item.id
    assert (row["owner"], row["sku"], row["name"]) == ("megy", "A1", "=Teapot, blue")
    assert (row["description"], float(row["price"]), int(row["stock"])) == ("'tis\ngood", 2.5, 3)
    assert row["created"] == item.created.isoformat()

    out = io.StringIO()
    call_command("import_items", path, owner="megy", stdout=out, stderr=out)
    assert "unchanged         1" in out.getvalue()
    call_command("import_items", path, owner="john", stdout=out, stderr=out)
    copy = Item.objects.get(owner="john")
    assert (copy.name, copy.description, copy.stock) == (item.name, item.description, 3)


def test_one_owner(tmp_path: Path, buyer: Principal, offer: Any) -> None:
    offer()
    offer(by=buyer, name="Mug")
    rows = export(tmp_path / "items.csv", owner="john")
    assert [row["name"] for row in rows] == ["Mug"]


def test_unknown_type(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no known type"):
        export(tmp_path / "items.pdf")


def test_cannot_be_written(tmp_path: Path, offer: Any) -> None:
    offer()
    with pytest.raises(CommandError, match=r"cannot be written: No such file or directory\."):
        export(tmp_path / "missing" / "items.csv")
