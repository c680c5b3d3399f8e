"""Conditions find what they find in SQL.

A comparison with null is neither true nor false there, and so is its NOT."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Upper

from tests.documentdb.bookshop.models import Book, Opinion, Shelf

Books = QuerySet[Book, Any]


@pytest.fixture(autouse=True)
def shop(gate: None) -> None:
    """Three books in place of those of the other tests: c has nothing that may be left out."""
    tall = Shelf.objects.create(name="Tall", code="tall")
    added = datetime(2024, 1, 1, tzinfo=UTC)
    for title, score, shelf in (("a", 1.0, None), ("b", 3.0, tall), ("c", None, None)):
        book = Book.objects.create(title=title, price=2, score=score, shelf=shelf, added=added)
        if score is not None:
            Opinion.objects.create(book=book, stars=int(score))


def found(books: Books) -> str:
    return "".join(books.order_by("title").values_list("title", flat=True))


SCORES = Book.objects.order_by("title").values("score")

FOUND: dict[str, tuple[Any, str]] = {
    "constant": (Book.objects.exclude(score=1), "bc"),
    "arithmetic": (Book.objects.exclude(price__lt=F("score") + 0), "a"),
    "column behind an outer join": (Book.objects.exclude(title=F("shelf__name")), "b"),
    "annotation": (Book.objects.annotate(x=F("score")).exclude(x=1), "b"),
    "function": (Book.objects.annotate(x=Upper("shelf__code")).exclude(x="LOW"), "b"),
    "aggregate": (Book.objects.annotate(x=Max("opinions__stars")).exclude(x=1), "b"),
    "count": (Book.objects.annotate(x=Count("opinions")).exclude(x=1), "c"),
    "subquery of null": (Book.objects.exclude(price__gt=SCORES.filter(title="c")), ""),
    "subquery of nothing": (Book.objects.exclude(price__gt=SCORES.filter(title="z")), ""),
    "subquery with a null": (Book.objects.exclude(score__in=SCORES.exclude(title="a")), "c"),
    "NOT twice": (Book.objects.exclude(~Q(price__lt=F("score") + 0)), "b"),
    "either or": (Book.objects.filter(Q(title="a") ^ Q(price__gt=SCORES.filter(title="c"))), "a"),
}


@pytest.mark.parametrize("name", FOUND)
def test_not(name: str) -> None:
    books, titles = FOUND[name]
    assert found(books) == titles


def test_filtered_aggregates_over_nothing() -> None:
    nothing = Book.objects.filter(price__gt=SCORES.filter(title="c"))
    many = Q(copies__gt=1)
    counts = nothing.aggregate(n=Count("pk", filter=many), total=Sum("copies", filter=many))
    assert counts == {"n": 0, "total": None}


@pytest.mark.parametrize(("title", "titles"), [(".", ""), ("A", "a"), ("(", ""), ("a|b", "")])
def test_iexact_takes_no_pattern(title: str, titles: str) -> None:
    assert found(Book.objects.filter(title__iexact=title)) == titles


@pytest.mark.parametrize("key", ["details", "details__size"])
def test_object_with_the_name_of_an_operator(key: str) -> None:
    Book.objects.update(details={"size": {"cm": 3}})
    assert found(Book.objects.filter(**{key: {"$ne": 1}})) == ""
