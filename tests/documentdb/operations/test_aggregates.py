from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Avg, Count, FloatField, Max, Q, Sum
from django.db.models.functions import Coalesce

from tests.documentdb.bookshop.models import Book, Opinion, Shelf


def test_aggregate_over_nothing() -> None:
    assert Book.objects.filter(seller="nobody").aggregate(
        zero=Sum("copies", default=0),
        sum_of=Sum("copies") + Count("id"),
        count_of=Count("id") + Count("isbn"),
    ) == {"zero": 0, "sum_of": None, "count_of": 0}


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        (Count("isbn", distinct=True), 1),
        (Count("isbn"), 1),
        (Sum("copies", distinct=True), 36),
        (Avg("score"), 4.5),
        (Coalesce(Avg("score", filter=Q(seller="bob")), 7.5, output_field=FloatField()), 7.5),
        (Sum("score", filter=Q(seller="bob")), None),
        (Sum("price"), Decimal("45.50")),
        (Max("printed__year"), 2020),
    ],
    ids=str,
)
def test_one_aggregate(aggregate: Any, expected: Any) -> None:
    assert Book.objects.aggregate(it=aggregate) == {"it": expected}


def test_aggregate_of_a_slice() -> None:
    assert Book.objects.order_by("-price")[:2].aggregate(it=Sum("copies")) == {"it": 13}


def test_aggregate_of_annotations() -> None:
    per_seller = Book.objects.values("seller").annotate(number=Count("id"))
    assert per_seller.aggregate(Max("number"), Avg("number")) == {
        "number__max": 4,
        "number__avg": 3.0,
    }


def test_groups_over_nothing() -> None:
    groups = Book.objects.filter(seller="nobody").values("seller").annotate(Count("id"))
    assert list(groups) == []


def test_count_of_related() -> None:
    shelves = Shelf.objects.annotate(
        number=Count("book"), copies=Sum("book__copies"), dearest=Max("book__price")
    ).order_by("code")
    assert list(shelves.values_list("code", "number", "copies", "dearest")) == [
        ("low", 0, None, None),
        ("tall", 7, 32, Decimal("9.50")),
    ]


def test_filter_by_count_of_related() -> None:
    empty = Shelf.objects.annotate(n=Count("book")).filter(n=0)
    assert list(empty.values_list("code", flat=True)) == ["low"]
    judged = Book.objects.annotate(n=Count("opinions")).filter(n__gte=2)
    assert list(judged.values_list("seller", flat=True)) == ["mia"]


def test_aggregate_over_join() -> None:
    assert Opinion.objects.aggregate(it=Sum("book__price")) == {"it": Decimal(19)}


def test_count_of_two_relations() -> None:
    (atlas,) = Book.objects.filter(seller="mia").annotate(
        opinions_=Count("opinions", distinct=True), topics_=Count("topics", distinct=True)
    )
    assert (atlas.opinions_, atlas.topics_) == (2, 1)
