from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from tests.documentdb.bookshop.models import Book, Opinion, Shelf, Topic
from tests.documentdb.operations.everyday.operation import Operation, atlas, titles


def shelves(books: Iterable[Book]) -> list[tuple[str, str | None]]:
    return [(book.title, book.shelf and book.shelf.code) for book in books]


def reverse_foreign_key() -> object:
    atlas().opinions.create(stars=4)
    return (
        atlas().opinions.count(),
        titles(Book.objects.filter(opinions__stars=5)),
        [shelf.code for shelf in Shelf.objects.filter(book__seller="bob").distinct()],
    )


def change_many_to_many() -> object:
    maps, sea = Topic.objects.order_by("name")
    topics = atlas().topics
    topics.add(sea, maps)
    added = [topic.name for topic in topics.order_by("-name")]
    by_topic = titles(Book.objects.filter(topics__name="sea")), titles(maps.book_set.all())
    topics.remove(maps)
    removed = [topic.name for topic in topics.all()]
    topics.set([maps])
    replaced = [topic.name for topic in topics.all()]
    topics.clear()
    return added, by_topic, removed, replaced, topics.count()


def prefetch_reverse_foreign_key() -> object:
    books = Book.objects.prefetch_related("opinions").order_by("title")[:3]
    return [sorted(opinion.stars for opinion in book.opinions.all()) for book in books]


def prefetch_foreign_key() -> object:
    books = list(Book.objects.prefetch_related("shelf").order_by("title")[:4])
    return "shelf" in books[0]._state.fields_cache, shelves(books)[2:]


def prefetch_many_to_many() -> object:
    novel = Book.objects.get(title="Novel 1")
    novel.topics.add(*Topic.objects.all())
    books = Book.objects.prefetch_related("topics").order_by("title")[:3]
    return [sorted(topic.name for topic in book.topics.all()) for book in books]


def exclude_across_many_to_many() -> object:
    Book.objects.get(title="Novel 1").topics.add(Topic.objects.get(name="sea"))
    excluded = Book.objects.exclude(topics__name="sea").order_by("title")
    return titles(excluded)[:2], excluded.count()


def judged(**conditions: int) -> Exists:
    return Exists(Opinion.objects.filter(book=OuterRef("pk"), **conditions))


def delete_by_subquery() -> object:
    of_mia = Book.objects.filter(seller="mia")
    count, _ = Opinion.objects.filter(book__in=of_mia, stars=3).delete()
    return count, list(Opinion.objects.values_list("stars", flat=True))


BY_TITLE: QuerySet[Book] = Book.objects.order_by("title")

OPERATIONS = [
    Operation(
        "select_related, of a null too",
        lambda: shelves(BY_TITLE.select_related("shelf").filter(copies__lte=3)),
        [("Novel 1", "tall"), ("Novel 2", "tall"), ("Novel 3", None)],
    ),
    Operation(
        "filter by a field of a foreign key",
        lambda: [
            titles(BY_TITLE.filter(shelf__code=code, seller="bob")) for code in ("tall", "low")
        ],
        [["Novel 1", "Novel 5", "Novel 7"], []],
    ),
    Operation(
        "filter and order by the text of a foreign key",
        lambda: titles(
            Book.objects.filter(shelf__name__icontains="SHELF").order_by("shelf__name", "-title")
        )[:2],
        ["Novel 8", "Novel 7"],
    ),
    Operation("follow a foreign key backwards", reverse_foreign_key, (3, ["Atlas 1.0"], ["tall"])),
    Operation(
        "exclude by a field of a foreign key",
        lambda: titles(BY_TITLE.exclude(shelf__code="tall")),
        ["Novel 3", "Novel 6"],
    ),
    Operation(
        "add, read, remove, set and clear many-to-many",
        change_many_to_many,
        (["sea", "maps"], (["Atlas 1.0"], ["Atlas 1.0"]), ["sea"], ["maps"], 0),
    ),
    Operation(
        "filter by a many-to-many that is empty",
        lambda: [BY_TITLE.filter(topics__isnull=empty).count() for empty in (True, False)],
        [8, 1],
    ),
    Operation("prefetch a foreign key backwards", prefetch_reverse_foreign_key, [[3, 5], [], []]),
    Operation(
        "prefetch a foreign key",
        prefetch_foreign_key,
        (True, [("Novel 2", "tall"), ("Novel 3", None)]),
    ),
    Operation("prefetch many-to-many", prefetch_many_to_many, [["maps"], ["maps", "sea"], []]),
    Operation(
        "read a page with select_related",
        lambda: shelves(Book.objects.select_related("shelf").order_by("-copies", "title")[1:4]),
        [("Novel 7", "tall"), ("Novel 6", None), ("Atlas 1.0", "tall")],
    ),
    Operation(
        "exclude across many-to-many",
        exclude_across_many_to_many,
        (["Atlas 1.0", "Novel 2"], 8),
    ),
    Operation(
        "filter by Exists and not Exists with a condition",
        lambda: (
            titles(BY_TITLE.filter(judged(stars=5))),
            BY_TITLE.filter(~judged(stars__gte=4)).count(),
            BY_TITLE.filter(~judged(stars__gte=6)).count(),
        ),
        (["Atlas 1.0"], 8, 9),
    ),
    Operation(
        "filter by a queryset",
        lambda: BY_TITLE.filter(shelf__in=Shelf.objects.filter(code="tall")).count(),
        7,
    ),
    Operation("delete by a queryset", delete_by_subquery, (1, [5])),
    Operation(
        "filter by Exists of related objects",
        lambda: titles(BY_TITLE.filter(judged())),
        ["Atlas 1.0"],
    ),
]
