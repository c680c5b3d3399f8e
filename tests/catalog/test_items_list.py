import pytest
from rest_framework.test import APIClient

from catalog.models import Item
from ecom.principal import Principal
from tests.catalog.conftest import Offer

URL = "/catalog/items/"


def names(client: APIClient, query: str = "") -> list[str]:
    response = client.get(URL + query)
    assert response.status_code == 200, response.json()
    return [item["name"] for item in response.json()["results"]]


def test_empty(anonymous: APIClient) -> None:
    assert anonymous.get(URL).json() == {"next": None, "previous": None, "results": []}


def test_success(anonymous: APIClient, offer: Offer) -> None:
    item = offer(stock=2)
    (shown,) = anonymous.get(URL).json()["results"]
    assert shown == anonymous.get(f"{URL}{item.id}/").json()


def test_newest_first(anonymous: APIClient, offer: Offer) -> None:
    for name in "abc":
        offer(name=name)
    assert names(anonymous) == names(anonymous, "?order=newest") == ["c", "b", "a"]
    assert names(anonymous, "?order=oldest") == ["a", "b", "c"]


def test_only_what_is_on_sale(anonymous: APIClient, offer: Offer, buyer: Principal) -> None:
    offer(name="sold out").buy(buyer)
    offer(name="withdrawn").withdraw()
    offer(name="not yet", stock=0)
    offer(name="left", stock=2).buy(buyer)
    (shown,) = anonymous.get(URL).json()["results"]
    assert (shown["name"], shown["stock"]) == ("left", 1)


def test_owner(anonymous: APIClient, offer: Offer, buyer: Principal) -> None:
    offer(name="hers")
    offer(name="his", by=buyer)
    assert names(anonymous, "?owner=megy") == ["hers"]
    assert names(anonymous, "?owner=meg") == []


def test_price(anonymous: APIClient, offer: Offer, buyer: Principal) -> None:
    for price in ("10.00", "2.50", "9.99"):
        offer(name=price, price=price)
    offer(name="his", price="5.00", by=buyer)
    assert names(anonymous, "?order=price") == ["2.50", "his", "9.99", "10.00"]
    assert names(anonymous, "?order=-price") == ["10.00", "9.99", "his", "2.50"]
    assert names(anonymous, "?price_min=2.5&price_max=9.99") == ["2.50", "his", "9.99"]
    assert names(anonymous, "?price_min=5&order=-price&owner=megy") == ["10.00", "9.99"]
    assert names(anonymous, "?price_min=0&price_max=1") == []
    assert names(anonymous, "?price_min=9&price_max=1") == []


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("bound", ["price_min=0", "price_max=5"])
def test_price_in_order_of_age(anonymous: APIClient, order: str, bound: str) -> None:
    response = anonymous.get(f"{URL}?order={order}&{bound}")
    assert response.status_code == 400
    assert "order by price" in response.json()["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "order=cheapest",
        "order=price,id",
        "price_min=x",
        "price_min=-1",
        "price_min=1.001",
        "price_min=NaN",
        "price_max=1e400",
        "price_max=99999999999",
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=\u0661",
        "limit=x",
        "cursor=",
        "cursor=x",
        "cursor=n" + "a" * 24,
        "cursor=n" + "a" * 24 + "-1.999",
        "owner=%00",
        "search=%00",
        "search=" + "a" * 201,
    ],
)
def test_invalid(anonymous: APIClient, query: str) -> None:
    response = anonymous.get(f"{URL}?{query}")
    assert response.status_code == 400
    assert {error["field"] for error in response.json()["errors"]} == {query.partition("=")[0]}


@pytest.mark.parametrize("header", ["Bearer None", "Bearer a.b.c", "Basic eDp5"])
def test_bad_token_spoils_nothing(anonymous: APIClient, offer: Offer, header: str) -> None:
    offer()
    response = anonymous.get(URL, headers={"Authorization": header})
    assert response.status_code == 200
    assert len(response.json()["results"]) == 1


def test_conditional(anonymous: APIClient, offer: Offer, buyer: Principal) -> None:
    item = offer(stock=2)
    etag = anonymous.get(URL)["ETag"]

    unchanged = anonymous.get(URL, headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")

    item.buy(buyer)
    assert anonymous.get(URL, headers={"If-None-Match": etag}).status_code == 200


def test_two_queries_a_page_at_most(
    anonymous: APIClient, offer: Offer, django_assert_max_num_queries: type
) -> None:
    for _ in range(5):
        offer()
    with django_assert_max_num_queries(1):
        page = anonymous.get(f"{URL}?order=price&limit=2").json()
    with django_assert_max_num_queries(2):
        anonymous.get(page["next"])


def test_owners_name_is_no_condition_on_anything_else(anonymous: APIClient, offer: Offer) -> None:
    offer()
    Item.objects.update(owner="")
    assert names(anonymous, "?owner=") == ["Teapot"]
