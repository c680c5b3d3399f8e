"""Updates of several processes at once, and what they do when others are faster."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.models import F
from django.db.models.functions import Length

from ecom.documentdb import updates, values
from tests.documentdb.bookshop.models import Book, Topic
from tests.settings_documentdb import ON_SQLITE

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(ON_SQLITE, reason="SQLite lets one thread write"),
]

THREADS = 4


@pytest.fixture
def book() -> Book:
    return Book.objects.create(
        title="Atlas",
        seller="mia",
        price=1,
        score=0,
        copies=1,
        added=datetime(2024, 1, 1, tzinfo=UTC),
    )


@pytest.fixture
def at_once() -> Iterator[Callable[[Callable[[], Any]], list[Any]]]:
    """Run a function in several threads that begin together."""
    barrier = Barrier(THREADS)

    def run(work: Callable[[], Any]) -> list[Any]:
        def begin() -> Any:
            barrier.wait(10)
            return work()

        with ThreadPoolExecutor(THREADS) as pool:
            return [each.result(60) for each in [pool.submit(begin) for _ in range(THREADS)]]

    yield run


def test_computed_updates_lose_none(
    book: Book, at_once: Callable[[Callable[[], Any]], list[Any]]
) -> None:
    def work() -> int:
        # Read, computed and written back: copies is 1.
        return sum(Book.objects.update(score=F("score") + F("copies")) for _ in range(25))

    assert at_once(work) == [25] * THREADS
    book.refresh_from_db()
    assert book.score == 25 * THREADS


def test_last_copy_is_sold_once(
    book: Book, at_once: Callable[[Callable[[], Any]], list[Any]]
) -> None:
    sold = at_once(lambda: Book.objects.filter(copies__gt=0).update(copies=F("copies") - 1))
    assert sorted(sold) == [0] * (THREADS - 1) + [1]


def test_get_or_create_makes_one(at_once: Callable[[Callable[[], Any]], list[Any]]) -> None:
    made = at_once(lambda: Topic.objects.get_or_create(name="maps"))
    assert sorted(created for _, created in made) == [False] * (THREADS - 1) + [True]
    assert len({topic.pk for topic, _ in made}) == Topic.objects.count() == 1


def test_criteria_hold_when_it_is_written(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process takes the book off the list after its new score has been computed."""
    from_stored = values.from_stored

    def unlist_before(*args: Any) -> Any:
        Book.objects.update(listed=False)
        return from_stored(*args)

    monkeypatch.setattr(updates, "from_stored", unlist_before)
    assert Book.objects.filter(listed=True).update(score=Length("title")) == 0
    book.refresh_from_db()
    assert (book.listed, book.score) == (False, 0)


def test_others_never_stop(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    from_stored = values.from_stored

    def change_before(*args: Any) -> Any:
        Book.objects.update(copies=F("copies") + 1)
        return from_stored(*args)

    monkeypatch.setattr(updates, "from_stored", change_before)
    with pytest.raises(OperationalError, match="1 documents of bookshop_book were changed"):
        Book.objects.update(score=F("copies") * 2 + F("score"))
    assert connection.is_usable()
