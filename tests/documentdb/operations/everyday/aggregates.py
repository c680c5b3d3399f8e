from datetime import date
from decimal import Decimal

from django.db.models import Avg, Case, Count, F, Max, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Concat, Lower, TruncMonth

from tests.documentdb.bookshop.models import Book, Shelf
from tests.documentdb.operations.everyday.operation import Operation

OF_BOB: QuerySet[Book] = Book.objects.filter(seller="bob")
OF_NOBODY: QuerySet[Book] = Book.objects.filter(seller="nobody")


def sums() -> object:
    found = OF_BOB.aggregate(
        Sum("copies"), Avg("copies"), Min("price"), Max("price"), number=Count("id")
    )
    # SQLite leaves out the zeros.
    prices = [round(found[name], 2) for name in ("price__min", "price__max")]
    return found["copies__sum"], found["copies__avg"], prices, found["number"]


def groups() -> object:
    sellers = Book.objects.values("seller").annotate(n=Count("id"), total=Sum("copies"))
    return list(sellers.filter(n__gt=1).order_by("-total", "seller"))


def annotate_functions() -> object:
    kind = Case(When(copies__gt=3, then=Value("many")), default=Value("few"))
    books = Book.objects.filter(Q(seller="mia") | Q(copies=1)).annotate(
        lowered=Lower("title"), joined=Concat("seller", Value("-"), "title"), kind=kind
    )
    return list(books.order_by("title").values_list("lowered", "joined", "kind"))


def dates() -> object:
    months = Book.objects.annotate(month=TruncMonth("added")).order_by("month").values("month")
    return (
        [Book.objects.filter(added__year=year).count() for year in (2023, 2024)],
        list(Book.objects.dates("printed", "month")),
        [month.month for month in Book.objects.datetimes("added", "month", order="DESC")],
        [(row["month"].month, row["n"]) for row in months.annotate(n=Count("id"))],
    )


OPERATIONS = [
    Operation(
        "sum, average, least, most and number",
        sums,
        (16, 4.0, [Decimal("1.00"), Decimal("7.00")], 4),
    ),
    Operation(
        "aggregate nothing",
        lambda: OF_NOBODY.aggregate(total=Sum("copies"), most=Max("price"), number=Count("id")),
        {"total": None, "most": None, "number": 0},
    ),
    Operation(
        "aggregate distinct values, those of a filter and an expression",
        lambda: Book.objects.aggregate(
            sellers=Count("seller", distinct=True),
            of_bob=Count("id", filter=Q(seller="bob")),
            double=Sum(F("copies") * 2),
        ),
        {"sellers": 3, "of_bob": 4, "double": 82},
    ),
    Operation(
        "group, filter groups and order them",
        groups,
        [{"seller": "ann", "n": 4, "total": 20}, {"seller": "bob", "n": 4, "total": 16}],
    ),
    Operation(
        "annotate the number of related objects",
        lambda: list(
            Shelf.objects.annotate(n=Count("book")).order_by("code").values_list("code", "n")
        ),
        [("low", 0), ("tall", 7)],
    ),
    Operation(
        "annotate functions",
        annotate_functions,
        [("atlas 1.0", "mia-Atlas 1.0", "many"), ("novel 1", "bob-Novel 1", "few")],
    ),
    Operation(
        "distinct values",
        lambda: list(Book.objects.order_by("seller").values_list("seller", flat=True).distinct()),
        ["ann", "bob", "mia"],
    ),
    Operation("count distinct values", lambda: Book.objects.values("seller").distinct().count(), 3),
    Operation(
        "filter by year, list months and group by month",
        dates,
        (
            [0, 9],
            [date(2020, 2, 1)],
            [8, 7, 6, 5, 4, 3, 2, 1],
            [(1, 2), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1), (8, 1)],
        ),
    ),
    Operation(
        "group by a joined field",
        lambda: list(
            Book.objects.order_by("shelf__code").values("shelf__code").annotate(n=Count("id"))
        ),
        [{"shelf__code": None, "n": 2}, {"shelf__code": "tall", "n": 7}],
    ),
    Operation(
        "aggregate over a join",
        lambda: Book.objects.filter(shelf__code="tall").aggregate(
            n=Count("id"), copies=Sum("copies")
        ),
        {"n": 7, "copies": 32},
    ),
]
