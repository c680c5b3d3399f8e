"""The cast: an owner, somebody who buys, and nobody."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from catalog.models import Item
from ecom.principal import Principal

# Where catalog runs with accounts in one process, staff sign in there.
collect_ignore = [] if settings.SERVICE_NAME == "catalog" else ["test_staff_sign_in.py"]


@pytest.fixture(autouse=True)
def database(transactional_db: None) -> None:
    """Without a transaction around a test: the ledger works by refused inserts."""


def principal(handle: str, is_staff: bool = False) -> Principal:
    return Principal(uuid4(), handle, is_staff, sid=uuid4(), gen=1)


@pytest.fixture
def owner() -> Principal:
    return principal("megy")


@pytest.fixture
def buyer() -> Principal:
    return principal("john")


def client_of(person: Principal) -> APIClient:
    client = APIClient()
    client.force_authenticate(user=person)  # type: ignore[arg-type]
    return client


@pytest.fixture
def anonymous() -> APIClient:
    return APIClient()


@pytest.fixture
def as_owner(owner: Principal) -> APIClient:
    return client_of(owner)


@pytest.fixture
def as_buyer(buyer: Principal) -> APIClient:
    return client_of(buyer)


Offer = Callable[..., Item]


@pytest.fixture
def offer(owner: Principal) -> Offer:
    def offer(by: Principal = owner, **fields: Any) -> Item:
        fields = {"name": "Teapot", "price": "2.55"} | fields
        return Item.objects.offer(owner_id=by.id, owner=by.handle, **fields)

    return offer
