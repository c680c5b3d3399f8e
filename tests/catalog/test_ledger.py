"""What holds whatever happens between two statements: the ledger decides, hints follow."""

from typing import Any
from uuid import uuid4

import pytest

from catalog.errors import AccountClosed, ItemChanged, ItemWithdrawn, OwnItem, SkuTaken, SoldOut
from catalog.models import ClosedOwner, Entry, Item
from ecom.errors import IdempotencyKeyReused
from ecom.principal import Principal
from tests.catalog.conftest import Offer


def ranges(item: Item) -> list[tuple[int, int, str]]:
    entries = Entry.objects.filter(item_id=item.id).order_by("first_unit")
    return list(entries.values_list("first_unit", "quantity", "kind"))


def interfere(monkeypatch: pytest.MonkeyPatch, what: Any) -> None:
    """Let somebody else be faster, once, between reading the ledger's end and the insert."""
    read_ledger = Item.read_ledger

    def read_then_lose(item: Item) -> None:
        read_ledger(item)
        monkeypatch.setattr(Item, "read_ledger", read_ledger)
        what()

    monkeypatch.setattr(Item, "read_ledger", read_then_lose)


def test_sales_follow_each_other(offer: Offer, buyer: Principal) -> None:
    item = offer(stock=5)

    item.buy(buyer, 2)
    item.buy(buyer, 3)

    assert ranges(item) == [(0, 2, "sale"), (2, 3, "sale")]
    item.refresh_from_db()
    assert (item.taken, item.stock, item.on_sale) == (5, 0, False)


def test_sale_keeps_name_and_price(offer: Offer, buyer: Principal) -> None:
    item = offer()
    item.buy(buyer)

    Item.objects.read(item.id).change(name="Cup", price="9.00")

    sale = Entry.objects.get()
    assert (sale.name, str(sale.price)) == ("Teapot", "2.55")
    assert (sale.buyer, sale.seller) == ("john", "megy")


def test_more_than_left(offer: Offer, buyer: Principal) -> None:
    item = offer(stock=3)
    item.buy(buyer, 2)

    with pytest.raises(SoldOut, match="Only 1 left"):
        item.buy(buyer, 2)

    assert ranges(item) == [(0, 2, "sale")]


def test_somebody_was_faster(
    offer: Offer, buyer: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = offer(stock=3)
    other = Item.objects.get(pk=item.id)
    interfere(monkeypatch, lambda: other.buy(buyer, 2))

    item.buy(buyer, 1)

    assert ranges(item) == [(0, 2, "sale"), (2, 1, "sale")]


def test_somebody_took_the_last(
    offer: Offer, buyer: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = offer(stock=1)
    other = Item.objects.get(pk=item.id)
    interfere(monkeypatch, lambda: other.buy(buyer))

    with pytest.raises(SoldOut):
        item.buy(buyer)

    assert ranges(item) == [(0, 1, "sale")]


def test_own_item(offer: Offer, owner: Principal) -> None:
    with pytest.raises(OwnItem):
        offer().buy(owner)
    assert not Entry.objects.exists()


def test_key_repeated(offer: Offer, buyer: Principal) -> None:
    item = offer(stock=5)
    first = item.buy(buyer, 2, key="k")

    assert Item.objects.get(pk=item.id).buy(buyer, 2, key="k") == first
    assert ranges(item) == [(0, 2, "sale")]


def test_key_repeated_once_withdrawn(offer: Offer, buyer: Principal) -> None:
    item = offer(stock=5)
    first = item.buy(buyer, key="k")
    Item.objects.read(item.id).withdraw()

    assert Item.objects.get(pk=item.id).buy(buyer, key="k") == first
    with pytest.raises(ItemWithdrawn):
        Item.objects.get(pk=item.id).buy(buyer, key="other")


def test_key_in_two_races(offer: Offer, buyer: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same request twice at once: the later one finds the sale that the first one made."""
    item = offer(stock=5)
    made: list[Entry] = []
    other = Item.objects.get(pk=item.id)
    interfere(monkeypatch, lambda: made.append(other.buy(buyer, key="k")))

    assert [item.buy(buyer, key="k")] == made
    assert ranges(item) == [(0, 1, "sale")]


@pytest.mark.parametrize("different", ["quantity", "item"])
def test_key_for_another_request(offer: Offer, buyer: Principal, different: str) -> None:
    item, another = offer(stock=5), offer(stock=5)
    item.buy(buyer, 1, key="k")

    with pytest.raises(IdempotencyKeyReused):
        if different == "item":
            another.buy(buyer, 1, key="k")
        else:
            item.buy(buyer, 2, key="k")

    assert Entry.objects.count() == 1


def test_keys_are_each_buyers_own(offer: Offer, buyer: Principal) -> None:
    item = offer(stock=5)
    item.buy(buyer, key="k")
    stranger = Principal(uuid4(), "anna", False, uuid4(), 1)
    assert item.buy(stranger, key="k").buyer_id == stranger.id


def test_withdrawal_takes_the_rest(offer: Offer, buyer: Principal) -> None:
    item = offer(stock=5, sku="A1")
    item.buy(buyer, 2)

    item.withdraw()

    assert ranges(item) == [(0, 2, "sale"), (2, 3, "withdrawal")]
    item.refresh_from_db()
    assert (item.taken, item.on_sale, item.stock) == (5, False, 0)
    assert item.withdrawn_at is not None
    offer(sku="a1")


def test_sale_during_withdrawal(
    offer: Offer, buyer: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A buyer who read the item before it was flagged may still be first, but then never again."""
    item = offer(stock=5)
    early, later = Item.objects.get(pk=item.id), Item.objects.get(pk=item.id)
    interfere(monkeypatch, lambda: early.buy(buyer, 2))

    item.withdraw()

    assert ranges(item) == [(0, 2, "sale"), (2, 3, "withdrawal")]
    with pytest.raises(SoldOut):
        later.buy(buyer, 1)


def test_stock_raised(offer: Offer, buyer: Principal) -> None:
    item = offer(stock=2)
    item.buy(buyer, 2)
    item = Item.objects.read(item.id)

    item.change(stock=3)

    item.refresh_from_db()
    assert (item.offered, item.stock, item.on_sale) == (5, 3, True)
    assert ranges(item) == [(0, 2, "sale")]


def test_stock_lowered(offer: Offer, buyer: Principal) -> None:
    item = offer(stock=9)
    item.buy(buyer, 2)

    Item.objects.read(item.id).change(stock=3)

    assert ranges(item) == [(0, 2, "sale"), (2, 4, "withdrawal")]
    assert Item.objects.get(pk=item.id).stock == 3


def test_stock_lowered_to_nothing(offer: Offer) -> None:
    item = offer(stock=9)
    item.change(stock=0)
    item.refresh_from_db()
    assert (item.stock, item.on_sale) == (0, False)


def test_sale_while_stock_is_lowered(
    offer: Offer, buyer: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = offer(stock=9)
    other = Item.objects.get(pk=item.id)
    interfere(monkeypatch, lambda: other.buy(buyer, 4))

    item.change(stock=3)

    assert ranges(item) == [(0, 4, "sale"), (4, 2, "withdrawal")]


def test_units_sold_meanwhile_are_not_put_back(offer: Offer, buyer: Principal) -> None:
    item = offer(stock=5)
    Item.objects.get(pk=item.id).buy(buyer, 2)

    item.change(stock=5, name="Large teapot")

    assert Item.objects.read(item.id).stock == 3


def test_change_of_an_older_version(offer: Offer) -> None:
    item = offer()
    outdated = Item.objects.get(pk=item.id)
    item.change(name="Large teapot")

    with pytest.raises(ItemChanged):
        outdated.change(name="Small teapot", stock=7)

    item.refresh_from_db()
    assert (item.name, item.offered, item.version) == ("Large teapot", 1, 2)


def test_no_stock_for_withdrawn(offer: Offer) -> None:
    item = offer()
    item.withdraw()
    with pytest.raises(ItemChanged):
        Item.objects.get(pk=item.id).change(stock=5)
    assert Item.objects.get(pk=item.id).offered == 1


def test_act_on_latest(offer: Offer) -> None:
    item = offer()
    names = iter(["first", "second"])

    def act(latest: Item) -> None:
        if (name := next(names)) == "first":
            Item.objects.get(pk=item.id).change(price="3.00")
        latest.change(name=name)

    Item.objects.act_on_latest(item.id, act)

    item.refresh_from_db()
    assert (item.name, str(item.price)) == ("second", "3.00")


def test_act_on_withdrawn(offer: Offer) -> None:
    item = offer()
    item.withdraw()
    with pytest.raises(ItemWithdrawn):
        Item.objects.act_on_latest(item.id, Item.withdraw)
    assert Entry.objects.count() == 1


def test_hints_heal_on_reading(offer: Offer, buyer: Principal) -> None:
    """As after a process that ended between the sale and the hint."""
    item = offer(stock=2)
    item.buy(buyer, 2)
    Item.objects.filter(pk=item.id).update(taken=0, on_sale=True)

    assert Item.objects.read(item.id).stock == 0

    item.refresh_from_db()
    assert (item.taken, item.on_sale) == (2, False)


def test_hints_heal_on_buying(offer: Offer, buyer: Principal) -> None:
    item = offer(stock=2)
    item.buy(buyer, 2)
    Item.objects.filter(pk=item.id).update(taken=0, on_sale=True)

    with pytest.raises(SoldOut):
        Item.objects.get(pk=item.id).buy(buyer)

    item.refresh_from_db()
    assert (item.taken, item.on_sale) == (2, False)


def test_late_hint_changes_nothing(offer: Offer, buyer: Principal) -> None:
    item = offer(stock=5)
    slow = Item.objects.get(pk=item.id)
    item.buy(buyer, 5)
    slow.taken = 3

    slow.settle()

    item.refresh_from_db()
    assert (item.taken, item.on_sale) == (5, False)


def test_late_hint_after_new_stock(offer: Offer, buyer: Principal) -> None:
    """The last unit's buyer settles after the owner put more on sale: it stays on sale."""
    item = offer(stock=1)
    slow = Item.objects.get(pk=item.id)
    slow._append(Entry.Kind.SALE, 1, buyer.id, buyer.handle)
    Item.objects.read(item.id).change(stock=4)

    slow.settle()

    item.refresh_from_db()
    assert (item.taken, item.stock, item.on_sale) == (1, 4, True)


def test_offer_again_with_key(offer: Offer) -> None:
    first = offer(key="k", sku="A1")
    assert offer(key="k", sku="A1") == first
    assert Item.objects.count() == 1


def test_offer_something_else_with_key(offer: Offer) -> None:
    offer(key="k")
    with pytest.raises(IdempotencyKeyReused):
        offer(key="k", name="Cup")
    with pytest.raises(IdempotencyKeyReused):
        offer(key="k", stock=2)
    assert Item.objects.count() == 1


def test_sku_regardless_of_case(offer: Offer, buyer: Principal) -> None:
    item = offer(sku="Straße")
    with pytest.raises(SkuTaken):
        offer(sku="STRASSE")
    offer(by=buyer, sku="STRASSE")
    other = offer(sku="b")
    with pytest.raises(SkuTaken):
        other.change(sku="STRASSE")
    item.change(sku="")
    other.change(sku="strasse")


def test_offer_of_a_closed_account(offer: Offer, owner: Principal) -> None:
    ClosedOwner.objects.create(pk=owner.id)
    with pytest.raises(AccountClosed):
        offer(stock=3)
    assert not Item.objects.exists()


def test_account_closes_during_an_offer(
    offer: Offer, owner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = Item.save

    def save_late(item: Item, **kwargs: Any) -> None:
        ClosedOwner.objects.create(pk=owner.id)
        save(item, **kwargs)

    monkeypatch.setattr(Item, "save", save_late)
    with pytest.raises(AccountClosed):
        offer(stock=3)

    item = Item.objects.get()
    assert (item.on_sale, item.stock, item.owner) == (False, 0, "")
    assert ranges(item) == [(0, 3, "withdrawal")]


def test_left_on_sale_by_a_closed_account(offer: Offer, owner: Principal, buyer: Principal) -> None:
    """As after a process that ended between the offer and its second look at the account."""
    item = offer(stock=3)
    sale = item.buy(buyer, key="k")
    ClosedOwner.objects.create(pk=owner.id)

    with pytest.raises(ItemWithdrawn):
        Item.objects.get(pk=item.id).buy(buyer)

    assert ranges(item) == [(0, 1, "sale"), (1, 2, "withdrawal")]
    item.refresh_from_db()
    assert (item.on_sale, item.owner) == (False, "")
    assert item.buy(buyer, key="k") == sale
