from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog.models import Entry, Item
from ecom.principal import Principal
from tests.catalog.conftest import Offer, principal


@pytest.fixture
def item(offer: Offer) -> Item:
    return offer(stock=5)


def path(item: Item) -> str:
    return f"/catalog/items/{item.id}/purchases/"


def buy(client: APIClient, item: Item, body: Any = None, key: str | None = None) -> Any:
    headers = {"Idempotency-Key": key} if key is not None else {}
    return client.post(path(item), body, headers=headers)


def test_success(as_buyer: APIClient, item: Item, buyer: Principal, owner: Principal) -> None:
    response = buy(as_buyer, item, {"quantity": 2})

    assert response.status_code == 201
    entry = Entry.objects.get()
    assert response.json() == {
        "id": entry.id,
        "item": item.id,
        "name": "Teapot",
        "quantity": 2,
        "price": "2.55",
        "buyer": "john",
        "seller": "megy",
        "created": entry.created.isoformat().replace("+00:00", "Z"),
    }
    assert (entry.buyer_id, entry.seller_id, entry.kind) == (buyer.id, owner.id, "sale")
    assert Item.objects.get().stock == 3


@pytest.mark.parametrize("body", [None, {}])
def test_one_without_a_body(as_buyer: APIClient, item: Item, body: Any) -> None:
    assert buy(as_buyer, item, body).json()["quantity"] == 1
    assert Item.objects.get().stock == 4


@pytest.mark.parametrize("quantity", [0, -1, 1.5, "2", True, None, [], 1_000_001, 10**30])
def test_invalid(as_buyer: APIClient, item: Item, quantity: Any) -> None:
    response = buy(as_buyer, item, {"quantity": quantity})
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == ["quantity"]
    assert not Entry.objects.exists()


def test_more_than_left(as_buyer: APIClient, item: Item) -> None:
    response = buy(as_buyer, item, {"quantity": 6})
    assert (response.status_code, response.json()["code"]) == (409, "sold_out")
    assert response.json()["detail"] == "Only 5 left."
    assert not Entry.objects.exists()


def test_sold_out(as_buyer: APIClient, item: Item) -> None:
    assert buy(as_buyer, item, {"quantity": 5}).status_code == 201
    response = buy(as_buyer, item)
    assert (response.status_code, response.json()["detail"]) == (409, "Sold out.")
    assert Entry.objects.count() == 1


def test_own_item(as_owner: APIClient, item: Item) -> None:
    response = buy(as_owner, item)
    assert (response.status_code, response.json()["code"]) == (403, "own_item")
    assert not Entry.objects.exists()


def test_withdrawn(as_buyer: APIClient, item: Item) -> None:
    item.withdraw()
    response = buy(as_buyer, item)
    assert (response.status_code, response.json()["code"]) == (404, "item_withdrawn")
    assert not Entry.objects.filter(kind="sale").exists()


def test_unknown(as_buyer: APIClient) -> None:
    assert buy(as_buyer, Item(id="a" * 24)).status_code == 404


def test_no_token(anonymous: APIClient, item: Item) -> None:
    assert buy(anonymous, item).status_code == 401
    assert anonymous.get(path(item)).status_code == 401
    assert not Entry.objects.exists()


def test_what_i_bought_of_it(
    as_buyer: APIClient, as_owner: APIClient, item: Item, offer: Offer, owner: Principal
) -> None:
    sales = [buy(as_buyer, each).json() for each in (item, offer(), item)]
    item.buy(principal("anna"))
    item.change(stock=1)
    assert as_buyer.get(path(item)).json()["results"] == [sales[2], sales[0]]
    assert as_owner.get(path(item)).json()["results"] == []
    assert as_buyer.get(path(Item(id="a" * 24))).status_code == 404


def test_idempotency_key(as_buyer: APIClient, item: Item) -> None:
    first = buy(as_buyer, item, {"quantity": 2}, "k1")
    again = buy(as_buyer, item, {"quantity": 2}, "k1")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert Item.objects.get().stock == 3


def test_idempotency_key_once_sold_out(as_buyer: APIClient, item: Item) -> None:
    first = buy(as_buyer, item, {"quantity": 5}, "k1")
    assert buy(as_buyer, item, {"quantity": 5}, "k1").content == first.content


def test_idempotency_key_for_something_else(as_buyer: APIClient, item: Item, offer: Offer) -> None:
    buy(as_buyer, item, {"quantity": 2}, "k1")
    for other, body in ((item, {"quantity": 1}), (offer(), {"quantity": 2})):
        response = buy(as_buyer, other, body, "k1")
        assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("key", ["", "a b", "k" * 256])
def test_malformed_idempotency_key(as_buyer: APIClient, item: Item, key: str) -> None:
    assert buy(as_buyer, item, key=key).status_code == 400
    assert not Entry.objects.exists()
