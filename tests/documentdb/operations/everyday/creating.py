from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests.documentdb.bookshop.models import Book, Shelf, Topic
from tests.documentdb.operations.everyday.operation import Operation, Raises

OF_EVE: dict[str, Any] = {
    "seller": "eve",
    "price": Decimal("1.20"),
    "added": datetime(2024, 10, 1, tzinfo=UTC),
}


def create() -> object:
    book = Book.objects.create(title="New", **OF_EVE)
    again = Book.objects.get(title="New")
    return again == book, again.price, again.copies, again.listed, Book.objects.count()


def create_two_nulls() -> object:
    for title in ("One", "Two"):
        Book.objects.create(title=title, isbn=None, **OF_EVE)
    with pytest.raises(IntegrityError):
        Book.objects.create(title="Three", isbn="isbn-1", **OF_EVE)
    return Book.objects.filter(seller="eve", isbn=None).count()


def bulk_create() -> object:
    topics = Topic.objects.bulk_create(Topic(name=f"topic {n}") for n in range(5))
    stored = Topic.objects.filter(name__startswith="topic ").order_by("name")
    return [topic.pk for topic in topics] == [topic.pk for topic in stored], len(stored)


def validate() -> object:
    twin = Book(title="Atlas 1.0", isbn="isbn-1", **OF_EVE | {"seller": "mia"})
    with pytest.raises(ValidationError) as caught:
        twin.full_clean()
    Book(title="Atlas 2.0", isbn="isbn-2", **OF_EVE | {"seller": "mia"}).full_clean()
    return sorted(caught.value.message_dict)


def commit() -> object:
    committed = []
    with transaction.atomic():
        Topic.objects.create(name="new")
        transaction.on_commit(lambda: committed.append("new"))
    return committed, Topic.objects.filter(name="new").count()


OPERATIONS = [
    Operation("create", create, (True, Decimal("1.20"), 1, True, 10)),
    Operation(
        "create a duplicate",
        lambda: Shelf.objects.create(name="Other", code="tall"),
        Raises(IntegrityError, "(?i)unique"),
    ),
    Operation("create two nulls in a unique field", create_two_nulls, 2),
    Operation("bulk_create", bulk_create, (True, 5)),
    Operation("full_clean finds what would be a duplicate", validate, ["__all__", "isbn"]),
    Operation("transaction.atomic and on_commit", commit, (["new"], 1)),
]
