import io

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Item
from ecom.principal import Principal
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


def test_withdrawn_items_do_not_come_back(buyer: Principal) -> None:
    load()
    Item.objects.get(sku="85123A").withdraw()
    Item.objects.get(sku="71053").change(price="1.00")
    assert load() == ""
    assert Item.objects.count() == 60
    assert not Item.objects.filter(sku="85123A", on_sale=True).exists()
    assert Item.objects.get(sku="71053").price == 1


def test_accounts_is_down(directory: Directory) -> None:
    directory.available = False
    with pytest.raises(CommandError, match="does not answer"):
        load()


def test_without_an_account(directory: Directory) -> None:
    directory.accounts.clear()
    with pytest.raises(CommandError, match="no open account with the handle 'megy'"):
        load()
