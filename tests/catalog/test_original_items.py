"""GET /items and GET /items/{owner}."""

import pytest
from rest_framework.test import APIClient

from catalog.original import OriginalPagination
from ecom.principal import Principal
from tests.catalog.conftest import Offer


def test_empty(anonymous: APIClient) -> None:
    response = anonymous.get("/items")
    assert (response.status_code, response.json()) == (200, [])
    assert not response.has_header("Link")


def test_newest_first(anonymous: APIClient, offer: Offer, buyer: Principal) -> None:
    lamp, his, cup = offer(name="lamp"), offer(name="his", by=buyer), offer(name="cup")
    offer().withdraw()
    offer().buy(buyer)

    shown = anonymous.get("/items", headers={"Authorization": "Bearer None"}).json()

    assert [item["id"] for item in shown] == [cup.id, his.id, lamp.id]
    assert shown[0] == {"id": cup.id, "owner": "megy", "name": "cup", "price": 2.55}
    assert anonymous.get("/items/megy").json() == [shown[0], shown[2]]
    assert anonymous.get(f"/item/{cup.id}").json() == shown[0]


@pytest.mark.parametrize("owner", ["nobody", "megy@gmail.com", "é", "%00", "a%2Fb"])
def test_unknown_owner(anonymous: APIClient, owner: str) -> None:
    response = anonymous.get(f"/items/{owner}")
    assert response.status_code in {200, 404}
    assert response.status_code == 404 or response.json() == []


def test_rest_by_link(anonymous: APIClient, offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert OriginalPagination().limit() == 1000
    monkeypatch.setattr(OriginalPagination, "limit", lambda self: 2)
    items = [offer() for _ in range(3)][::-1]

    first = anonymous.get("/items/megy")
    link = first["Link"].removeprefix("<").removesuffix('>; rel="next"')
    second = anonymous.get(link)

    assert [item["id"] for item in first.json()] == [item.id for item in items[:2]]
    assert "?cursor=" in link
    assert [item["id"] for item in second.json()] == [items[2].id]
    assert 'rel="next"' not in second["Link"]


def test_wrong_cursor(anonymous: APIClient) -> None:
    assert anonymous.get("/items?cursor=x").status_code == 400
