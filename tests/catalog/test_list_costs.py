"""A page costs what it shows: no filter and no order reads rows that it does not need."""

import itertools
import re
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from catalog.models import Entry, Item
from catalog.original import OriginalPagination
from ecom.principal import Principal
from tests.catalog.conftest import client_of, principal

ON_DOCUMENTDB = connection.vendor == "mongodb"
plans = import_module(f"tests.catalog.{'documentdb' if ON_DOCUMENTDB else 'sql'}_plans")

LIMIT = 20
ROWS = 4000
POPULAR = "b" * 24  # an item of which one entry in four is

FILTERS = ["", "owner=megy", "owner=anna"]
RANGES = ["", "price_min=3&price_max=40", "price_min=7", "price_max=12.5"]
URLS = [
    f"/catalog/items/?limit={LIMIT}&order={order}&{owner}&{bounds}"
    for order, owner, bounds in itertools.product(
        ["newest", "oldest", "price", "-price"], FILTERS, RANGES
    )
    if order.endswith("price") or not bounds
]
URLS += [f"/catalog/my/items/?limit={LIMIT}&{state}" for state in ("", "on_sale=true")]
URLS += [f"/catalog/my/items/?limit={LIMIT}&on_sale=false"]
URLS += [f"/catalog/my/{entries}/?limit={LIMIT}" for entries in ("purchases", "sales")]
URLS += [f"/catalog/items/{POPULAR}/purchases/?limit={LIMIT}"]
URLS += ["/items", "/items/megy"]


@pytest.fixture(autouse=True)
def many(owner: Principal, buyer: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    """One item in three is off sale, half have the same price, and one owner has few."""
    monkeypatch.setattr(OriginalPagination, "limit", lambda self: LIMIT)
    people = [owner, buyer, *[owner, buyer] * 24, principal("anna")]
    Item.objects.bulk_create([Item(id=POPULAR, owner_id=buyer.id, name="Teapot", price=1)])
    create_items(range(ROWS // 2), people)
    create_entries(range(ROWS // 2), people)
    plans.analyse()
    # What came since then is in no statistics.
    create_items(range(ROWS // 2, ROWS), people)
    create_entries(range(ROWS // 2, ROWS), people)


def create_items(numbers: range, people: list[Principal]) -> None:
    Item.objects.bulk_create(
        Item(
            owner_id=people[number % 51].id,
            owner=people[number % 51].handle,
            name="Teapot",
            sku_key=f"sku:{number}",
            create_key=f"id:{number}",
            price=number % 20 * 3 + 1 if number % 2 else 8,
            on_sale=number % 3 > 0,
        )
        for number in numbers
    )


def create_entries(numbers: range, people: list[Principal]) -> None:
    Entry.objects.bulk_create(
        Entry(
            item_id=f"{number:024x}" if number % 4 else POPULAR,
            first_unit=number,
            quantity=1,
            kind=["sale", "withdrawal"][number % 2],
            name="Teapot",
            price=1,
            buyer_id=people[number // 2 % 51].id,
            seller_id=people[(number // 2 + 1) % 51].id,
            key=str(number),
        )
        for number in numbers
    )


def get(client: APIClient, url: str) -> Any:
    """The answer, whose cost has been checked."""
    with plans.recorded() as asked:
        response = client.get(url)
    assert response.status_code == 200, response.content
    plans.check_page(asked, LIMIT + 1, url)
    return response


def link(response: Any, relation: str) -> str:
    links = {
        found[2]: found[1] for found in re.finditer(r'<([^>]+)>; rel="(\w+)"', response["Link"])
    }
    return links[relation]


def test_pages(owner: Principal) -> None:
    client = client_of(owner)
    for url in URLS:
        response = get(client, url)
        for relation in ("next", "next", "prev"):
            if relation in response.get("Link", ""):
                response = get(client, link(response, relation))


def test_last_pages(owner: Principal) -> None:
    """Where few rows are left, or the statistics know of few."""
    client = client_of(owner)
    for url in URLS:
        response = client.get(url.replace(f"limit={LIMIT}", "limit=100"))
        while "next" in response.get("Link", ""):
            get(client, link(response, "next").replace("limit=100", f"limit={LIMIT}"))
            response = client.get(link(response, "next"))
