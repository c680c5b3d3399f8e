"""Somebody else creates or changes an item while it is being imported."""

from decimal import Decimal
from typing import Any

import pytest

from catalog.bulk.datasets import FileDataset
from catalog.bulk.owners import Owner
from catalog.bulk.resources import ItemImport
from catalog.bulk.results import ImportResult
from catalog.bulk.upsert import Upsert
from catalog.models import Item
from ecom.principal import Principal


def import_teapot(owner: Principal) -> ImportResult:
    dataset = FileDataset(["sku", "name", "price"])
    dataset.add(2, ["A1", "Teapot", "2.55"])
    dataset.add(3, ["B2", "Mug", "1"])
    return ItemImport(Owner(owner.id, owner.handle)).import_data(dataset)


def once_before(monkeypatch: pytest.MonkeyPatch, method: str, meddle: Any) -> None:
    original = getattr(Upsert, method)
    meddles = [meddle]

    def meddled(self: Upsert, *args: Any) -> Any:
        if meddles:
            meddles.pop()()
        return original(self, *args)

    monkeypatch.setattr(Upsert, method, meddled)


def test_created_meanwhile(owner: Principal, offer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    once_before(monkeypatch, "create", lambda: offer(sku="a1", name="Pot"))
    result = import_teapot(owner)
    assert (result.created, result.updated) == (1, 1)
    assert list(Item.objects.order_by("sku_key").values_list("name", flat=True)) == [
        "Teapot",
        "Mug",
    ]


def test_changed_meanwhile(owner: Principal, offer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    item = offer(sku="A1", name="Pot", stock=1)
    once_before(monkeypatch, "update", lambda: Item.objects.get(pk=item.pk).change(stock=5))
    result = import_teapot(owner)
    assert (result.created, result.updated) == (1, 1)
    item = Item.objects.read(item.pk)
    assert (item.name, item.price, item.stock) == ("Teapot", Decimal("2.55"), 5)


def test_withdrawn_meanwhile(owner: Principal, offer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    item = offer(sku="A1", name="Pot")
    once_before(monkeypatch, "update", lambda: Item.objects.get(pk=item.pk).withdraw())
    assert import_teapot(owner).created == 2
    item.refresh_from_db()
    assert (item.name, item.withdrawn_at is None) == ("Pot", False)


def test_interrupted_between_chunks(owner: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    class KilledError(Exception):
        pass

    def kill(self: Upsert, wanted: Any) -> None:
        write(self, wanted)
        raise KilledError

    write = Upsert.write
    monkeypatch.setattr("catalog.bulk.upsert.CHUNK", 1)
    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(Upsert, "write", kill)
        import_teapot(owner)
    assert Item.objects.count() == 1
    result = import_teapot(owner)
    assert (result.created, result.unchanged) == (1, 1)
