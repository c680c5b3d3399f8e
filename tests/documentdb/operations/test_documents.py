"""What only documents have: arrays, embedded models, pipelines, transactions of MongoDB's."""

from collections.abc import Callable
from typing import Any

import pytest
from django_mongodb_backend.transaction import atomic

from tests.documentdb.bookshop.models import Edition, Format, Topic
from tests.documentdb.operations.everyday.documents import make_editions


@pytest.fixture(autouse=True)
def editions(shop: None) -> None:
    make_editions()


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"labels__0": "b"}, ["second"]),
        ({"format__isnull": True}, ["third"]),
    ],
)
def test_filter(conditions: dict[str, Any], expected: list[str]) -> None:
    editions = Edition.objects.filter(**conditions).order_by("title")
    assert [edition.title for edition in editions] == expected


def test_update_of_embedded_model_and_array() -> None:
    Edition.objects.filter(title="third").update(labels=["x"], format=Format(width=7))
    edition = Edition.objects.get(title="third")
    assert (edition.labels, edition.format.width) == (["x"], 7)
    edition.format.width = 8
    edition.save()
    assert Edition.objects.get(format__width=8).title == "third"


def test_transaction_that_is_undone() -> None:
    def fail() -> None:
        with atomic():
            Topic.objects.create(name="new")
            Topic.objects.filter(name="maps").update(name="charts")
            raise RuntimeError

    undone: Callable[[], None] = fail
    with pytest.raises(RuntimeError):
        undone()
    assert sorted(Topic.objects.values_list("name", flat=True)) == ["maps", "sea"]
