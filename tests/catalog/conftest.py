"""The cast: an owner, somebody who buys, and nobody."""

from collections.abc import Callable, Iterator
from typing import Any, cast
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from pymongo import monitoring
from rest_framework.test import APIClient

from catalog.models import Item
from ecom.principal import Principal

ON_DOCUMENTDB = connection.vendor == "mongodb"
# Where catalog runs with accounts in one process, staff sign in there.
collect_ignore = [] if settings.SERVICE_NAME == "catalog" else ["test_staff_sign_in.py"]
if ON_DOCUMENTDB:
    from tests.catalog import documentdb_plans

    monitoring.register(documentdb_plans.recorder)
else:
    collect_ignore.append("test_endpoint_indexes.py")


@pytest.fixture(autouse=True)
def database(transactional_db: None) -> Iterator[None]:
    """Without a transaction around a test: the ledger works by refused inserts."""
    yield
    if ON_DOCUMENTDB:
        # DATABASE_GATE is on: every command of the test has been held against the table.
        assert cast(Any, connection).gate.violations == []


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
