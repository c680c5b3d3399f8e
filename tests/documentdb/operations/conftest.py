"""A small bookshop, the same before each test, and a gate that no command may violate."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from tests.documentdb.bookshop.models import Book, Opinion, Shelf, Topic
from tests.settings_documentdb import ON_SQLITE

# SQL has no arrays and no embedded models.
collect_ignore = ["test_documents.py"] if ON_SQLITE else []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On SQLite, which answers what DocumentDB has to answer, leave out what SQL does otherwise."""
    if ON_SQLITE:
        others = [item for item in items if item.get_closest_marker("documentdb_only")]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


@pytest.fixture(autouse=True)
def gate(transactional_db: None) -> Iterator[None]:
    yield
    if not ON_SQLITE:
        assert connection.gate.violations == []  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def shop(gate: None) -> None:
    """Atlas of mia, and eight novels: the odd ones sold by bob, the even ones by ann."""
    ContentType.objects.clear_cache()
    tall, _ = Shelf.objects.bulk_create(
        [Shelf(name="Tall shelf", code="tall"), Shelf(name="Low shelf", code="low")]
    )
    maps, _ = Topic.objects.bulk_create([Topic(name="maps"), Topic(name="sea")])
    atlas = Book.objects.create(
        title="Atlas 1.0",
        seller="mia",
        price=Decimal("9.50"),
        copies=5,
        score=4.5,
        isbn="isbn-1",
        details={"color": "red", "size": {"height": 3}, "pages": [10, 20]},
        shelf=tall,
        added=datetime(2024, 1, 1, 12, tzinfo=UTC),
        printed=date(2020, 2, 29),
    )
    Book.objects.bulk_create(
        Book(
            title=f"Novel {n}",
            seller="bob" if n % 2 else "ann",
            price=Decimal(n),
            copies=n,
            shelf=None if n % 3 == 0 else tall,
            details={"color": "blue", "number": n},
            added=datetime(2024, n, n, n, n, n, tzinfo=UTC),
        )
        for n in range(1, 9)
    )
    atlas.topics.add(maps)
    Opinion.objects.bulk_create(
        [Opinion(book=atlas, stars=5), Opinion(book=atlas, stars=3, text="too big")]
    )


@pytest.fixture
def atlas() -> Book:
    return Book.objects.get(seller="mia")
