import io

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Item
from ecom.tokens import Principal
from tests.catalog.directory import Directory


@pytest.fixture(autouse=True)
def directory(owner: Principal, monkeypatch: pytest.MonkeyPatch) -> Directory:
    directory = Directory(monkeypatch)
    directory.add(owner)
    return directory


def load() -> str:
    out = io.StringIO()
    call_command("load_demo", owner="megy", stdout=out, stderr=out)
    return out.getvalue()


def test_load(buyer: Principal) -> None:
    load()
    assert Item.objects.filter(owner="megy", on_sale=True).count() == 60
    item = Item.objects.get(sku="85123A")
    assert (item.name, str(item.price)) == ("White Hanging Heart T-Light Holder", "2.95")


def test_twice_adds_nothing(buyer: Principal) -> None:
    load()
    item = Item.objects.get(sku="85123A")
    item.buy(buyer, item.stock)
    assert "unchanged        60" in load()
    assert Item.objects.read(item.pk).stock == 0


def test_without_an_account(directory: Directory) -> None:
    directory.accounts.clear()
    with pytest.raises(CommandError, match="no open account with the handle 'megy'"):
        load()
