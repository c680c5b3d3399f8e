"""On DocumentDB no request looks through a collection. docs/indexes.md says what is for what."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import models
from django.urls import get_resolver
from rest_framework.test import APIClient

from catalog.models import Entry, Item
from ecom.principal import Principal
from tests.catalog import documentdb_plans as plans
from tests.catalog.conftest import Offer, client_of

DOCUMENT = Path(__file__).parents[2] / "docs" / "indexes.md"
Call = Callable[[APIClient, APIClient, Item], Any]
NEW = {"name": "Cup", "price": "3.00", "sku": "cup", "stock": 3}


def etag(client: APIClient, item: Item) -> dict[str, str]:
    return {"If-Match": client.get(f"/catalog/items/{item.id}/")["ETag"]}


# By the name of the route: what its owner, a buyer and an item of the owner's do there.
CALLS: dict[str, list[Call]] = {
    "catalog:root": [lambda owner, buyer, item: buyer.get("/catalog/")],
    "catalog:items": [
        lambda owner, buyer, item: buyer.get("/catalog/items/"),
        lambda owner, buyer, item: buyer.get("/catalog/items/?owner=megy&price_min=1&price_max=9"),
        lambda owner, buyer, item: buyer.get("/catalog/items/?search=teapot&order=oldest"),
        lambda owner, buyer, item: owner.post("/catalog/items/", NEW),
        lambda owner, buyer, item: owner.post(
            "/catalog/items/", {**NEW, "sku": "k"}, headers={"Idempotency-Key": "k"}
        ),
    ],
    "catalog:item": [
        lambda owner, buyer, item: buyer.get(f"/catalog/items/{item.id}/"),
        lambda owner, buyer, item: owner.patch(
            f"/catalog/items/{item.id}/", {"stock": 1}, headers=etag(owner, item)
        ),
        lambda owner, buyer, item: owner.put(
            f"/catalog/items/{item.id}/", NEW, headers=etag(owner, item)
        ),
        lambda owner, buyer, item: owner.delete(
            f"/catalog/items/{item.id}/", headers=etag(owner, item)
        ),
    ],
    "catalog:purchases": [
        lambda owner, buyer, item: buyer.get(f"/catalog/items/{item.id}/purchases/"),
        lambda owner, buyer, item: buyer.post(
            f"/catalog/items/{item.id}/purchases/", {"quantity": 2}
        ),
        lambda owner, buyer, item: buyer.post(
            f"/catalog/items/{item.id}/purchases/", {}, headers={"Idempotency-Key": "k"}
        ),
    ],
    "catalog:my-items": [
        lambda owner, buyer, item: owner.get("/catalog/my/items/"),
        lambda owner, buyer, item: owner.get("/catalog/my/items/?on_sale=false"),
    ],
    "catalog:my-purchases": [lambda owner, buyer, item: buyer.get("/catalog/my/purchases/")],
    "catalog:my-sales": [lambda owner, buyer, item: owner.get("/catalog/my/sales/")],
    "catalog-original:original-offer": [
        lambda owner, buyer, item: owner.post("/item", {"name": "Cup", "price": 3})
    ],
    "catalog-original:original-item": [
        lambda owner, buyer, item: buyer.get(f"/item/{item.id}"),
        lambda owner, buyer, item: owner.put(f"/item/{item.id}", {"name": "Cup", "price": 3}),
        lambda owner, buyer, item: owner.delete(f"/item/{item.id}"),
    ],
    "catalog-original:original-buy": [lambda owner, buyer, item: buyer.post(f"/buy/{item.id}")],
    "catalog-original:original-items": [lambda owner, buyer, item: buyer.get("/items")],
    "catalog-original:original-owner": [lambda owner, buyer, item: buyer.get("/items/megy")],
}
WITHOUT_DATA = {"catalog:schema", "catalog:docs", "catalog:jwks"}
# Signed by accounts, or in a browser: test_closing and test_staff_sign_in have them.
ELSEWHERE = {"catalog:withdrawals", "catalog:login", "catalog:logout"}


def routes(resolver: Any, namespace: str = "") -> set[str]:
    found: set[str] = set()
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            if pattern.app_name != "admin":
                found |= routes(pattern, f"{pattern.namespace}:")
        else:
            found.add(namespace + pattern.name)
    return found


def test_every_route_is_here() -> None:
    assert routes(get_resolver()) == CALLS.keys() | WITHOUT_DATA | ELSEWHERE


@pytest.mark.parametrize("route", CALLS)
def test_route(route: str, offer: Offer, owner: Principal, buyer: Principal) -> None:
    item = offer(stock=5, sku="teapot")
    item.buy(buyer, 1)
    for call in CALLS[route]:
        with plans.recorded() as asked:
            response = call(client_of(owner), client_of(buyer), item)
        assert response.status_code < 300, response.content
        for command in asked:
            plans.check_index(command, route)


def documented() -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", DOCUMENT.read_text(), re.MULTILINE))


def names(model: type[models.Model]) -> set[str]:
    return {each.name for each in [*model._meta.indexes, *model._meta.constraints]}


def test_every_index_is_documented() -> None:
    assert documented() == set().union(*map(names, apps.get_app_config("catalog").get_models()))


def test_an_index_nobody_has(owner: Principal) -> None:
    """The check itself can fail."""
    with plans.recorded() as asked:
        assert not list(Item.objects.filter(description="Cup"))
        assert not list(Entry.objects.filter(seller=str(uuid4())))
    for command in asked:
        with pytest.raises(AssertionError):
            plans.check_index(command, "by hand")
    assert len(asked) == 2
