"""Which commands are sent: as few and as small as can be, and none that DocumentDB lacks."""

from typing import Any

import pytest
from django.db import NotSupportedError, connection
from django.db.models import Count, Exists, F, OuterRef, QuerySet, StdDev
from django.db.models.functions import Power, Sin
from django.test.utils import CaptureQueriesContext

from ecom.documentdb import subqueries
from tests.documentdb.bookshop.models import Book, Opinion, Shelf, Topic
from tests.settings_documentdb import ON_SQLITE

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(ON_SQLITE, reason="SQL has no such commands"),
]


def command(queryset: QuerySet[Any, Any]) -> dict[str, Any]:
    compiler: Any = queryset.query.get_compiler("default")
    compiler.pre_sql_setup()
    sent: dict[str, Any] = compiler.build_query(compiler._wanted_columns()).command()[0]
    return sent


def stages(queryset: QuerySet[Any, Any]) -> list[str]:
    return [name for stage in command(queryset)["pipeline"] for name in stage]


def test_page_is_found() -> None:
    page = Book.objects.filter(seller="bob").order_by("-added", "pk").values("title")[20:30]
    assert command(page) == {
        "find": "bookshop_book",
        "filter": {"seller": "bob"},
        "projection": {"title": 1, "added": 1, "_id": 1},
        "sort": {"added": -1, "_id": 1},
        "skip": 20,
        "limit": 10,
    }


def test_only_the_page_is_joined() -> None:
    page = Book.objects.select_related("shelf").order_by("title")[:10]
    assert stages(page) == ["$sort", "$limit", "$lookup", "$unwind", "$sort"]


@pytest.mark.parametrize(
    "page",
    [
        # Which rows are on the page depends on what is joined.
        Book.objects.filter(shelf__code="tall").order_by("title")[:10],
        Book.objects.select_related("shelf").order_by("shelf__code")[:10],
        Book.objects.filter(opinions__stars=5).order_by("title")[:10],
        Book.objects.annotate(n=Count("opinions")).order_by("title")[:10],
        Book.objects.select_related("shelf").order_by(F("score").asc(nulls_last=True))[:10],
    ],
)
def test_all_are_joined(page: QuerySet[Book]) -> None:
    names = stages(page)
    assert names.index("$lookup") < names.index("$limit")


def test_filter_comes_before_the_join() -> None:
    books = Book.objects.filter(seller="bob", shelf__code="tall", copies__gt=F("price"))
    pipeline = command(books)["pipeline"]
    assert [next(iter(stage)) for stage in pipeline] == [
        "$match",
        "$lookup",
        "$unwind",
        "$match",
        "$sort",
    ]
    assert {"seller": "bob"} in pipeline[0]["$match"]["$and"]
    assert pipeline[3]["$match"] == {"bookshop_shelf.code": "tall"}


def test_order_by_a_related_primary_key_needs_no_join() -> None:
    assert "find" in command(Book.objects.order_by("shelf_id"))


def test_count_is_one_group() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert Book.objects.filter(seller="bob").count() == 0
    (query,) = queries
    assert "{'$group': {'__count': {'$sum': 1}, '_id': None}}" in query["sql"]


def test_exists_reads_one_id() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert not Book.objects.filter(seller="bob").exists()
    (query,) = queries
    assert "find({'seller': 'bob'}, {'_id': 1}" in query["sql"]
    assert "limit=1" in query["sql"]


def test_guarded_decrement_is_one_command() -> None:
    with CaptureQueriesContext(connection) as queries:
        Book.objects.filter(seller="bob", copies__gt=0).update(copies=F("copies") - 1)
    (query,) = queries
    assert "{'$inc': {'copies': -1}}" in query["sql"]


def test_update_of_many_objects_is_one_command() -> None:
    topics = Topic.objects.bulk_create(Topic(name=str(n)) for n in range(50))
    for topic in topics:
        topic.name += "!"
    with CaptureQueriesContext(connection) as queries:
        assert Topic.objects.bulk_update(topics, ["name"]) == 50
    (query,) = queries
    # The keys are not repeated for each of the fifty.
    assert query["sql"].count("ObjectId") == 50


def test_annotation_and_filter_share_a_subquery() -> None:
    opinions = Opinion.objects.filter(book=OuterRef("pk"))
    with CaptureQueriesContext(connection) as queries:
        list(Book.objects.annotate(judged=Exists(opinions)).filter(judged=True))
    assert len(queries) == 1


def test_subquery_with_too_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subqueries, "MOST_VALUES", 2)
    Shelf.objects.bulk_create(Shelf(name=str(n), code=str(n)) for n in range(3))
    with pytest.raises(NotSupportedError, match=r"bookshop\.Shelf gives more than 2 values"):
        Book.objects.filter(shelf__in=Shelf.objects.all()).exists()
    assert not Book.objects.filter(shelf__in=Shelf.objects.filter(code__lt="2")).exists()


@pytest.mark.parametrize(
    ("queryset", "operator"),
    [
        (Book.objects.annotate(it=Sin("score")), r"\$sin"),
        (Book.objects.annotate(it=Power("score", 0.5)), r"\$pow.*Multiply"),
        (Book.objects.order_by("seller", "?"), r"\$rand.*\$sample"),
        (Book.objects.values("seller").annotate(it=StdDev("score")), r"\$stdDevPop.*sums"),
        (Book.objects.filter(score=Sin("score")), r"\$sin"),
        (Book.objects.distinct("seller"), "DISTINCT ON.*annotate"),
    ],
)
def test_refusal(queryset: QuerySet[Book], operator: str) -> None:
    with (
        pytest.raises(NotSupportedError, match=operator),
        CaptureQueriesContext(connection) as sent,
    ):
        list(queryset)
    assert not sent.captured_queries


def test_refusal_of_an_update() -> None:
    with pytest.raises(NotSupportedError, match=r"\$sin"):
        Book.objects.update(score=Sin("copies"))
    with pytest.raises(NotSupportedError, match=r"\$sin"):
        Book.objects.filter(score=Sin("copies")).delete()


def test_refusal_of_sql() -> None:
    with pytest.raises(NotSupportedError, match="no SQL"):
        list(Book.objects.raw("SELECT * FROM bookshop_book"))
    with pytest.raises(NotSupportedError, match="no SQL"):
        list(Book.objects.extra(where=["copies > 1"]))
    with pytest.raises(NotSupportedError, match="no SQL"), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
