import pytest
from rest_framework.test import APIClient

from catalog.models import Item
from ecom.principal import Principal
from tests.catalog.conftest import Offer


def url(item: Item) -> str:
    return f"/catalog/items/{item.id}/"


def test_success(anonymous: APIClient, offer: Offer, buyer: Principal) -> None:
    item = offer(stock=3, description="Blue")
    item.buy(buyer)
    shown = anonymous.get(url(item)).json()
    assert shown.keys() == {
        "id",
        "url",
        "owner",
        "name",
        "description",
        "sku",
        "price",
        "stock",
        "on_sale",
        "purchases",
        "created",
        "updated",
    }
    assert (shown["owner"], shown["price"], shown["stock"]) == ("megy", "2.55", 2)


def test_sold_out(anonymous: APIClient, offer: Offer, buyer: Principal) -> None:
    item = offer()
    item.buy(buyer)
    shown = anonymous.get(url(item)).json()
    assert (shown["stock"], shown["on_sale"]) == (0, False)


def test_stock_is_the_ledgers(anonymous: APIClient, offer: Offer, buyer: Principal) -> None:
    item = offer(stock=3)
    item.buy(buyer, 3)
    Item.objects.update(taken=0, on_sale=True)

    shown = anonymous.get(url(item)).json()

    assert (shown["stock"], shown["on_sale"]) == (0, False)
    assert Item.objects.get().taken == 3


def test_withdrawn(as_owner: APIClient, offer: Offer) -> None:
    item = offer()
    item.withdraw()
    assert as_owner.get(url(item)).status_code == 404


@pytest.mark.parametrize("id", ["a" * 24, "a" * 23, "A" * 24, "x" * 24, "é" * 24, "%00" * 24])
def test_unknown(anonymous: APIClient, id: str) -> None:
    response = anonymous.get(f"/catalog/items/{id}/")
    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


def test_bad_token_spoils_nothing(anonymous: APIClient, offer: Offer) -> None:
    response = anonymous.get(url(offer()), headers={"Authorization": "Bearer None"})
    assert response.status_code == 200


def test_conditional(anonymous: APIClient, offer: Offer, buyer: Principal) -> None:
    item = offer(stock=5)
    etag = anonymous.get(url(item))["ETag"]
    assert etag.startswith('"')

    unchanged = anonymous.get(url(item), headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")

    item.buy(buyer)
    sold = anonymous.get(url(item), headers={"If-None-Match": etag})
    assert (sold.status_code, sold.json()["stock"]) == (200, 4)
    assert sold["ETag"] != etag

    Item.objects.read(item.id).change(name="Cup")
    assert anonymous.get(url(item))["ETag"] not in {etag, sold["ETag"]}
