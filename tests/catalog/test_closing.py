"""What the catalog does when accounts closes an account."""

import time
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command

from catalog import closing, peer
from catalog.errors import AccountClosed, ItemWithdrawn
from catalog.models import ClosedOwner, Entry, Item
from catalog.peer import CatalogInProcess
from ecom.principal import Principal
from tests.catalog.conftest import Offer


def test_everything_off_sale(offer: Offer, owner: Principal, buyer: Principal) -> None:
    sold, fresh, kept = offer(stock=5), offer(stock=2), offer(by=buyer)
    sold.buy(buyer, 2)
    early = Item.objects.get(pk=fresh.id)

    assert CatalogInProcess().withdraw_items(owner.id)

    for item in Item.objects.filter(owner_id=owner.id):
        assert (item.on_sale, item.stock, item.taken) == (False, 0, item.offered)
    entries = Entry.objects.filter(kind="withdrawal").values_list("item_id", "quantity")
    assert set(entries) == {(sold.id, 3), (fresh.id, 2)}
    assert Item.objects.get(pk=kept.id).on_sale
    with pytest.raises(ItemWithdrawn):
        early.buy(buyer)


def test_name_is_forgotten(offer: Offer, owner: Principal, buyer: Principal) -> None:
    offer().buy(buyer)
    offer(by=buyer).buy(owner)

    CatalogInProcess().withdraw_items(owner.id)

    assert set(Item.objects.values_list("owner", flat=True)) == {"", "john"}
    people = set(Entry.objects.filter(kind="sale").values_list("seller", "buyer"))
    assert people == {("", "john"), ("john", "")}
    assert Entry.objects.filter(seller_id=owner.id, buyer_id=buyer.id).exists()


def test_repeated(offer: Offer, owner: Principal) -> None:
    offer(stock=2)
    assert CatalogInProcess().withdraw_items(owner.id)
    assert CatalogInProcess().withdraw_items(owner.id)
    assert Entry.objects.count() == 1
    assert ClosedOwner.objects.count() == 1


def test_nobody_knows_the_account() -> None:
    assert CatalogInProcess().withdraw_items(uuid4())


def test_goes_on_where_time_ran_out(
    offer: Offer, owner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        offer()
    monkeypatch.setattr(closing, "CHUNK", 1)
    monkeypatch.setattr(peer, "SECONDS", -1)

    assert not CatalogInProcess().withdraw_items(owner.id)
    assert ClosedOwner.objects.filter(pk=owner.id).exists()
    assert Item.objects.filter(on_sale=True).count() == 3

    monkeypatch.setattr(peer, "SECONDS", 2)
    assert CatalogInProcess().withdraw_items(owner.id)
    assert not Item.objects.filter(on_sale=True).exists()


def test_goes_on_after_half_a_withdrawal(offer: Offer, owner: Principal) -> None:
    """As after a process that ended between the flag and the entry."""
    offer(stock=4)
    closing.stop_offering(Item.objects.all())

    assert CatalogInProcess().withdraw_items(owner.id)

    assert Entry.objects.get().quantity == 4


def test_heals_hints(offer: Offer, owner: Principal, buyer: Principal) -> None:
    item = offer(stock=4)
    item.buy(buyer, 4)
    Item.objects.update(taken=0)

    assert closing.close_owner(owner.id, time.monotonic() + 1)

    assert Item.objects.get().taken == 4
    assert Entry.objects.get().kind == "sale"


def test_no_purchase_afterwards(offer: Offer, owner: Principal, buyer: Principal) -> None:
    item = offer(stock=4)
    CatalogInProcess().withdraw_items(buyer.id)
    with pytest.raises(AccountClosed):
        item.buy(buyer)
    assert not Entry.objects.exists()


def test_closed_amid_a_purchase(
    offer: Offer, buyer: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the look at who is closed, and before the insert."""
    append = Item._append

    def close_first(item: Item, *args: Any) -> Entry | None:
        assert CatalogInProcess().withdraw_items(buyer.id)
        return append(item, *args)

    monkeypatch.setattr(Item, "_append", close_first)
    offer(stock=4).buy(buyer)
    assert [entry.buyer for entry in Entry.objects.filter(buyer_id=buyer.id)] == [""]


def test_killed_amid_an_offer(offer: Offer, owner: Principal) -> None:
    """The item came after the closing had looked, and its process ended before it did."""
    assert CatalogInProcess().withdraw_items(owner.id)
    ClosedOwner.objects.all().delete()
    offer(stock=4)
    ClosedOwner.objects.create(pk=owner.id)

    call_command("prune")

    item = Item.objects.get()
    assert (item.on_sale, item.owner, Entry.objects.get().quantity) == (False, "", 4)


def test_closed_amid_an_offer(
    offer: Offer, owner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the look at who is closed, and before the insert."""
    save = Item.save

    def close_first(item: Item, **options: Any) -> None:
        assert CatalogInProcess().withdraw_items(owner.id)
        save(item, **options)

    monkeypatch.setattr(Item, "save", close_first)
    with pytest.raises(AccountClosed):
        offer(stock=4)
    entry = Entry.objects.get()
    assert (Item.objects.get().owner, entry.buyer, entry.seller) == ("", "", "")
