"""Several things in one query."""

from typing import Any

from django.db.models import Avg, Case, Count, Exists, F, Max, OuterRef, Q, Sum, Value, When
from django.db.models.functions import Lower

from tests.documentdb.bookshop.models import Book, Opinion, Shelf, Topic


def judged() -> Exists:
    return Exists(Opinion.objects.filter(book=OuterRef("pk")))


def test_filter_by_sum() -> None:
    sums = Book.objects.values("seller").annotate(total=Sum("copies"), best=Sum("score"))
    assert [row["seller"] for row in sums.filter(total__gt=10).order_by("-total")] == ["ann", "bob"]
    assert [row["seller"] for row in sums.filter(best__gte=0)] == ["mia"]
    assert [row["seller"] for row in sums.filter(best=None).order_by("seller")] == ["ann", "bob"]


def test_filter_by_everything_and_nothing() -> None:
    counted = Book.objects.annotate(n=Count("opinions"))
    assert counted.filter(n__in=[]).count() == 0
    assert list(counted.filter(n__in=[])) == []
    assert counted.exclude(pk__in=[]).count() == 9


def test_filter_groups_by_what_is_always_true() -> None:
    sellers = Book.objects.values("seller").annotate(n=Count("id")).order_by("seller")
    assert [row["n"] for row in sellers.exclude(n__in=[])] == [4, 4, 1]
    assert Book.objects.annotate(n=Count("opinions")).exclude(n__in=[]).count() == 9


def test_delete_by_count() -> None:
    Opinion.objects.annotate(n=Count("book__topics")).filter(n__gt=1).delete()
    assert Opinion.objects.count() == 2
    Opinion.objects.annotate(n=Count("book__topics")).filter(n=1).delete()
    assert Opinion.objects.count() == 0
    Shelf.objects.annotate(n=Count("book")).filter(n=0).delete()
    assert Shelf.objects.get().code == "tall"


def test_update_by_count() -> None:
    unjudged = Book.objects.annotate(n=Count("opinions")).filter(n=0)
    assert unjudged.update(listed=False) == 8
    assert Book.objects.get(listed=True).seller == "mia"


def test_update_by_exists_and_subquery() -> None:
    assert Book.objects.filter(judged()).update(copies=0) == 1
    dearest = Book.objects.order_by("-price").values("title")[:1]
    assert Book.objects.filter(title=dearest).update(title="Dearest") == 1
    assert Book.objects.filter(~judged()).update(isbn=None, score=1) == 8


def test_comparison_with_a_joined_field() -> None:
    assert Opinion.objects.filter(stars__lt=F("book__copies")).get().stars == 3
    assert Book.objects.filter(opinions__stars=F("copies")).get().seller == "mia"


def test_aggregate_of_exists() -> None:
    books = Book.objects.annotate(judged=judged())
    assert books.aggregate(n=Count("id", filter=Q(judged=True))) == {"n": 1}
    groups = books.order_by("judged").values("judged").annotate(n=Count("id"), most=Max("copies"))
    assert list(groups) == [
        {"judged": False, "n": 8, "most": 8},
        {"judged": True, "n": 1, "most": 5},
    ]


def test_case_of_exists() -> None:
    kind = Case(When(judged(), then=Value("judged")), When(copies=8, then=Value("many")))
    kinds = Book.objects.annotate(kind=kind).order_by("copies", "title")
    assert set(kinds.values_list("kind", flat=True)) == {"judged", "many", None}
    assert kinds.filter(kind="judged").values_list("seller", flat=True).get() == "mia"


def test_alternatives_over_a_join() -> None:
    assert Book.objects.filter(Q(shelf=None) | Q(shelf__code="low")).count() == 2
    assert Book.objects.filter(Q(copies=1) | Q(topics__name="maps")).count() == 2
    assert Book.objects.filter(~Q(shelf__code="tall") & Q(copies__gt=3)).get().copies == 6


def test_names_of_columns() -> None:
    rows: Any = Book.objects.filter(seller="mia").annotate(code=F("shelf__code"), t=F("title"))
    assert list(rows.values("title", "t", "code", "shelf__code", "shelf__name")) == [
        {
            "title": "Atlas 1.0",
            "t": "Atlas 1.0",
            "code": "tall",
            "shelf__code": "tall",
            "shelf__name": "Tall shelf",
        }
    ]
    assert rows.order_by("t").values_list("t", "seller").get() == ("Atlas 1.0", "mia")
    assert [each.code for each in rows.select_related("shelf")] == ["tall"]


def test_exclude_by_key_of_json() -> None:
    assert Book.objects.exclude(details__color="red").count() == 8
    assert Book.objects.filter(details__number=None).count() == 0


def test_groups_of_functions() -> None:
    groups = (
        Book.objects.annotate(name=Lower("shelf__name"))
        .values("name", "listed")
        .annotate(n=Count("id"), mean=Avg("copies"))
        .order_by("name")
    )
    assert [(row["name"], row["n"], row["mean"]) for row in groups] == [
        (None, 2, 4.5),
        ("tall shelf", 7, 32 / 7),
    ]


def test_distinct_over_a_join() -> None:
    shelves = Shelf.objects.filter(book__copies__gt=1).distinct().order_by("name")
    assert [shelf.code for shelf in shelves] == ["tall"]
    assert shelves.count() == 1
    pairs = Book.objects.order_by("shelf__code", "seller").values_list("shelf__code", "seller")
    assert len(pairs.distinct()) == 5


def test_two_joins_to_one_collection() -> None:
    """filter().filter() over a relation asks for two related objects."""
    both = Book.objects.filter(opinions__stars=5).filter(opinions__stars=3)
    assert both.get().seller == "mia"
    assert not Book.objects.filter(opinions__stars=5, opinions__text="too big").exists()
    sea = Topic.objects.get(name="sea")
    both.get().topics.add(sea)
    assert Book.objects.filter(topics__name="sea").filter(topics__name="maps").count() == 1


def test_aggregate_of_distinct_and_sliced() -> None:
    assert Book.objects.values("copies").distinct().aggregate(it=Sum("copies")) == {"it": 36}
    assert Book.objects.order_by("copies")[1:3].aggregate(it=Max("copies")) == {"it": 3}
    assert Book.objects.annotate(n=Count("opinions")).aggregate(it=Sum("n")) == {"it": 2}


def test_reverse_and_last_of_a_join() -> None:
    by_shelf = Book.objects.order_by("shelf__code", "title")
    last, first = by_shelf.last(), by_shelf.reverse().last()
    assert last is not None
    assert first is not None
    assert (last.title, first.title) == ("Novel 8", "Novel 3")


def test_values_of_a_subquery_are_of_their_type() -> None:
    numbers = Book.objects.filter(copies=8).values("reference")
    assert Book.objects.get(reference__in=numbers).copies == 8
    assert Book.objects.get(price__in=Book.objects.filter(copies=8).values("price")).copies == 8
    assert Book.objects.get(added=Book.objects.filter(copies=8).values("added")[:1]).copies == 8
