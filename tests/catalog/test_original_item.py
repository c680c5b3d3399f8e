"""POST /item, and GET, PUT and DELETE /item/{id}."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog.models import Entry, Item
from ecom.principal import Principal
from tests.catalog.conftest import Offer

BODY = {"name": "lamp", "price": 10.5}
SHOWN = {"owner": "megy", "name": "Teapot", "price": 2.55}


def url(item: Item) -> str:
    return f"/item/{item.id}"


@pytest.fixture
def item(offer: Offer) -> Item:
    return offer(stock=1, description="Blue")


def test_post(as_owner: APIClient, owner: Principal) -> None:
    response = as_owner.post("/item", BODY)

    assert response.status_code == 201
    assert response["Content-Type"].startswith("text/plain")
    item = Item.objects.get()
    assert response.content.decode() == item.id
    assert (item.owner_id, item.owner, item.stock) == (owner.id, "megy", 1)
    assert str(item.price) == "10.50"


def test_post_trusts_no_owner(as_owner: APIClient, owner: Principal) -> None:
    sent = {"owner": "john", "id": "a" * 24, "stock": 7}
    assert as_owner.post("/item", BODY | sent).status_code == 201
    item = Item.objects.get()
    assert (item.owner_id, item.owner, item.stock) == (owner.id, "megy", 1)
    assert item.id != "a" * 24


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": 0},
        {"price": -1},
        {"price": 1.234},
        {"price": "1"},
        {"price": None},
        {"name": ""},
        {"name": 1},
    ],
    ids=str,
)
def test_post_invalid(as_owner: APIClient, wrong: dict[str, Any]) -> None:
    response = as_owner.post("/item", BODY | wrong)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert not Item.objects.exists()


def test_post_idempotency_key(as_owner: APIClient) -> None:
    answers = [as_owner.post("/item", BODY, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert Item.objects.count() == 1


def test_get(anonymous: APIClient, item: Item) -> None:
    response = anonymous.get(url(item), headers={"Authorization": "Bearer None"})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response.json() == {"id": item.id} | SHOWN


@pytest.mark.parametrize("accept", ["text/html", "text/plain", "image/png"])
def test_get_whatever_is_accepted(anonymous: APIClient, item: Item, accept: str) -> None:
    assert anonymous.get(url(item), headers={"Accept": accept}).json()["id"] == item.id


@pytest.mark.parametrize("method", ["get", "put", "delete"])
@pytest.mark.parametrize("gone", ["sold out", "withdrawn", "unknown"])
def test_gone(as_owner: APIClient, item: Item, buyer: Principal, method: str, gone: str) -> None:
    if gone == "sold out":
        item.buy(buyer)
    elif gone == "withdrawn":
        item.withdraw()
    else:
        item = Item(id="b" * 24)
    body = BODY if method == "put" else None
    assert getattr(as_owner, method)(url(item), body).status_code == 404


@pytest.mark.parametrize("id", ["A" * 24, "abc", "x" * 24])
def test_malformed_id(as_owner: APIClient, id: str) -> None:
    assert as_owner.get(f"/item/{id}").status_code == 404


def test_put_what_was_read(as_owner: APIClient, anonymous: APIClient, item: Item) -> None:
    changed = anonymous.get(url(item)).json() | {"name": "Cup", "price": 4}

    response = as_owner.put(url(item), changed)

    assert (response.status_code, response.content) == (200, b"")
    assert anonymous.get(url(item)).json() == changed
    item.refresh_from_db()
    assert (item.name, str(item.price), item.description) == ("Cup", "4.00", "Blue")
    assert item.stock == 1


@pytest.mark.parametrize("other", [{"owner": "john"}, {"id": "a" * 24}, {"owner": 5}], ids=str)
def test_put_with_another_identity(as_owner: APIClient, item: Item, other: Any) -> None:
    assert as_owner.put(url(item), BODY | other).status_code == 400
    item.refresh_from_db()
    assert (item.name, item.owner) == ("Teapot", "megy")


@pytest.mark.parametrize("wrong", [{"price": 0}, {"price": "x"}, {"name": None}], ids=str)
def test_put_invalid(as_owner: APIClient, item: Item, wrong: Any) -> None:
    assert as_owner.put(url(item), BODY | wrong).status_code == 400
    assert Item.objects.get().version == 1


def test_put_by_somebody_else(as_buyer: APIClient, item: Item) -> None:
    assert as_buyer.put(url(item), BODY | {"owner": "john"}).status_code == 403
    assert Item.objects.get().version == 1


def test_put_of_a_changed_item(as_owner: APIClient, item: Item) -> None:
    Item.objects.read(item.id).change(price="9.99")
    assert as_owner.put(url(item), BODY).status_code == 200
    assert str(Item.objects.get().price) == "10.50"


def test_delete(as_owner: APIClient, item: Item) -> None:
    response = as_owner.delete(url(item))
    assert (response.status_code, response.content) == (200, b"")
    assert not Item.objects.get().on_sale
    assert Entry.objects.get().kind == "withdrawal"
    assert as_owner.delete(url(item)).status_code == 404


def test_delete_by_somebody_else(as_buyer: APIClient, item: Item) -> None:
    assert as_buyer.delete(url(item)).status_code == 403
    assert Item.objects.get().on_sale


def test_no_token(anonymous: APIClient, item: Item) -> None:
    answers = [
        anonymous.post("/item", BODY),
        anonymous.put(url(item), BODY),
        anonymous.delete(url(item)),
    ]
    assert [answer.status_code for answer in answers] == [401] * 3
    assert all(answer["WWW-Authenticate"].startswith("Bearer") for answer in answers)
    assert Item.objects.get().version == 1
