from typing import Any

import pytest
from bson import Int64, ObjectId
from django.db import NotSupportedError, connection, models
from django.db.models import Index, Q
from django.test.utils import isolate_apps

from ecom.documentdb import constructs
from ecom.documentdb.indexes import index_model
from tests.settings_documentdb import ON_SQLITE

pytestmark = pytest.mark.skipif(ON_SQLITE, reason="SQL has other indexes")


def built(index: Index, **options: Any) -> dict[str, Any]:
    with isolate_apps("tests.documentdb.bookshop"):

        class Leaflet(models.Model):
            title = models.CharField(max_length=20)
            code = models.CharField(max_length=20, null=True)  # noqa: DJ001
            size = models.IntegerField(null=True)
            parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE)
            data = models.JSONField(null=True)

            class Meta:
                app_label = "bookshop"

            def __str__(self) -> str:
                return self.title

        model = index_model(Leaflet, index, connection, **options)
        assert model is not None
        document: dict[str, Any] = dict(model.document)
        command = {"createIndexes": "leaflet", "indexes": [document]}
        assert constructs.unsupported(command) == []
        return document


def test_key() -> None:
    document = built(Index(fields=["title", "-parent"], name="it"))
    assert list(document["key"].items()) == [("title", 1), ("parent_id", -1)]
    assert "partialFilterExpression" not in document


def test_unique_field_that_cannot_be_null() -> None:
    document = built(Index(fields=["title"], name="it"), unique=True)
    assert document == {"name": "it", "key": {"title": 1}, "unique": True}


def test_unique_fields_that_may_be_null() -> None:
    document = built(Index(fields=["title", "code", "size", "parent"], name="it"), unique=True)
    assert document["partialFilterExpression"] == {
        "code": {"$gte": ""},
        "size": {"$gte": Int64(-(2**63))},
        "parent_id": {"$gte": ObjectId("0" * 24)},
    }


def test_unique_field_whose_nulls_are_equal() -> None:
    document = built(Index(fields=["code"], name="it"), unique=True, nulls_distinct=False)
    assert "partialFilterExpression" not in document


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Q(size__gte=5, size__lt=9), {"size": {"$gte": 5, "$lt": 9}}),
        (Q(size__gt=5) & Q(code="x"), {"size": {"$gt": 5}, "code": {"$eq": "x"}}),
        (Q(code__isnull=True), {"code": {"$eq": None}}),
        (Q(code__isnull=False), {"code": {"$gte": ""}}),
    ],
)
def test_condition(condition: Q, expected: Any) -> None:
    document = built(Index(fields=["title"], name="it", condition=condition), unique=True)
    assert document["partialFilterExpression"] == expected


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (Q(size=1) | Q(size=2), "it has OR.*one partial index for each"),
        (~Q(size=1), "it has NOT"),
        (Q(code__startswith="x"), "__startswith.*Use __exact"),
        (Q(size__gt=1) & Q(size__gt=2), r"\$gt on size twice"),
    ],
)
def test_condition_that_is_refused(condition: Q, reason: str) -> None:
    with pytest.raises(NotSupportedError, match=reason):
        built(Index(fields=["title"], name="it", condition=condition))


def test_nulls_of_a_type_without_a_lowest_value() -> None:
    with pytest.raises(NotSupportedError, match=r"type object.*null=False"):
        built(Index(fields=["data"], name="it"), unique=True)
