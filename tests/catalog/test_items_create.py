from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog.models import ClosedOwner, Item
from ecom.principal import Principal

URL = "/catalog/items/"
BODY = {"name": "Teapot", "price": "2.55"}


def test_success(as_owner: APIClient, owner: Principal) -> None:
    response = as_owner.post(URL, BODY | {"stock": 3, "sku": "A1", "description": "Blue"})

    assert response.status_code == 201
    item = Item.objects.get()
    url = f"http://testserver/catalog/items/{item.id}/"
    assert response.json() == {
        "id": item.id,
        "url": url,
        "owner": "megy",
        "name": "Teapot",
        "description": "Blue",
        "sku": "A1",
        "price": "2.55",
        "stock": 3,
        "on_sale": True,
        "purchases": f"{url}purchases/",
        "created": item.created.isoformat().replace("+00:00", "Z"),
        "updated": item.updated.isoformat().replace("+00:00", "Z"),
    }
    assert (item.owner_id, item.offered, item.taken) == (owner.id, 3, 0)
    assert response["Location"] == url
    assert as_owner.get(response["Location"])["ETag"] == response["ETag"]


def test_defaults(as_owner: APIClient) -> None:
    answer = as_owner.post(URL, BODY).json()
    assert (answer["stock"], answer["description"], answer["sku"]) == (1, "", "")


def test_read_only_fields(as_owner: APIClient, owner: Principal) -> None:
    sent = {"owner": "john", "owner_id": "x", "id": "a" * 24, "on_sale": False, "version": 9}
    as_owner.post(URL, BODY | sent)
    item = Item.objects.get()
    assert (item.owner, item.owner_id, item.on_sale, item.version) == ("megy", owner.id, True, 1)
    assert item.id != "a" * 24


@pytest.mark.parametrize(
    ("price", "stored"),
    [(2.55, "2.55"), (3, "3.00"), ("0.01", "0.01"), (57 * 0.01, "0.57"), ("9999999999.99",) * 2],
)
def test_price(as_owner: APIClient, price: Any, stored: str) -> None:
    response = as_owner.post(URL, BODY | {"price": price})
    assert response.json()["price"] == stored
    assert str(Item.objects.get().price) == stored


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": 0},
        {"price": "0.00"},
        {"price": "-1"},
        {"price": "0.00000000001"},
        {"price": 2.12345678901},
        {"price": 2.555},
        {"price": "1e3"},
        {"price": "10000000000"},
        {"price": True},
        {"price": None},
        {"price": ["1"]},
        {"name": ""},
        {"name": "  "},
        {"name": 5},
        {"name": "n" * 201},
        {"description": "d" * 4001},
        {"sku": "s" * 65},
        {"stock": -1},
        {"stock": "3"},
        {"stock": 1.5},
        {"stock": True},
        {"stock": 1_000_001},
    ],
    ids=str,
)
def test_invalid(as_owner: APIClient, wrong: dict[str, Any]) -> None:
    response = as_owner.post(URL, BODY | wrong)

    assert response.status_code == 400
    assert {error["field"] for error in response.json()["errors"]} == set(wrong)
    assert not Item.objects.exists()


@pytest.mark.parametrize("missing", ["name", "price"])
def test_missing(as_owner: APIClient, missing: str) -> None:
    response = as_owner.post(URL, {key: BODY[key] for key in BODY if key != missing})
    assert response.status_code == 400
    assert not Item.objects.exists()


def test_infinite_price(as_owner: APIClient) -> None:
    body = '{"name": "Teapot", "price": 1e400}'
    response = as_owner.post(URL, body, content_type="application/json")
    assert response.status_code == 400
    assert not Item.objects.exists()


def test_no_token(anonymous: APIClient) -> None:
    response = anonymous.post(URL, BODY)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert not Item.objects.exists()


def test_sku_taken(as_owner: APIClient, as_buyer: APIClient) -> None:
    as_owner.post(URL, BODY | {"sku": "A1"})

    response = as_owner.post(URL, BODY | {"sku": "a1"})

    assert (response.status_code, response.json()["code"]) == (409, "sku_taken")
    assert as_buyer.post(URL, BODY | {"sku": "a1"}).status_code == 201
    assert Item.objects.count() == 2


def test_idempotency_key(as_owner: APIClient, as_buyer: APIClient) -> None:
    first = as_owner.post(URL, BODY, headers={"Idempotency-Key": "k1"})
    again = as_owner.post(URL, BODY, headers={"Idempotency-Key": "k1"})

    assert (again.status_code, again.json()) == (201, first.json())
    assert again["ETag"] == first["ETag"]
    other = as_buyer.post(URL, BODY, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 201
    assert Item.objects.count() == 2


def test_idempotency_key_for_something_else(as_owner: APIClient) -> None:
    as_owner.post(URL, BODY, headers={"Idempotency-Key": "k1"})
    response = as_owner.post(URL, BODY | {"stock": 2}, headers={"Idempotency-Key": "k1"})
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert Item.objects.count() == 1


@pytest.mark.parametrize("key", ["", "a b", "é", "k" * 256])
def test_malformed_idempotency_key(as_owner: APIClient, key: str) -> None:
    response = as_owner.post(URL, BODY, headers={"Idempotency-Key": key})
    assert response.status_code == 400
    assert not Item.objects.exists()


def test_closed_account(as_owner: APIClient, owner: Principal) -> None:
    ClosedOwner.objects.create(pk=owner.id)
    response = as_owner.post(URL, BODY)
    assert (response.status_code, response.json()["code"]) == (401, "account_closed")
    assert not Item.objects.filter(on_sale=True).exists()
