"""The schema editor, each operation run once and then again, as after an interruption."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from bson import Decimal128
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, models
from django.db.models import Index, Q, UniqueConstraint
from django.test.utils import isolate_apps
from django_mongodb_backend.fields import EmbeddedModelField
from django_mongodb_backend.models import EmbeddedModel

from tests.settings_documentdb import ON_SQLITE

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(ON_SQLITE, reason="SQL rolls back what was interrupted"),
    pytest.mark.usefixtures("gate"),
]

Model = type[models.Model]


@pytest.fixture
def gate(db: None) -> Iterator[None]:
    yield
    gate: Any = connections["default"].gate  # type: ignore[attr-defined]
    assert gate.violations == []


@pytest.fixture
def make() -> Iterator[Callable[..., Model]]:
    """make(title=CharField()) is a model of the collection "leaflet" with these fields."""

    def make(meta: dict[str, Any] | None = None, **fields: Any) -> Model:
        options = {"app_label": "bookshop", "db_table": "leaflet", **(meta or {})}
        with isolate_apps("tests.documentdb.bookshop"):
            attributes = {"__module__": __name__, "Meta": type("Meta", (), options), **fields}
            return type("Leaflet", (models.Model,), attributes)

    yield make
    for name in ("leaflet", "booklet"):
        connection.get_collection(name).drop()  # type: ignore[attr-defined]


def twice(operation: str, *args: Any) -> None:
    for _ in range(2):
        with connection.schema_editor() as editor:
            getattr(editor, operation)(*args)


def leaflets() -> Any:
    return connection.get_collection("leaflet")  # type: ignore[attr-defined]


def indexes() -> dict[str, Any]:
    found: dict[str, Any] = leaflets().index_information()
    return {
        ",".join(path for path, _ in each["key"]): each
        for name, each in found.items()
        if name != "_id_"
    }


def field_of(model: Model, name: str) -> Any:
    return model._meta.get_field(name)


def test_create_model(make: Callable[..., Model]) -> None:
    model = make(
        {
            "indexes": [Index(fields=["title", "-size"], name="by_title")],
            "constraints": [UniqueConstraint(fields=["size", "code"], name="one_size")],
            "unique_together": [("title", "code")],
        },
        title=models.CharField(max_length=9, db_index=True),
        code=models.CharField(max_length=9, unique=True),
        size=models.IntegerField(null=True),
        parent=models.ForeignKey("self", null=True, on_delete=models.CASCADE),
    )
    twice("create_model", model)
    assert set(indexes()) == {
        "title",
        "code",
        "parent_id",
        "title,size",
        "size,code",
        "title,code",
    }
    assert indexes()["size,code"]["partialFilterExpression"].keys() == {"size"}


def test_delete_model(make: Callable[..., Model]) -> None:
    model = make(title=models.CharField(max_length=9))
    twice("create_model", model)
    twice("delete_model", model)
    assert "leaflet" not in connection.introspection.table_names()


def test_indexes_of_embedded_models(make: Callable[..., Model]) -> None:
    with isolate_apps("tests.documentdb.bookshop"):

        class Cover(EmbeddedModel):
            code = models.CharField(max_length=9, unique=True)

            class Meta:
                app_label = "bookshop"

            def __str__(self) -> str:
                return self.code

    model = make(cover=EmbeddedModelField(Cover, null=True))
    twice("create_model", model)
    assert indexes()["cover.code"]["unique"]
    leaflets().insert_many([{"cover": None}, {"cover": None}, {"cover": {"code": "a"}}])
    with pytest.raises(IntegrityError):
        leaflets().insert_one({"cover": {"code": "a"}})
    twice("remove_field", model, field_of(model, "cover"))
    assert not indexes()


def test_add_field(make: Callable[..., Model]) -> None:
    old = make(title=models.CharField(max_length=9))
    twice("create_model", old)
    leaflets().insert_many([{"title": "a"}, {"title": "b", "size": Decimal128("7.5")}])
    new = make(
        title=models.CharField(max_length=9),
        size=models.DecimalField(max_digits=5, decimal_places=2, default=Decimal("1.5")),
    )
    twice("add_field", old, field_of(new, "size"))
    # What the second run finds has been written since the first.
    assert [str(each["size"]) for each in leaflets().find({}, sort=[("title", 1)])] == [
        "1.5",
        "7.5",
    ]


def test_add_unique_field(make: Callable[..., Model]) -> None:
    old = make(title=models.CharField(max_length=9))
    twice("create_model", old)
    leaflets().insert_many([{"title": "a"}, {"title": "b"}])
    new = make(code=models.CharField(max_length=9, null=True, unique=True))
    twice("add_field", old, field_of(new, "code"))
    leaflets().insert_one({"code": "x"})
    with pytest.raises(IntegrityError):
        leaflets().insert_one({"code": "x"})


def test_remove_field(make: Callable[..., Model]) -> None:
    model = make(
        title=models.CharField(max_length=9, unique=True),
        size=models.IntegerField(db_index=True),
    )
    twice("create_model", model)
    leaflets().insert_one({"title": "a", "size": 1})
    twice("remove_field", model, field_of(model, "title"))
    twice("remove_field", model, field_of(model, "size"))
    assert not indexes()
    assert set(leaflets().find_one({})) == {"_id"}


def test_rename_field(make: Callable[..., Model]) -> None:
    options = {"indexes": [Index(fields=["title", "-size"], name="by_title")]}
    old = make(
        options,
        title=models.CharField(max_length=9, null=True, unique=True),
        size=models.IntegerField(db_index=True),
    )
    twice("create_model", old)
    leaflets().insert_many([{"title": "a", "size": 1}, {"title": None, "size": 2}])
    new = make(
        {"indexes": [Index(fields=["name", "-size"], name="by_title")]},
        name=models.CharField(max_length=9, null=True, unique=True),
        size=models.IntegerField(db_index=True),
    )
    twice("alter_field", old, field_of(old, "title"), field_of(new, "name"))
    assert set(indexes()) == {"name", "size", "name,size"}
    assert indexes()["name"]["partialFilterExpression"] == {"name": {"$gte": ""}}
    assert indexes()["name,size"]["key"] == [("name", 1), ("size", -1)]
    assert leaflets().count_documents({"name": "a", "title": {"$exists": False}}) == 1


def test_null_becomes_a_default(make: Callable[..., Model]) -> None:
    options = {"constraints": [UniqueConstraint(fields=["size", "code"], name="one_size")]}
    old = make(
        options,
        size=models.IntegerField(null=True),
        code=models.CharField(max_length=9, null=True, unique=True),
    )
    twice("create_model", old)
    leaflets().insert_many([{"size": None, "code": "a"}, {"code": "b"}, {"size": 3, "code": "c"}])
    new = make(
        options,
        size=models.IntegerField(default=7),
        code=models.CharField(max_length=9, unique=True),
    )
    twice("alter_field", old, field_of(old, "size"), field_of(new, "size"))
    assert sorted(leaflets().distinct("size")) == [3, 7]
    twice("alter_field", new, field_of(old, "code"), field_of(new, "code"))
    assert "partialFilterExpression" not in indexes()["code"]
    assert "partialFilterExpression" not in indexes()["size,code"]
    # And back: unique indexes have to leave out nulls again.
    twice("alter_field", new, field_of(new, "code"), field_of(old, "code"))
    assert indexes()["code"]["partialFilterExpression"] == {"code": {"$gte": ""}}


def test_indexes_come_and_go_with_a_field(make: Callable[..., Model]) -> None:
    plain = make(title=models.CharField(max_length=9))
    indexed = make(title=models.CharField(max_length=9, db_index=True))
    unique = make(title=models.CharField(max_length=9, unique=True))
    twice("create_model", plain)
    for old, new, expected in (
        (plain, indexed, {"title": False}),
        (indexed, unique, {"title": True}),
        (unique, plain, {}),
    ):
        twice("alter_field", old, field_of(old, "title"), field_of(new, "title"))
        assert {name: each.get("unique", False) for name, each in indexes().items()} == expected


def test_values_are_converted_to_another_type(make: Callable[..., Model]) -> None:
    old = make(size=models.CharField(max_length=9, null=True))
    new = make(size=models.IntegerField(null=True))
    twice("create_model", old)
    leaflets().insert_many([{"size": "12"}, {"size": None}])
    twice("alter_field", old, field_of(old, "size"), field_of(new, "size"))
    assert [each["size"] for each in leaflets().find({}, sort=[("size", -1)])] == [12, None]


def test_index(make: Callable[..., Model]) -> None:
    model = make(title=models.CharField(max_length=9))
    twice("create_model", model)
    index = Index(fields=["-title"], name="by_title")
    twice("add_index", model, index)
    assert indexes()["title"]["key"] == [("title", -1)]
    twice("remove_index", model, index)
    assert not indexes()


@pytest.mark.parametrize(
    ("constraint", "allowed", "refused"),
    [
        (UniqueConstraint(fields=["title", "size"], name="it"), ["a", 2], ["a", 1]),
        (UniqueConstraint(fields=["title"], condition=Q(size__gte=5), name="it"), ["a", 1], None),
        (UniqueConstraint(fields=["size"], name="it"), ["b", None], ["b", 1]),
        (UniqueConstraint(fields=["size"], nulls_distinct=False, name="it"), ["b", 2], ["b", 1]),
    ],
)
def test_unique_constraint(
    make: Callable[..., Model], constraint: UniqueConstraint, allowed: list[Any], refused: Any
) -> None:
    model = make(title=models.CharField(max_length=9), size=models.IntegerField(null=True))
    twice("create_model", model)
    twice("add_constraint", model, constraint)
    rows: Any = model._default_manager
    rows.create(title="a", size=1)
    rows.create(title=allowed[0], size=allowed[1])
    if refused:
        with pytest.raises(IntegrityError):
            rows.create(title=refused[0], size=refused[1])
    twice("remove_constraint", model, constraint)
    assert not indexes()


def test_unique_together(make: Callable[..., Model]) -> None:
    model = make(title=models.CharField(max_length=9), size=models.IntegerField())
    twice("create_model", model)
    twice("alter_unique_together", model, [], [("title", "size")])
    assert indexes()["title,size"]["unique"]
    twice("alter_unique_together", model, [("title", "size")], [])
    assert not indexes()


def test_rename_model(make: Callable[..., Model]) -> None:
    model = make(title=models.CharField(max_length=9))
    twice("create_model", model)
    leaflets().insert_one({"title": "a"})
    twice("alter_db_table", model, "leaflet", "booklet")
    assert connection.get_collection("booklet").count_documents({}) == 1  # type: ignore[attr-defined]


def test_waits_for_another_index(
    make: Callable[..., Model], fail: Callable[..., None], server: Any
) -> None:
    if connection.settings_dict["HOST"] != server.url():
        pytest.skip("the fail point is of the stand-in")
    model = make(title=models.CharField(max_length=9))
    twice("create_model", model)
    fail("createIndexes", times=2, errorCode=40333)
    with connection.schema_editor() as editor:
        editor.add_index(model, Index(fields=["title"], name="by_title"))
    assert "title" in indexes()


def test_connection_lost_while_an_index_is_built(
    make: Callable[..., Model], fail: Callable[..., None], server: Any
) -> None:
    if connection.settings_dict["HOST"] != server.url():
        pytest.skip("the fail point is of the stand-in")
    model = make(title=models.CharField(max_length=9))
    twice("create_model", model)
    fail("createIndexes", closeConnection=True)
    with connection.schema_editor() as editor:
        editor.add_index(model, Index(fields=["title"], name="by_title"))
    assert "title" in indexes()


def test_collected_commands(make: Callable[..., Model]) -> None:
    """As sqlmigrate shows them; nothing is sent."""
    model = make(title=models.CharField(max_length=9, unique=True))
    other = make(title=models.CharField(max_length=9))
    with connection.schema_editor(collect_sql=True) as editor:
        editor.create_model(model)
        editor.alter_field(model, field_of(model, "title"), field_of(other, "title"))
        editor.add_field(other, field_of(model, "title"))
        editor.delete_model(model)
    lines = "\n".join(editor.collected_sql)
    for expected in (
        "db.create_collection('leaflet')",
        "db.leaflet.create_indexes([",
        "db.leaflet.drop_index('leaflet_title_",
        "db.leaflet.update_many({'title': {'$exists': False}}, {'$set': {'title': None}})",
        "db.leaflet.drop()",
    ):
        assert expected in lines
    assert "leaflet" not in connection.introspection.table_names()


def test_sqlmigrate(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("sqlmigrate", "contenttypes", "0001")
    shown = capsys.readouterr().out
    assert "db.create_collection('django_content_type')" in shown
    assert "unique=True" in shown
