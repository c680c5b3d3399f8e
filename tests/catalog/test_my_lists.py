"""/catalog/my/items/, my/purchases/ and my/sales/."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog.models import Item
from ecom.principal import Principal
from tests.catalog.conftest import Offer


@pytest.fixture
def items(offer: Offer, buyer: Principal) -> list[Item]:
    """Hers: on sale, sold out, withdrawn. His: on sale."""
    made = [offer(name="lamp", stock=2), offer(name="sold"), offer(name="withdrawn")]
    made[1].buy(buyer)
    made[2].withdraw()
    return [*made, offer(name="his", by=buyer)]


def shown(client: APIClient, path: str) -> list[dict[str, Any]]:
    response = client.get(f"/catalog/my/{path}")
    assert response.status_code == 200
    results: list[dict[str, Any]] = response.json()["results"]
    return results


@pytest.mark.parametrize("path", ["items/", "purchases/", "sales/"])
def test_no_token(anonymous: APIClient, path: str) -> None:
    assert anonymous.get(f"/catalog/my/{path}").status_code == 401


def test_items(as_owner: APIClient, items: list[Item]) -> None:
    mine = shown(as_owner, "items/")
    assert [item["name"] for item in mine] == ["withdrawn", "sold", "lamp"]
    assert [item["stock"] for item in mine] == [0, 0, 2]


@pytest.mark.parametrize(
    ("on_sale", "names"), [("true", ["lamp"]), ("false", ["withdrawn", "sold"])]
)
def test_items_by_state(
    as_owner: APIClient, items: list[Item], on_sale: str, names: list[str]
) -> None:
    mine = shown(as_owner, f"items/?on_sale={on_sale}")
    assert [item["name"] for item in mine] == names


def test_items_invalid(as_owner: APIClient) -> None:
    response = as_owner.get("/catalog/my/items/?on_sale=perhaps")
    assert response.status_code == 400


def test_purchases(as_buyer: APIClient, as_owner: APIClient, items: list[Item]) -> None:
    (purchase,) = shown(as_buyer, "purchases/")
    assert (purchase["item"], purchase["seller"]) == (items[1].id, "megy")
    assert shown(as_owner, "purchases/") == []


def test_sales(as_buyer: APIClient, as_owner: APIClient, items: list[Item]) -> None:
    (sale,) = shown(as_owner, "sales/")
    assert (sale["item"], sale["buyer"], sale["quantity"]) == (items[1].id, "john", 1)
    assert shown(as_buyer, "sales/") == []


@pytest.mark.parametrize("path", ["purchases/", "sales/"])
def test_pages(
    as_buyer: APIClient, as_owner: APIClient, offer: Offer, buyer: Principal, path: str
) -> None:
    item = offer(stock=5)
    sales = [item.buy(buyer).id for _ in range(5)]
    client = as_buyer if path == "purchases/" else as_owner

    url = f"/catalog/my/{path}?limit=2"
    found: list[str] = []
    while url:
        page = client.get(url).json()
        found += [entry["id"] for entry in page["results"]]
        url = page["next"]

    assert found == sales[::-1]
