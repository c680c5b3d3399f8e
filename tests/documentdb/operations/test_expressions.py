from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Case, CharField, DecimalField, ExpressionWrapper, F, Q, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import (
    Cast,
    Coalesce,
    ExtractYear,
    Length,
    Lower,
    NullIf,
    Power,
    Round,
    Trunc,
    TruncDate,
    TruncMonth,
    TruncTime,
    Upper,
)
from django.utils import timezone

from tests.documentdb.bookshop.models import Book


def of_atlas(expression: Any) -> Any:
    return Book.objects.filter(seller="mia").annotate(it=expression).values_list("it", flat=True)[0]


@pytest.mark.parametrize("key", ["a.b", "$cost"])
@pytest.mark.documentdb_only  # SQLite stores any key
def test_keys_that_no_path_can_hold(key: str) -> None:
    # They cannot be stored on DocumentDB, but be asked for.
    assert not Book.objects.annotate(it=KT(f"details__{key}")).filter(it="x").exists()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (Upper("seller"), "MIA"),
        (Length("title"), 9),
        (Case(When(title="$title", then=Value(1)), default=Value(0)), 0),
        (Coalesce("isbn", Value("none")), "isbn-1"),
        (NullIf("seller", Value("mia")), None),
        (ExtractYear("added"), 2024),
        (F("copies") * 2 - 1, 9),
        (ExpressionWrapper(F("price") + F("copies"), DecimalField()), Decimal("14.50")),
        (F("score") / 2, 2.25),
        (Round("price"), Decimal(10)),
        (Round(F("score") * 3, precision=1), 13.5),
        (Power("copies", 2), 25),
        (Cast("copies", DecimalField(max_digits=6, decimal_places=2)), Decimal("5.00")),
        (Cast("copies", CharField(max_length=4)), "5"),
        (TruncDate("added"), date(2024, 1, 1)),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_annotation(expression: Any, expected: Any) -> None:
    assert of_atlas(expression) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("year", datetime(2024, 1, 1)),
        ("quarter", datetime(2024, 4, 1)),
        ("month", datetime(2024, 5, 1)),
        ("week", datetime(2024, 4, 29)),
        ("day", datetime(2024, 5, 5)),
        ("hour", datetime(2024, 5, 5, 5)),
        ("minute", datetime(2024, 5, 5, 5, 5)),
        ("second", datetime(2024, 5, 5, 5, 5, 5)),
    ],
)
def test_truncated_date(kind: str, expected: datetime) -> None:
    (found,) = (
        Book.objects.filter(copies=5, seller="bob")
        .annotate(it=Trunc("added", kind))
        .values_list("it", flat=True)
    )
    assert found == expected.replace(tzinfo=UTC)


def test_parts_in_a_time_zone() -> None:
    with timezone.override("Asia/Tokyo"):
        # 23:00 of the day before in UTC.
        book = Book.objects.create(
            title="Late", seller="eve", price=1, added=datetime(2024, 9, 30, 23, 30, tzinfo=UTC)
        )
        late = Book.objects.filter(pk=book.pk)
        assert late.filter(added__date=date(2024, 10, 1)).exists()
        assert late.filter(added__month=10, added__day=1, added__hour=8).exists()
        month, day, time = late.annotate(
            month=TruncMonth("added"), day=TruncDate("added"), time=TruncTime("added")
        ).values_list("month", "day", "time")[0]
    assert month == datetime(2024, 9, 30, 15, tzinfo=UTC)
    assert (day.isoformat(), time.isoformat()) == ("2024-10-01", "08:30:00")


def test_truncated_null() -> None:
    months = Book.objects.filter(copies=8).annotate(it=TruncMonth("printed"))
    assert months.values_list("it", flat=True)[0] is None


def test_a_dollar_sign_is_no_path() -> None:
    lowered = Book.objects.annotate(it=Lower("seller"))
    assert not lowered.filter(it="$seller").exists()
    assert not lowered.filter(it__in=["$seller", "$it"]).exists()
    assert lowered.filter(it="bob").count() == 4


def test_distinct_with_annotation() -> None:
    rows = (
        Book.objects.annotate(many=Q(copies__gt=4))
        .order_by("seller", "many")
        .values_list("seller", "many")
        .distinct()
    )
    assert list(rows) == [
        ("ann", False),
        ("ann", True),
        ("bob", False),
        ("bob", True),
        ("mia", True),
    ]


def test_count_of_distinct_and_joined() -> None:
    assert Book.objects.order_by().values("shelf__code").distinct().count() == 2
