"""Values that hold others, and what goes past the ORM. Some of it only documents have."""

from typing import Any

from django.db import connection
from django.db.models.fields.json import KT
from django_mongodb_backend.queryset import MongoQuerySet
from django_mongodb_backend.transaction import atomic

from tests.documentdb.bookshop.models import Book, Topic
from tests.documentdb.operations.everyday.operation import Operation, titles
from tests.settings_documentdb import ON_SQLITE

if not ON_SQLITE:
    from tests.documentdb.bookshop.models import Edition, Format


def make_editions() -> None:
    Edition.objects.bulk_create(
        [
            Edition(title="first", labels=["a", "b"], format=Format(width=3)),
            Edition(title="second", labels=["b"], format=Format(width=20, unit="cm")),
            Edition(title="third", labels=["c"]),
        ]
    )


def editions(**conditions: object) -> list[str]:
    found = Edition.objects.filter(**conditions).order_by("title")
    return [edition.title for edition in found]


def copies_of_books(**conditions: object) -> list[int]:
    found = Book.objects.filter(**conditions).order_by("copies")
    return list(found.values_list("copies", flat=True))


def values_of_keys() -> object:
    keys = ("details__color", "details__size__height")
    books = Book.objects.filter(copies=5).order_by("seller")
    annotated = books.annotate(it=KT("details__color")).values_list("it", flat=True)
    return list(books.values(*keys)), list(annotated)


def filter_by_array() -> object:
    make_editions()
    return (
        editions(labels__contains=["a"]),
        editions(labels__overlap=["a", "c"]),
        editions(labels=["b"]),
        editions(labels__len=2),
    )


def embedded_models() -> object:
    make_editions()
    by_width = Edition.objects.order_by("-format__width")
    return (
        editions(format__width=3),
        editions(format__width__gt=1, format__unit="cm"),
        [edition.title for edition in by_width],
        list(by_width.values_list("format__width", flat=True)),
    )


def search_text() -> object:
    collection = connection.get_collection("bookshop_book")  # type: ignore[attr-defined]
    collection.create_index([("title", "text")], name="text")
    try:
        return aggregated({"$match": {"$text": {"$search": "Atlas"}}})
    finally:
        collection.drop_index("text")


def aggregated(*pipeline: dict[str, Any]) -> list[str]:
    return titles(MongoQuerySet(Book).raw_aggregate(list(pipeline)))


def commit() -> object:
    with atomic():
        Topic.objects.create(name="new")
        Topic.objects.filter(name="new").update(name="newer")
    return sorted(Topic.objects.values_list("name", flat=True))


OPERATIONS = [
    Operation(
        "filter by keys of JSON",
        lambda: (
            copies_of_books(details__color="red"),
            copies_of_books(details__size__height=3),
            copies_of_books(details__number__in=[1, 2]),
            copies_of_books(details__size__isnull=False),
            copies_of_books(details__has_key="number"),
            copies_of_books(details__number__gt=5),
        ),
        ([5], [5], [1, 2], [5], [1, 2, 3, 4, 5, 6, 7, 8], [6, 7, 8]),
    ),
    Operation(
        "order by a key of JSON",
        lambda: titles(Book.objects.filter(seller="bob").order_by("-details__number")),
        ["Novel 7", "Novel 5", "Novel 3", "Novel 1"],
    ),
    Operation(
        "values of keys of JSON",
        values_of_keys,
        (
            [
                {"details__color": "blue", "details__size__height": None},
                {"details__color": "red", "details__size__height": 3},
            ],
            ["blue", "red"],
        ),
    ),
    Operation(
        "value of an index of a list in JSON",
        lambda: list(Book.objects.filter(seller="mia").values_list("details__pages__1", flat=True)),
        [20],
    ),
    Operation(
        "filter by an array",
        filter_by_array,
        (["first"], ["first", "third"], ["second"], ["first"]),
        in_sql=False,
    ),
    Operation(
        "filter, order and values of an embedded model",
        embedded_models,
        (["first"], ["second"], ["second", "first", "third"], [20, 3, None]),
        in_sql=False,
    ),
    Operation("search in a text index", search_text, ["Atlas 1.0"], in_sql=False),
    Operation(
        "run a pipeline by raw_aggregate",
        lambda: aggregated({"$match": {"seller": "bob"}}, {"$sort": {"copies": -1}}),
        ["Novel 7", "Novel 5", "Novel 3", "Novel 1"],
        in_sql=False,
    ),
    Operation("commit a transaction of MongoDB", commit, ["maps", "newer", "sea"], in_sql=False),
]
