from datetime import UTC, datetime
from typing import Any

import pytest
from django.db.models import F, Model, Q

from tests.documentdb.bookshop.models import Book, Opinion, Shelf


def titles(*conditions: Q, **more: Any) -> list[str]:
    """Atlas is A, Novel 3 is 3."""
    books = Book.objects.filter(*conditions, **more).order_by("pk")
    return [title.removeprefix("Novel ")[0] for title in books.values_list("title", flat=True)]


def test_get_what_is_not_there(atlas: Book) -> None:
    Book.objects.filter(pk=atlas.pk).delete()
    with pytest.raises(Book.DoesNotExist):
        Book.objects.get(pk=atlas.pk)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"seller__in": []}, ""),
        ({"title__contains": "ovel"}, "12345678"),
        ({"title__regex": r"^Novel [12]$"}, "12"),
        ({"title": "$title"}, ""),
        ({"score__lt": 9}, "A"),
        ({"printed": datetime(2020, 2, 29).date()}, "A"),
        ({"added__gte": datetime(2024, 7, 1, tzinfo=UTC)}, "78"),
        ({"added__year": 2024, "added__month": 3}, "3"),
        ({"added__date": datetime(2024, 4, 4).date()}, "4"),
        ({"added__week_day": 5, "added__hour": 4}, "4"),
        ({"details__pages__1": 20}, "A"),
    ],
)
def test_filter(conditions: dict[str, Any], expected: str) -> None:
    assert titles(**conditions) == list(expected)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (~Q(score=4.5), "12345678"),
        (~Q(score__gt=F("copies")), "A12345678"),
        (Q(seller="bob") ^ Q(copies__gt=4), "A1368"),
        (Q(score=F("score")), "A"),
        (Q(copies=F("price")), "12345678"),
        (Q(printed__lt=F("added")), "A"),
    ],
)
def test_condition(condition: Q, expected: str) -> None:
    assert titles(condition) == list(expected)


def test_exclude() -> None:
    assert [book.title for book in Book.objects.exclude(title__startswith="N")] == ["Atlas 1.0"]


def test_count_of_a_slice() -> None:
    books = Book.objects.all()
    assert (books[7:].count(), books[20:].count(), books.none().count()) == (2, 0, 0)


def test_refresh_from_db(atlas: Book) -> None:
    Book.objects.filter(pk=atlas.pk).update(title="Atlas 2.0")
    atlas.refresh_from_db(fields=["title"])
    assert atlas.title == "Atlas 2.0"


@pytest.mark.parametrize("model", [Book, Opinion, Shelf])
def test_order_at_random(model: type[Model]) -> None:
    everything = set(model.objects.all())  # type: ignore[attr-defined]
    shuffled = list(model.objects.order_by("?"))  # type: ignore[attr-defined]
    assert set(shuffled) == everything
    assert len(shuffled) == len(everything)


def test_page_at_random() -> None:
    orders = {tuple(Book.objects.order_by("?").values_list("pk", flat=True)[:3]) for _ in range(20)}
    assert {len(set(order)) for order in orders} == {3}
    assert len(orders) > 1


def test_order_of_nulls() -> None:
    last = Book.objects.order_by(F("score").asc(nulls_last=True), "title")
    assert [last[0].title, last[1].title] == ["Atlas 1.0", "Novel 1"]
    first = Book.objects.order_by(F("score").desc(nulls_first=True), "title")
    assert [first[0].title, first[8].title] == ["Novel 1", "Atlas 1.0"]
    assert str(Book.objects.order_by("-score").first()) == "Atlas 1.0"


@pytest.mark.documentdb_only  # its explanation is another
def test_explain() -> None:
    assert "of_seller" in Book.objects.filter(seller="bob").explain(verbosity="queryPlanner")
