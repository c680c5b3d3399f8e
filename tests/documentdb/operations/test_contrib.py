from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from tests.documentdb.bookshop.models import Book
from tests.documentdb.operations.everyday.contrib import administrator


@pytest.fixture
def root() -> Client:
    return administrator()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=tall+novel", 6),
        ("seller=bob", 4),
        ("added__year=2024&added__month=3", 1),
        ("added__year=2024&added__month=3&added__day=3", 1),
        ("shelf__isnull=True", 2),
    ],
)
def test_admin_search(root: Client, query: str, expected: int) -> None:
    answer = root.get(f"/admin/bookshop/book/?{query}")
    assert answer.status_code == 200
    assert answer.context["cl"].result_count == expected


def test_admin_deletes_several(root: Client) -> None:
    pks = list(Book.objects.filter(seller="bob").values_list("pk", flat=True))
    root.post(
        "/admin/bookshop/book/",
        {"action": "delete_selected", "_selected_action": pks, "post": "yes"},
    )
    assert Book.objects.count() == 5


def test_dump_and_load(tmp_path: Path) -> None:
    def stored() -> dict[Any, tuple[Any, ...]]:
        return {
            book.pk: (book.price, book.added, book.details, book.reference, book.shelf_id)
            for book in Book.objects.all()
        }

    before = stored()
    file = str(tmp_path / "books.json")
    call_command("dumpdata", "bookshop.book", output=file)
    Book.objects.all().delete()
    call_command("loaddata", file, verbosity=0)
    assert stored() == before
