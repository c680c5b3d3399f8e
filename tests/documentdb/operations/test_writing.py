from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError
from django.db.models import Case, F, Value, When
from django.db.models.functions import Concat, Length, Lower, Now, Upper

from tests.documentdb.bookshop.models import Book, Opinion, Parcel, Shelf, Topic, Voucher

ADDED = datetime(2024, 10, 1, tzinfo=UTC)


def test_create_a_duplicate() -> None:
    with pytest.raises(IntegrityError):
        Shelf.objects.create(name="Other", code="tall")
    assert Shelf.objects.count() == 2


def test_create_without_a_needed_value() -> None:
    with pytest.raises(IntegrityError):
        Book.objects.create(title=None, seller="eve", price=1, added=ADDED)


def test_create_with_an_expression() -> None:
    book = Book.objects.create(title=Value("New"), seller="eve", price=1, added=Now())
    book.refresh_from_db()
    assert book.title == "New"
    assert book.added.year > 2024


def test_decimals_are_rounded_to_the_places_of_their_field() -> None:
    book = Book.objects.create(title="New", seller="eve", price=Decimal("1.239"), added=ADDED)
    book.refresh_from_db()
    assert str(book.price) == "1.24"


def test_unique_field_with_nulls() -> None:
    # Eight novels have none.
    assert Book.objects.filter(isbn=None).count() == 8
    with pytest.raises(IntegrityError):
        Book.objects.filter(title="Novel 1").update(isbn="isbn-1")
    Book.objects.filter(seller="mia").update(isbn=None)
    assert Book.objects.filter(title="Novel 1").update(isbn="isbn-1") == 1


def test_bulk_create_that_ignores_conflicts() -> None:
    Topic.objects.bulk_create(
        [Topic(name="new"), Topic(name="maps"), Topic(name="newer")], ignore_conflicts=True
    )
    assert Topic.objects.count() == 4
    with pytest.raises(IntegrityError):
        Topic.objects.bulk_create([Topic(name="maps")])


def test_update_that_needs_rounding(atlas: Book) -> None:
    Book.objects.filter(pk=atlas.pk).update(price=F("price") * Decimal("1.111"))
    atlas.refresh_from_db()
    assert str(atlas.price) == "10.55"


def test_update_of_nothing() -> None:
    assert Book.objects.filter(seller="nobody").update(copies=1) == 0
    assert Book.objects.none().update(copies=1) == 0


def test_update_to_null_where_it_is_not_allowed() -> None:
    with pytest.raises(IntegrityError):
        Book.objects.update(copies=None)


def test_update_with_functions() -> None:
    Book.objects.filter(seller="mia").update(
        title=Concat(Upper("seller"), Value(" "), Lower("title")), copies=Length("title")
    )
    book = Book.objects.get(seller="mia")
    assert (book.title, book.copies) == ("MIA atlas 1.0", 9)


def test_update_with_a_case() -> None:
    Book.objects.update(copies=Case(When(seller="bob", then=F("copies") * 10), default=Value(0)))
    assert sorted(Book.objects.values_list("copies", flat=True)) == [0, 0, 0, 0, 0, 10, 30, 50, 70]


def test_update_with_the_time() -> None:
    Book.objects.update(added=Now())
    assert not Book.objects.filter(added__year=2024).exists()


def test_update_across_a_join() -> None:
    assert Book.objects.filter(opinions__stars__gt=1).update(copies=F("copies") + 1) == 1


def test_update_of_numbers_and_nulls() -> None:
    Book.objects.filter(title="Novel 1").update(score=1)
    assert Book.objects.filter(score__isnull=False).update(score=F("score") * 2) == 2
    assert Book.objects.filter(seller="bob").update(score=F("score") + 1, copies=9) == 4
    scores = Book.objects.filter(seller="bob", copies=9).order_by("title")
    assert list(scores.values_list("score", flat=True)) == [3, None, None, None]


def test_update_of_a_duration() -> None:
    Parcel.objects.create(travelled=timedelta(hours=1))
    Parcel.objects.create()
    assert Parcel.objects.update(travelled=F("travelled") + timedelta(minutes=30)) == 2
    assert Parcel.objects.get(travelled__isnull=False).travelled == timedelta(minutes=90)


def test_bulk_update_with_expressions() -> None:
    books = list(Book.objects.filter(seller="bob").order_by("title"))
    for book in books[:2]:
        book.copies = F("copies") + 10  # type: ignore[assignment]
    for book in books[2:]:
        book.copies = Length("title")  # type: ignore[assignment]
    assert Book.objects.bulk_update(books[:2], ["copies"]) == 2
    assert Book.objects.bulk_update(books[1:], ["copies"]) == 3
    assert sorted(Book.objects.filter(seller="bob").values_list("copies", flat=True)) == [
        7,
        7,
        11,
        23,
    ]


def test_primary_key_of_text() -> None:
    voucher = Voucher.objects.create(code="$v", worth=Decimal("9.99"))
    voucher.worth = Decimal("8.88")
    voucher.save()
    assert [(each.pk, each.worth) for each in Voucher.objects.all()] == [("$v", Decimal("8.88"))]
    with pytest.raises(IntegrityError):
        Voucher.objects.create(code="$v", worth=1)
    Voucher.objects.bulk_create([Voucher(code="b", worth=1), Voucher(code="c", worth=1)])
    vouchers = list(Voucher.objects.order_by("pk"))
    for each in vouchers:
        each.worth += 1
    assert Voucher.objects.bulk_update(vouchers, ["worth"]) == 3
    assert Voucher.objects.in_bulk(["$v"])["$v"].worth == Decimal("9.88")
    assert Voucher.objects.filter(pk__in=["b", "$v"]).delete()[0] == 2


def test_primary_key_of_uuid() -> None:
    number = uuid4()
    Parcel(number=number, voucher=Voucher.objects.create(code="v", worth=1)).save()
    parcel = Parcel.objects.select_related("voucher").get(pk=number)
    assert (parcel.pk, parcel.voucher and parcel.voucher.pk) == (number, "v")
    assert isinstance(parcel.number, UUID)
    again = Parcel.objects.create(replaces=parcel)
    assert Parcel.objects.filter(replaces__voucher__worth__gte=1).get() == again
    assert Parcel.objects.get(pk=number).parcel == again
    assert Voucher.objects.get().delete() == (2, {"bookshop.Voucher": 1, "bookshop.Parcel": 1})
    again.refresh_from_db()
    assert again.replaces is None


def test_delete_across_a_join() -> None:
    assert Opinion.objects.filter(book__seller="mia", stars__lt=4).delete()[0] == 1
    assert Opinion.objects.filter(book__seller="bob").delete()[0] == 0


def test_delete_sets_null() -> None:
    Shelf.objects.get(code="tall").delete()
    assert Book.objects.filter(shelf=None).count() == 9
