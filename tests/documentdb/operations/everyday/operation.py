from collections.abc import Callable, Iterable
from typing import NamedTuple

from tests.documentdb.bookshop.models import Book


class Raises(NamedTuple):
    """Expected of what has to fail; the pattern is of a part of the error's sentence."""

    error: type[Exception]
    pattern: str


class Operation(NamedTuple):
    """One thing that a Django project asks of its database, and the answer."""

    name: str
    run: Callable[[], object]
    expected: object
    in_sql: bool = True


def atlas() -> Book:
    return Book.objects.get(seller="mia")


def titles(books: Iterable[Book]) -> list[str]:
    return [book.title for book in books]
