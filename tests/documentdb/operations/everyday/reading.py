from datetime import UTC, date, datetime
from decimal import Decimal

from django.db.models import F, Q

from tests.documentdb.bookshop.models import Book
from tests.documentdb.operations.everyday.operation import Operation, atlas, titles


def found(*conditions: Q, **more: object) -> list[str]:
    return titles(Book.objects.filter(*conditions, **more).order_by("copies", "-title"))


def novels(*numbers: int) -> list[str]:
    return [f"Novel {number}" for number in numbers]


def values_of_atlas() -> object:
    before = atlas()
    again = Book.objects.get(reference=before.reference)
    return (
        again.reference == before.reference,
        again.price,
        again.added,
        again.printed,
        again.score,
        again.listed,
        again.details,
    )


def page_after_a_cursor() -> object:
    last = Book.objects.get(title="Novel 5")
    older = Q(added__lt=last.added) | Q(added=last.added, pk__lt=last.pk)
    return titles(Book.objects.filter(older).order_by("-added", "-pk")[:3])


def some_fields() -> object:
    first = Book.objects.order_by("price").values("title", "price").first()
    rows = list(Book.objects.order_by("-price").values_list("title", "shelf__code")[:2])
    only = Book.objects.only("title").get(seller="mia")
    deferred = Book.objects.defer("details").get(seller="mia")
    fields = {field.attname for field in Book._meta.concrete_fields}
    return (
        first,
        rows,
        sorted(fields - only.get_deferred_fields()),
        deferred.get_deferred_fields(),
        deferred.details["color"],
    )


def first_and_last() -> object:
    by_title = Book.objects.order_by("title")
    ends = by_title.first(), by_title.last()
    times = Book.objects.earliest("added"), Book.objects.latest("added")
    return [str(book) for book in ends + times], by_title.filter(seller="nobody").first()


def in_bulk_and_iterator() -> object:
    found = Book.objects.in_bulk([atlas().pk])
    by_isbn = Book.objects.in_bulk(["isbn-1"], field_name="isbn")
    copies = [book.copies for book in Book.objects.iterator(chunk_size=2)]
    return [book.title for book in found.values()], list(by_isbn), sum(copies)


def order_at_random() -> object:
    shuffled = Book.objects.order_by("?")
    return sorted(titles(shuffled)), len(set(titles(shuffled[:2])))


def filter_by_what_is_computed() -> object:
    double = Book.objects.annotate(it=F("copies") * 2)
    return (
        list(double.filter(it__gt=10).order_by("it").values_list("title", flat=True)),
        double.filter(it=F("price") * 2).count(),
        found(copies__lt=F("price") - 1),
    )


def union() -> object:
    bob, ann = (Book.objects.filter(seller=seller).order_by() for seller in ("bob", "ann"))
    return titles(bob.union(ann).order_by("title"))


ATLAS = ["Atlas 1.0"]

OPERATIONS = [
    Operation("get by primary key", lambda: Book.objects.get(pk=atlas().pk).title, "Atlas 1.0"),
    Operation(
        "values come back as they were stored",
        values_of_atlas,
        (
            True,
            Decimal("9.50"),
            datetime(2024, 1, 1, 12, tzinfo=UTC),
            date(2020, 2, 29),
            4.5,
            True,
            {"color": "red", "size": {"height": 3}, "pages": [10, 20]},
        ),
    ),
    Operation(
        "filter, order and slice",
        lambda: titles(Book.objects.filter(seller="bob").order_by("-price")[1:3]),
        novels(5, 3),
    ),
    Operation(
        "filter by limits of decimals",
        lambda: found(price__gte=2, price__lte=Decimal("5.00"), copies__gt=2),
        novels(3, 4, 5),
    ),
    Operation("filter by a range", lambda: found(price__range=(2, 4)), novels(2, 3, 4)),
    Operation(
        "filter by a list",
        lambda: found(seller__in=["bob", "mia"]),
        [*novels(1, 3, 5), *ATLAS, *novels(7)],
    ),
    Operation(
        "filter by a part of the text",
        lambda: (found(title__icontains="ATLAS 1.0"), found(title__icontains="atlas 1x0")),
        (ATLAS, []),
    ),
    Operation(
        "filter by the text's beginning, end and case",
        lambda: (
            found(title__startswith="Novel"),
            found(title__istartswith="novel 1"),
            found(seller__iexact="BOB"),
            found(title__endswith="8"),
        ),
        (novels(*range(1, 9)), novels(1), novels(1, 3, 5, 7), novels(8)),
    ),
    Operation(
        "filter by null and not null",
        lambda: (found(shelf__isnull=True), found(score__isnull=False)),
        (novels(3, 6), ATLAS),
    ),
    Operation(
        "exclude",
        lambda: (
            titles(Book.objects.exclude(seller="bob").order_by("price")),
            titles(Book.objects.exclude(Q(seller="bob") | Q(copies=6)).order_by("price")),
        ),
        ([*novels(2, 4, 6, 8), *ATLAS], [*novels(2, 4, 8), *ATLAS]),
    ),
    Operation(
        "filter by conditions with and, or and not",
        lambda: found(Q(seller="ann") & ~Q(copies=2) | Q(title="Atlas 1.0")),
        [*novels(4), *ATLAS, *novels(6, 8)],
    ),
    Operation("read the page after a cursor", page_after_a_cursor, novels(4, 3, 2)),
    Operation("compare two fields", lambda: found(copies__gt=F("score")), ATLAS),
    Operation(
        "values, values_list, only and defer",
        some_fields,
        (
            {"title": "Novel 1", "price": Decimal("1.00")},
            [("Atlas 1.0", "tall"), ("Novel 8", "tall")],
            ["id", "title"],
            {"details"},
            "red",
        ),
    ),
    Operation(
        "count all, those of a filter and those of a slice",
        lambda: (
            Book.objects.count(),
            Book.objects.filter(seller="bob").count(),
            Book.objects.all()[:3].count(),
        ),
        (9, 4, 3),
    ),
    Operation("count nothing", lambda: Book.objects.filter(seller="nobody").count(), 0),
    Operation(
        "exists",
        lambda: [Book.objects.filter(seller=seller).exists() for seller in ("ann", "nobody")],
        [True, False],
    ),
    Operation(
        "first, last, earliest and latest",
        first_and_last,
        (["Atlas 1.0", "Novel 8", "Novel 1", "Novel 8"], None),
    ),
    Operation("in_bulk and iterator", in_bulk_and_iterator, (ATLAS, ["isbn-1"], 41)),
    Operation(
        "filter by an annotation and by arithmetic",
        filter_by_what_is_computed,
        (novels(6, 7, 8), 8, ATLAS),
    ),
    Operation("order at random", order_at_random, ([*ATLAS, *novels(*range(1, 9))], 2)),
    Operation(
        "explain names the index",
        lambda: "of_seller" in Book.objects.filter(seller="bob").explain(),
        True,
    ),
    Operation("union", union, novels(*range(1, 9))),
]
