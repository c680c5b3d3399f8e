"""The API as a browser shows it."""

import re

import pytest
from rest_framework.test import APIClient

from catalog.models import Item
from ecom.principal import Principal
from tests.catalog.conftest import Offer

HTML = {"Accept": "text/html"}


@pytest.mark.parametrize(
    "path", ["", "items/", "items/?search=tea&order=price", "my/items/", "my/sales/"]
)
def test_page(as_owner: APIClient, offer: Offer, path: str) -> None:
    offer()
    response = as_owner.get(f"/catalog/{path}", headers=HTML)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/html")


def test_filter_form_and_paging(anonymous: APIClient, offer: Offer) -> None:
    for _ in range(2):
        offer()
    page = anonymous.get("/catalog/items/?limit=1", headers=HTML).content.decode()
    for name in ("owner", "price_min", "price_max", "search", "order"):
        assert f'name="{name}"' in page
    assert "cursor=n" in page


def test_forms_are_the_owners(as_owner: APIClient, as_buyer: APIClient, offer: Offer) -> None:
    path = f"/catalog/items/{offer().id}/"
    assert 'data-method="PUT"' in as_owner.get(path, headers=HTML).content.decode()
    assert 'data-method="PUT"' not in as_buyer.get(path, headers=HTML).content.decode()


def test_offer_by_form(as_owner: APIClient, owner: Principal) -> None:
    form = {"name": "Teapot", "price": "2.55", "stock": "3", "description": "", "sku": ""}
    response = as_owner.post("/catalog/items/", form, format="multipart", headers=HTML)
    assert response.status_code == 201
    assert Item.objects.get().stock == 3


def test_change_by_form(as_owner: APIClient, offer: Offer) -> None:
    """A form cannot send If-Match."""
    item = offer(stock=3)
    form = {"name": "Cup", "price": "2.55", "stock": "", "description": "", "sku": ""}
    path = f"/catalog/items/{item.id}/"
    response = as_owner.put(path, form, format="multipart", headers=HTML)
    assert response.status_code == 200
    assert Item.objects.get().name == "Cup"
    assert Item.objects.get().stock == 3
    as_owner.delete(path, headers=HTML)
    assert not Item.objects.get().on_sale


def test_buy_without_typing_an_address(as_buyer: APIClient, offer: Offer) -> None:
    offer(stock=3)
    path = "/catalog/"
    for name, title in [("items", "Items"), ("url", "Item"), ("purchases", "Buy")]:
        page = as_buyer.get(path, headers=HTML).content.decode()
        found = re.search(f'&quot;{name}&quot;: &quot;<a href="(http://testserver/[^"]+)', page)
        assert found, name
        path = found[1]
        assert f"<h1>{title}</h1>" in as_buyer.get(path, headers=HTML).content.decode()
    assert 'name="quantity"' in as_buyer.get(path, headers=HTML).content.decode()
    response = as_buyer.post(path, {"quantity": "2"}, format="multipart", headers=HTML)
    assert response.status_code == 201
    assert 'name="quantity"' in response.content.decode()
    assert Item.objects.get().stock == 1


def test_nothing_to_page(anonymous: APIClient, offer: Offer) -> None:
    offer()
    assert "Next" not in anonymous.get("/catalog/items/", headers=HTML).content.decode()
