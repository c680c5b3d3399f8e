"""PUT and PATCH. What holds for both is asked of both."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog.models import Entry, Item
from ecom.principal import Principal
from tests.catalog.conftest import Offer

BODY = {"name": "Cup", "price": "3.00"}
both = pytest.mark.parametrize("method", ["put", "patch"])


def send(
    client: APIClient, method: str, item: Item, body: Any = BODY, etag: str | None = "*"
) -> Any:
    headers = {"If-Match": etag} if etag is not None else {}
    return getattr(client, method)(f"/catalog/items/{item.id}/", body, headers=headers)


@pytest.fixture
def item(offer: Offer) -> Item:
    return offer(stock=5, description="Blue", sku="A1")


def test_put(as_owner: APIClient, item: Item) -> None:
    response = send(as_owner, "put", item)

    assert response.status_code == 200
    assert response.json() == as_owner.get(f"/catalog/items/{item.id}/").json()
    item.refresh_from_db()
    assert (item.name, str(item.price), item.description, item.sku) == ("Cup", "3.00", "", "")
    assert item.stock == 5
    assert item.updated > item.created


def test_patch(as_owner: APIClient, item: Item) -> None:
    response = send(as_owner, "patch", item, {"price": 4})

    assert response.status_code == 200
    item.refresh_from_db()
    assert (item.name, str(item.price), item.description, item.sku) == (
        "Teapot",
        "4.00",
        "Blue",
        "A1",
    )


def test_nothing_to_patch(as_owner: APIClient, item: Item) -> None:
    assert send(as_owner, "patch", item, {}).status_code == 200


@both
@pytest.mark.parametrize(("stock", "withdrawn"), [(8, 0), (5, 0), (2, 3), (0, 5)])
def test_stock(as_owner: APIClient, item: Item, method: str, stock: int, withdrawn: int) -> None:
    response = send(as_owner, method, item, BODY | {"stock": stock})

    assert response.json()["stock"] == stock
    assert response.json()["on_sale"] == (stock > 0)
    assert sum(Entry.objects.values_list("quantity", flat=True)) == withdrawn
    stored = Item.objects.get()
    assert (stored.stock, stored.on_sale) == (stock, stock > 0)
    assert response["ETag"] == as_owner.get(f"/catalog/items/{item.id}/")["ETag"]


def test_sold_out_item_comes_back(as_owner: APIClient, item: Item, buyer: Principal) -> None:
    item.buy(buyer, 5)
    assert send(as_owner, "patch", item, {"stock": 1}).json()["on_sale"]
    assert Item.objects.get().stock == 1


@both
def test_etag_of_what_was_read(as_owner: APIClient, item: Item, method: str) -> None:
    etag = as_owner.get(f"/catalog/items/{item.id}/")["ETag"]

    first = send(as_owner, method, item, etag=f'"other", {etag}')
    assert first.status_code == 200

    second = send(as_owner, method, item, BODY | {"name": "Box"}, etag)
    assert (second.status_code, second.json()["code"]) == (412, "precondition_failed")
    assert send(as_owner, method, item, etag=first["ETag"]).status_code == 200
    assert Item.objects.get().name == "Cup"


@both
def test_sold_since_it_was_read(
    as_owner: APIClient, item: Item, buyer: Principal, method: str
) -> None:
    etag = as_owner.get(f"/catalog/items/{item.id}/")["ETag"]
    item.buy(buyer)
    assert send(as_owner, method, item, etag=etag).status_code == 412
    assert Item.objects.get().name == "Teapot"


@both
@pytest.mark.parametrize("etag", ["", "x", 'W/"1-0"', '"1-0'])
def test_wrong_etag(as_owner: APIClient, item: Item, method: str, etag: str) -> None:
    assert send(as_owner, method, item, etag=etag).status_code == 412
    assert Item.objects.get().version == 1


@both
def test_without_if_match(as_owner: APIClient, item: Item, method: str) -> None:
    response = send(as_owner, method, item, etag=None)
    assert (response.status_code, response.json()["code"]) == (428, "precondition_required")
    assert Item.objects.get().version == 1


@both
@pytest.mark.parametrize(
    "wrong", [{"price": "0"}, {"name": ""}, {"stock": -1}, {"sku": None}], ids=str
)
def test_invalid(as_owner: APIClient, item: Item, method: str, wrong: dict[str, Any]) -> None:
    response = send(as_owner, method, item, BODY | wrong)
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == list(wrong)
    assert Item.objects.get().version == 1


@both
def test_sku_taken(as_owner: APIClient, item: Item, offer: Offer, method: str) -> None:
    offer(sku="B2")
    response = send(as_owner, method, item, BODY | {"sku": "b2", "stock": 9})
    assert (response.status_code, response.json()["code"]) == (409, "sku_taken")
    item.refresh_from_db()
    assert (item.sku, item.stock, item.version) == ("A1", 5, 1)


@both
def test_no_token(anonymous: APIClient, item: Item, method: str) -> None:
    assert send(anonymous, method, item).status_code == 401
    assert Item.objects.get().version == 1


@both
def test_somebody_else(as_buyer: APIClient, item: Item, method: str) -> None:
    """The stored owner counts, not one in the body."""
    response = send(as_buyer, method, item, BODY | {"owner": "john"})
    assert (response.status_code, response.json()["code"]) == (403, "not_owner")
    item.refresh_from_db()
    assert (item.version, item.owner) == (1, "megy")


@both
def test_withdrawn(as_owner: APIClient, item: Item, method: str) -> None:
    item.withdraw()
    assert send(as_owner, method, item, BODY | {"stock": 9}).status_code == 404
    assert Item.objects.get().stock == 0
