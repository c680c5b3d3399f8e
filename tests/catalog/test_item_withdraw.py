from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog.models import Entry, Item
from ecom.principal import Principal
from tests.catalog.conftest import Offer


@pytest.fixture
def item(offer: Offer) -> Item:
    return offer(stock=5)


def delete(client: APIClient, item: Item, etag: str | None = "*") -> Any:
    headers = {"If-Match": etag} if etag else {}
    return client.delete(f"/catalog/items/{item.id}/", headers=headers)


def test_success(as_owner: APIClient, item: Item, buyer: Principal) -> None:
    item.buy(buyer, 2)

    response = delete(as_owner, item)

    assert (response.status_code, response.content) == (204, b"")
    item.refresh_from_db()
    assert (item.on_sale, item.stock) == (False, 0)
    kinds = Entry.objects.order_by("first_unit").values_list("kind", "quantity")
    assert list(kinds) == [("sale", 2), ("withdrawal", 3)]
    assert delete(as_owner, item).status_code == 404


def test_etag(as_owner: APIClient, item: Item, buyer: Principal) -> None:
    etag = as_owner.get(f"/catalog/items/{item.id}/")["ETag"]
    item.buy(buyer)
    assert delete(as_owner, item, etag).status_code == 412
    assert Item.objects.get().stock == 4
    etag = as_owner.get(f"/catalog/items/{item.id}/")["ETag"]
    assert delete(as_owner, item, etag).status_code == 204


def test_without_if_match(as_owner: APIClient, item: Item) -> None:
    assert delete(as_owner, item, None).status_code == 428
    assert Item.objects.get().on_sale


def test_no_token(anonymous: APIClient, item: Item) -> None:
    assert delete(anonymous, item).status_code == 401
    assert Item.objects.get().on_sale


def test_somebody_else(as_buyer: APIClient, item: Item) -> None:
    assert delete(as_buyer, item).status_code == 403
    assert Item.objects.get().on_sale


def test_unknown(as_owner: APIClient) -> None:
    assert delete(as_owner, Item(id="a" * 24)).status_code == 404
