import re
from decimal import Decimal
from itertools import chain

import pytest
from rest_framework.test import APIClient

from catalog.keyset import Cursor, Position
from catalog.models import Item
from tests.catalog.conftest import Offer

URL = "/catalog/items/"
ORDERS = ["newest", "oldest", "price", "-price"]


@pytest.fixture
def items(offer: Offer) -> list[Item]:
    """Some of one price: ties are where pages go wrong."""
    return [offer(price=price) for price in ("2", "1", "2", "2", "3", "2", "1", "2", "5")]


def expected(items: list[Item], order: str) -> list[str]:
    if order.endswith("price"):
        rows = sorted(items, key=lambda item: (Decimal(item.price), item.id))
    else:
        rows = sorted(items, key=lambda item: item.id)
    if order in {"newest", "-price"}:
        rows.reverse()
    return [item.id for item in rows]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("limit", [1, 2, 3, 9, 100])
def test_there_and_back(anonymous: APIClient, items: list[Item], order: str, limit: int) -> None:
    url: str | None = f"{URL}?order={order}&limit={limit}"
    pages: list[list[str]] = []
    previous = None
    while url:
        page = anonymous.get(url).json()
        pages.append([item["id"] for item in page["results"]])
        url, previous = page["next"], page["previous"]

    assert list(chain.from_iterable(pages)) == expected(items, order)
    assert {len(page) for page in pages[:-1]} <= {limit}
    for there in reversed(pages[:-1]):
        assert previous is not None
        page = anonymous.get(previous).json()
        assert [item["id"] for item in page["results"]] == there
        previous = page["previous"]
    assert previous is None


def test_item_that_left_the_list(anonymous: APIClient, items: list[Item]) -> None:
    page = anonymous.get(f"{URL}?order=oldest&limit=3").json()
    items[2].withdraw()
    items[3].withdraw()
    page = anonymous.get(page["next"]).json()
    assert [item["id"] for item in page["results"]] == [item.id for item in items[4:7]]


def test_new_item_shifts_nothing(anonymous: APIClient, items: list[Item], offer: Offer) -> None:
    page = anonymous.get(f"{URL}?limit=3").json()
    offer()
    page = anonymous.get(page["next"]).json()
    assert [item["id"] for item in page["results"]] == expected(items, "newest")[3:6]


def test_back_to_where_nothing_is_left(anonymous: APIClient, items: list[Item]) -> None:
    page = anonymous.get(f"{URL}?order=oldest&limit=2").json()
    page = anonymous.get(page["next"]).json()
    for item in items[:2]:
        item.withdraw()
    before = anonymous.get(page["previous"]).json()
    assert (before["results"], before["previous"]) == ([], None)
    assert anonymous.get(before["next"]).json()["results"] == page["results"]


def test_links(anonymous: APIClient, items: list[Item]) -> None:
    first = anonymous.get(f"{URL}?order=oldest&limit=2&owner=megy")
    second = anonymous.get(first.json()["next"])
    assert re.fullmatch(r'<http://testserver[^>]+owner=megy[^>]*>; rel="next"', first["Link"])
    assert first["Link"] == f'<{first.json()["next"]}>; rel="next"'
    body = second.json()
    assert second["Link"] == f'<{body["next"]}>; rel="next", <{body["previous"]}>; rel="prev"'


def test_no_link_on_a_single_page(anonymous: APIClient, items: list[Item]) -> None:
    assert not anonymous.get(URL).has_header("Link")


def test_default_limit(anonymous: APIClient, offer: Offer) -> None:
    for _ in range(26):
        offer()
    page = anonymous.get(URL).json()
    assert len(page["results"]) == 25
    assert len(anonymous.get(page["next"]).json()["results"]) == 1


@pytest.mark.parametrize("order", ORDERS)
def test_cursor_of_another_order(anonymous: APIClient, items: list[Item], order: str) -> None:
    cursor = Cursor(Position(items[4].id, Decimal(items[4].price)), back=False)
    response = anonymous.get(URL, {"order": order, "cursor": str(cursor)})
    shown = [item["id"] for item in response.json()["results"]]
    rows = expected(items, order)
    assert shown == rows[rows.index(items[4].id) + 1 :]


@pytest.mark.parametrize(
    ("order", "price", "shown"),
    [
        ("price", "0.50", ["2", "2", "3"]),
        ("price", "2.00", ["3"]),
        ("price", "9.00", []),
        ("-price", "9.00", ["3", "2", "2"]),
        ("-price", "3.00", ["2", "2"]),
        ("-price", "0.50", []),
    ],
)
def test_cursor_and_bounds(
    anonymous: APIClient, offer: Offer, order: str, price: str, shown: list[str]
) -> None:
    for each in ("2", "1", "3", "5", "2"):
        offer(price=each, name=each)
    end = "f" * 24 if order == "price" else "0" * 24
    query = {"order": order, "price_min": "1.5", "price_max": "4", "cursor": f"n{end}-{price}"}
    results = anonymous.get(URL, query).json()["results"]
    assert [item["name"] for item in results] == shown


@pytest.mark.parametrize("back", [True, False])
def test_cursor(back: bool) -> None:
    cursor = Cursor(Position("a" * 24, Decimal("9999999999.90")), back)
    assert Cursor.parse(str(cursor)) == cursor
