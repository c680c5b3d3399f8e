from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F

from tests.documentdb.bookshop.models import Book, Opinion, Shelf, Topic
from tests.documentdb.operations.everyday.operation import Operation, atlas


def guarded_decrement() -> object:
    of_mia = Book.objects.filter(seller="mia")
    changed = [of_mia.filter(copies__gte=5).update(copies=F("copies") - 5) for _ in range(2)]
    return changed, atlas().copies


def arithmetic() -> object:
    Book.objects.filter(seller="mia").update(
        copies=F("copies") * 2, price=F("price") + Decimal("0.50"), score=1 + F("score")
    )
    return atlas().copies, atlas().price, atlas().score


def constants() -> object:
    shelf = Shelf.objects.get(code="low")
    of_ann = Book.objects.filter(seller="ann")
    count = of_ann.update(listed=False, details={"a": [1]}, shelf=shelf, printed=None)
    fields = of_ann.values_list("listed", "details", "shelf__code", "printed")
    return count, list(fields), Book.objects.filter(listed=True).count()


def another_field() -> object:
    count = Book.objects.update(score=F("copies") + 1, listed=False)
    return count, atlas().score, atlas().listed


def across_a_join() -> object:
    count = Book.objects.filter(shelf__code="tall").update(listed=False)
    return count, list(Book.objects.filter(listed=True).values_list("copies", flat=True))


def save() -> object:
    book = atlas()
    book.title = "Atlas 2.0"
    book.save()
    return Book.objects.get(pk=book.pk).title, Book.objects.count()


def save_some_fields() -> object:
    book = atlas()
    book.copies, book.title = 7, "not saved"
    book.save(update_fields=["copies"])
    return atlas().copies, atlas().title


def save_an_expression() -> object:
    book: Any = atlas()
    book.copies = F("copies") + 1
    book.save(update_fields=["copies"])
    book.refresh_from_db()
    return book.copies


def bulk_update() -> object:
    of_bob = Book.objects.filter(seller="bob").order_by("title")
    books = list(of_bob)
    for book in books:
        book.copies += 100
        book.details = {"new": str(book.price)}
        book.printed = None if book.copies > 104 else date(2024, 10, 1)
        book.shelf = None
    fields = ["copies", "details", "printed", "shelf"]
    count = Book.objects.bulk_update(books, fields)
    return count, list(of_bob.values_list(*fields))


def get_or_create() -> object:
    topics = [Topic.objects.get_or_create(name=name) for name in ("maps", "new")]
    shelves = [Shelf.objects.update_or_create(code="new", defaults={"name": name}) for name in "NM"]
    stored = Shelf.objects.get(code="new").name
    return [created for _, created in topics], [(str(row), new) for row, new in shelves], stored


def related_to_a_join() -> object:
    count = Opinion.objects.filter(book__seller="mia").update(text="seen")
    return count, list(Opinion.objects.values_list("text", flat=True))


def numbers_among_nulls() -> object:
    count = Book.objects.filter(score__isnull=False).update(score=F("score") * 2)
    return count, atlas().score, Book.objects.filter(score=None).count()


def delete() -> object:
    count, by_model = atlas().delete()
    of_ann = Book.objects.filter(seller="ann").delete()
    return count, sorted(by_model.items()), of_ann, Opinion.objects.count(), Book.objects.count()


OPERATIONS = [
    Operation("decrement only what suffices", guarded_decrement, ([1, 0], 0)),
    Operation("update by arithmetic", arithmetic, (10, Decimal("10.00"), 5.5)),
    Operation("update with constants", constants, (4, [(False, {"a": [1]}, "low", None)] * 4, 5)),
    Operation("update with another field", another_field, (9, 6.0, False)),
    Operation("update those of a filter across a join", across_a_join, (7, [6, 3])),
    Operation("save", save, ("Atlas 2.0", 9)),
    Operation("save some fields", save_some_fields, (7, "Atlas 1.0")),
    Operation("save an expression", save_an_expression, 6),
    Operation(
        "bulk_update",
        bulk_update,
        (
            4,
            [
                (101, {"new": "1.00"}, date(2024, 10, 1), None),
                (103, {"new": "3.00"}, date(2024, 10, 1), None),
                (105, {"new": "5.00"}, None, None),
                (107, {"new": "7.00"}, None, None),
            ],
        ),
    ),
    Operation(
        "get_or_create and update_or_create",
        get_or_create,
        ([False, True], [("N", True), ("M", False)], "M"),
    ),
    Operation("update what refers to a filtered book", related_to_a_join, (2, ["seen", "seen"])),
    Operation("update numbers among nulls", numbers_among_nulls, (1, 9.0, 8)),
    Operation(
        "delete an object with what refers to it, and a queryset",
        delete,
        (
            4,
            [("bookshop.Book", 1), ("bookshop.Book_topics", 1), ("bookshop.Opinion", 2)],
            (4, {"bookshop.Book": 4}),
            0,
            4,
        ),
    ),
]
