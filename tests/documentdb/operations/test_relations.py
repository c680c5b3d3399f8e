from decimal import Decimal

import pytest
from django.db import NotSupportedError
from django.db.models import (
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Sum,
)

from tests.documentdb.bookshop.models import Book, Opinion, Parcel, Shelf, Topic, Voucher


def test_reverse_foreign_key() -> None:
    assert Book.objects.filter(opinions__stars__gt=1).count() == 2
    assert Book.objects.filter(opinions=None).count() == 8


def test_outer_join_of_an_outer_join() -> None:
    shelves = Shelf.objects.annotate(n=Count("book__opinions")).order_by("code")
    assert list(shelves.values_list("n", flat=True)) == [0, 2]


def test_nothing_is_not_joined_to_null() -> None:
    """$lookup finds documents without a value for a row without one."""
    Voucher.objects.create(code="v", worth=1)
    Parcel.objects.create()
    counted = Voucher.objects.annotate(n=Count("parcel__parcel"))
    assert counted.values_list("n", flat=True).get() == 0
    assert not Parcel.objects.filter(parcel__isnull=False).exists()


def test_filtered_relation() -> None:
    books = Book.objects.annotate(
        bad=FilteredRelation("opinions", condition=Q(opinions__stars__lt=4))
    )
    assert books.filter(bad__isnull=False).values("seller").get() == {"seller": "mia"}
    assert books.filter(bad__isnull=True).count() == 8
    assert books.values("seller").annotate(n=Count("bad")).get(seller="mia")["n"] == 1


def test_exclude_across_many_to_many() -> None:
    assert Book.objects.exclude(topics__name="sea").count() == 9
    assert Book.objects.exclude(opinions__stars=5).filter(seller="mia").count() == 0


def test_prefetch_many_to_many(atlas: Book) -> None:
    novel = Book.objects.get(title="Novel 1")
    novel.topics.add(*Topic.objects.all())
    books = Book.objects.filter(pk__in=[atlas.pk, novel.pk]).order_by("title")
    by_name = Prefetch("topics", Topic.objects.order_by("-name"))
    books = books.prefetch_related(by_name)
    names = [[topic.name for topic in book.topics.all()] for book in books]
    assert names == [["maps"], ["sea", "maps"]]
    topics = Topic.objects.order_by("name").prefetch_related("book_set__opinions")
    assert [[len(book.opinions.all()) for book in each.book_set.all()] for each in topics] == [
        [2, 0],
        [0],
    ]


def test_in_a_queryset() -> None:
    tall = Shelf.objects.filter(code="tall")
    assert Book.objects.filter(shelf_id__in=tall.values("pk")).count() == 7
    assert Book.objects.exclude(shelf__in=tall).count() == 2
    assert Book.objects.filter(shelf__in=Shelf.objects.none()).count() == 0
    assert Book.objects.filter(seller__in=Subquery(Book.objects.filter(copies=8).values("seller")))


def test_a_queryset_is_read_anew_each_time() -> None:
    on_low_shelf = Book.objects.filter(shelf__in=Shelf.objects.filter(code="low"))
    assert not on_low_shelf.exists()
    Book.objects.filter(seller="mia").update(shelf=Shelf.objects.get(code="low"))
    assert on_low_shelf.exists()


def test_comparison_with_a_subquery() -> None:
    dearest = Book.objects.order_by("-price").values("price")[:1]
    assert Book.objects.get(price=dearest).seller == "mia"
    assert Book.objects.filter(price__lt=dearest).count() == 8
    assert not Book.objects.filter(price__lt=Book.objects.none().values("price")[:1]).exists()
    nulls = Book.objects.filter(seller="bob").order_by("pk").values("score")[:1]
    assert not Book.objects.filter(score=nulls).exists()


def test_annotation_by_a_subquery() -> None:
    dearest = Subquery(Book.objects.order_by("-price").values("price")[:1])
    less = Book.objects.annotate(less=dearest - F("price")).order_by("less")
    assert less.values_list("title", "less")[1] == ("Novel 8", Decimal("1.50"))


def test_exists() -> None:
    opinions = Opinion.objects.filter(book=OuterRef("pk"))
    assert Book.objects.filter(~Exists(opinions)).count() == 8
    assert Book.objects.filter(~Exists(opinions.filter(stars=5)), seller="bob").count() == 4
    assert Book.objects.filter(~Exists(opinions.filter(stars=1))).count() == 9
    assert not Book.objects.filter(Exists(opinions.filter(stars=1))).exists()
    assert Book.objects.filter(Exists(opinions) | Q(copies=8)).count() == 2


def test_exists_without_a_link() -> None:
    assert Book.objects.filter(Exists(Opinion.objects.filter(stars=5))).count() == 9
    assert Book.objects.filter(~Exists(Opinion.objects.filter(stars=5))).count() == 0
    assert Book.objects.filter(Exists(Opinion.objects.filter(stars=1)) | Q(copies=8)).count() == 1


def test_exists_through_several_relations() -> None:
    by_topic = Topic.objects.filter(Q(book=OuterRef("pk")) | Q(name="none"), name="maps")
    assert Book.objects.get(Exists(by_topic)).seller == "mia"
    on_shelf = Book.objects.filter(shelf=OuterRef("pk"), opinions__stars=5)
    assert Shelf.objects.get(Exists(on_shelf)).code == "tall"


def test_annotation_by_exists() -> None:
    opinions = Opinion.objects.filter(book=OuterRef("pk"))
    books = Book.objects.annotate(judged=Exists(opinions), unjudged=~Exists(opinions))
    assert books.filter(judged=True).values_list("unjudged", flat=True).get() is False
    assert books.filter(judged=False).count() == 8
    rows = books.order_by("-judged", "title").values_list("judged", "unjudged")
    assert list(rows[:2]) == [(True, False), (False, True)]
    nothing = Book.objects.annotate(it=~Exists(opinions.filter(stars=1)))
    assert set(nothing.values_list("it", flat=True)) == {True}


@pytest.mark.documentdb_only  # SQL can
def test_subquery_of_the_outer_row_is_refused() -> None:
    best = Opinion.objects.filter(book=OuterRef("pk")).order_by("-stars").values("stars")[:1]
    with pytest.raises(NotSupportedError, match=r"\$lookup with let.*two queries"):
        Book.objects.annotate(best=Subquery(best)).first()
    with pytest.raises(NotSupportedError, match=r"\$lookup with let.*two queries"):
        Book.objects.filter(Exists(Opinion.objects.filter(stars__gt=OuterRef("copies")))).first()


def test_union() -> None:
    bob, ann = (Book.objects.filter(seller=seller).order_by() for seller in ("bob", "ann"))
    assert len(bob.union(ann)) == 8
    assert bob.union(ann).count() == 8
    assert len(bob.union(bob)) == 4
    assert len(bob.union(bob, all=True)) == 8
    page = bob.union(ann).order_by("-title")[1:3]
    assert [book.title for book in page] == ["Novel 7", "Novel 6"]
    assert bob.union(ann).exists()
    assert bob.none().union(ann).count() == 4


def test_union_of_values() -> None:
    names = Shelf.objects.values_list("name").union(Topic.objects.values_list("name"))
    assert list(names.order_by("name")) == [
        ("Low shelf",),
        ("Tall shelf",),
        ("maps",),
        ("sea",),
    ]
    eight, seven = (Book.objects.filter(copies=copies).order_by() for copies in (8, 7))
    both = Book.objects.filter(pk__in=eight.union(seven).values("pk"))
    assert both.aggregate(it=Sum("copies")) == {"it": 15}


def test_intersection_and_difference() -> None:
    bob, cheap = (
        Book.objects.filter(each).order_by() for each in (Q(seller="bob"), Q(price__lt=4))
    )
    assert sorted(book.title for book in bob.intersection(cheap)) == ["Novel 1", "Novel 3"]
    assert sorted(book.title for book in bob.difference(cheap)) == ["Novel 5", "Novel 7"]
