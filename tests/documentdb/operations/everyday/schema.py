from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, NotSupportedError, connection, connections, models
from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    DeleteModel,
    RemoveConstraint,
    RemoveIndex,
)
from django.db.migrations.operations.base import Operation as Migration
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django.db.models import Index, Q, UniqueConstraint

from tests.documentdb.operations.everyday.operation import Operation
from tests.settings_documentdb import ON_SQLITE

BY_TITLE = Index(fields=["title"], name="by_title")
ONE_TITLE = UniqueConstraint(fields=["title", "size"], name="one_title_of_a_size")
ONE_LARGE = UniqueConstraint(fields=["title"], condition=Q(size__gte=5), name="one_large")


class Leaflets:
    """A table of its own, changed as migrations change tables, and dropped at the end."""

    def __init__(self) -> None:
        self.state = ProjectState()
        title, size = models.CharField(max_length=9), models.IntegerField(null=True)
        self.migrate(CreateModel("Leaflet", [("title", title), ("size", size)]))

    def __enter__(self) -> "Leaflets":
        return self

    def __exit__(self, *error: object) -> None:
        self.migrate(DeleteModel("Leaflet"))

    def migrate(self, operation: Migration) -> None:
        after = self.state.clone()
        operation.state_forwards("bookshop", after)
        with connection.schema_editor() as editor:
            operation.database_forwards("bookshop", editor, self.state, after)
        self.state = after

    @property
    def rows(self) -> Any:
        return self.state.apps.get_model("bookshop", "Leaflet")._default_manager


def indexes(table: str = "bookshop_leaflet") -> list[tuple[list[str], bool]]:
    """The columns of each, and whether it is unique."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table).values()
    return sorted(
        (each["columns"], bool(each["unique"]))
        for each in found
        if each["index"] or each["unique"]
        if not each["primary_key"]
    )


@contextmanager
def empty_database() -> Iterator[None]:
    """In the place of the default one."""
    default = connections["default"]
    with TemporaryDirectory() as folder:
        connections["default"] = empty = default.copy()
        name = f"{default.settings_dict['NAME']}_empty"
        empty.settings_dict["NAME"] = f"{folder}/empty" if ON_SQLITE else name
        try:
            yield
        finally:
            if not ON_SQLITE:
                empty.get_database().command("dropDatabase")  # type: ignore[attr-defined]
            empty.close()
            connections["default"] = default


def connect() -> object:
    with empty_database():
        connection.ensure_connection()
        connection.check_database_version_supported()
        usable = connection.is_usable()
        connection.features.minimum_database_version = (99, 0)
        with pytest.raises(NotSupportedError, match="99"):
            connection.check_database_version_supported()
        return usable


def migrate() -> object:
    wanted = set(connection.introspection.django_table_names(only_existing=True))
    with empty_database():
        before = connection.introspection.table_names()
        call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
        missing = wanted - set(connection.introspection.table_names())
        applied = {app for app, _ in MigrationRecorder(connection).applied_migrations()}
        return before, sorted(missing), sorted(applied), indexes("bookshop_book")


def add_field() -> object:
    with Leaflets() as leaflets:
        leaflets.rows.create(title="a")
        leaflets.migrate(AddField("leaflet", "pages", models.IntegerField(default=8)))
        leaflets.rows.create(title="b", pages=4)
        return list(leaflets.rows.order_by("title").values_list("title", "pages"))


def alter_field() -> object:
    with Leaflets() as leaflets:
        leaflets.rows.create(title="a")
        leaflets.rows.create(title="b", size=3)
        leaflets.migrate(AlterField("leaflet", "size", models.IntegerField(default=7)))
        return list(leaflets.rows.order_by("title").values_list("title", "size"))


def add_index() -> object:
    with Leaflets() as leaflets:
        leaflets.migrate(AddIndex("leaflet", BY_TITLE))
        return indexes()


def add_constraint() -> object:
    with Leaflets() as leaflets:
        leaflets.migrate(AddConstraint("leaflet", ONE_TITLE))
        for size in (1, 2, None, None):
            leaflets.rows.create(title="a", size=size)
        with pytest.raises(IntegrityError):
            leaflets.rows.create(title="a", size=1)
        return indexes(), leaflets.rows.count()


def add_constraint_with_a_condition() -> object:
    with Leaflets() as leaflets:
        leaflets.migrate(AddConstraint("leaflet", ONE_LARGE))
        for size in (1, 1, 5):
            leaflets.rows.create(title="a", size=size)
        with pytest.raises(IntegrityError):
            leaflets.rows.create(title="a", size=6)
        return indexes(), leaflets.rows.count()


def remove_indexes() -> object:
    with Leaflets() as leaflets:
        unique = models.CharField(max_length=9, unique=True)
        leaflets.migrate(AlterField("leaflet", "title", unique))
        for each in (ONE_TITLE, ONE_LARGE):
            leaflets.migrate(AddConstraint("leaflet", each))
        leaflets.migrate(AddIndex("leaflet", BY_TITLE))
        before = len(indexes())
        leaflets.migrate(RemoveIndex("leaflet", "by_title"))
        for each in (ONE_TITLE, ONE_LARGE):
            leaflets.migrate(RemoveConstraint("leaflet", each.name))
        left = indexes()
        leaflets.migrate(AlterField("leaflet", "title", models.CharField(max_length=9)))
        return before, left, indexes()


def record_a_migration() -> object:
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    recorder.record_applied("bookshop", "0001")
    applied = ("bookshop", "0001") in recorder.applied_migrations()
    recorder.record_unapplied("bookshop", "0001")
    return applied, ("bookshop", "0001") in recorder.applied_migrations()


OPERATIONS = [
    Operation("connect and check the version", connect, True),
    Operation(
        "migrate --run-syncdb of an empty database",
        migrate,
        (
            [],
            [],
            ["admin", "auth", "contenttypes", "sessions"],
            [
                (["isbn"], True),
                (["seller"], False),
                (["seller", "added"], False),
                (["seller", "title"], True),
                (["shelf_id"], False),
            ],
        ),
    ),
    Operation("add a field with a default", add_field, [("a", 8), ("b", 4)]),
    Operation("alter a field with nulls to one with a default", alter_field, [("a", 7), ("b", 3)]),
    Operation("add an index", add_index, [(["title"], False)]),
    Operation("add a unique constraint", add_constraint, ([(["title", "size"], True)], 4)),
    Operation(
        "add a unique constraint with a condition",
        add_constraint_with_a_condition,
        ([(["title"], True)], 3),
    ),
    Operation(
        "remove indexes, constraints and what makes a field unique",
        remove_indexes,
        (4, [(["title"], True)], []),
    ),
    Operation("record a migration as applied", record_a_migration, (True, False)),
]
