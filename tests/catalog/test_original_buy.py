import pytest
from rest_framework.test import APIClient

from catalog.models import Entry, Item
from ecom.principal import Principal
from tests.catalog.conftest import Offer


@pytest.fixture
def item(offer: Offer) -> Item:
    return offer()


def test_success(as_buyer: APIClient, item: Item, buyer: Principal) -> None:
    response = as_buyer.post(f"/buy/{item.id}", content_type=None)

    assert (response.status_code, response.content) == (200, b"")
    entry = Entry.objects.get()
    assert (entry.buyer_id, entry.quantity, entry.item_id) == (buyer.id, 1, item.id)


@pytest.mark.parametrize("gone", ["sold out", "withdrawn", "unknown"])
def test_gone(as_buyer: APIClient, item: Item, buyer: Principal, gone: str) -> None:
    if gone == "sold out":
        item.buy(buyer)
    elif gone == "withdrawn":
        item.withdraw()
    else:
        item = Item(id="b" * 24)
    before = Entry.objects.count()
    assert as_buyer.post(f"/buy/{item.id}").status_code == 404
    assert Entry.objects.count() == before


def test_own_item(as_owner: APIClient, item: Item) -> None:
    response = as_owner.post(f"/buy/{item.id}")
    assert response.status_code == 400
    assert "your own" in response.json()["detail"]
    assert not Entry.objects.exists()


def test_no_token(anonymous: APIClient, item: Item) -> None:
    assert anonymous.post(f"/buy/{item.id}").status_code == 401
    assert not Entry.objects.exists()


def test_idempotency_key(as_buyer: APIClient, item: Item) -> None:
    for _ in range(2):
        response = as_buyer.post(f"/buy/{item.id}", headers={"Idempotency-Key": "k"})
        assert response.status_code == 200
    assert Entry.objects.count() == 1
