"""What a migration may do while the older version of the shop is running."""

from typing import Any

import pytest
from django.apps import apps
from django.db import migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import StateApps

from ecom.destructive_migrations import objections

NEW = migrations.CreateModel(
    "Basket", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]
)
UNIQUE_KEY = models.UniqueConstraint(fields=["key"], name="one_key")


def refused(*operations: Operation, app_label: str = "ecom", backwards: bool = False) -> list[str]:
    """What is said of a migration with these operations on today's models."""
    newer = type("Newer", (Migration,), {"operations": operations})
    return objections([(newer("0009_newer", app_label), backwards)], apps)


def add(field: Any) -> Operation:
    return migrations.AddField("ThrottleCount", "note", field)


def decimal(digits: int, places: int) -> Any:
    return models.DecimalField(max_digits=digits, decimal_places=places)


@pytest.mark.parametrize(
    "operation",
    [
        NEW,
        add(models.TextField(null=True)),
        add(models.TextField(db_default="")),
        add(models.TextField(null=True, unique=True)),
        add(models.ManyToManyField("auth.Group")),
        migrations.AddIndex("ThrottleCount", models.Index(fields=["window"], name="by_window")),
        migrations.RemoveIndex("ThrottleCount", "by_window"),
        migrations.AlterModelOptions("ThrottleCount", {"verbose_name": "count"}),
        migrations.RunPython(migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Basket")]),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_safe(operation: Operation) -> None:
    extra: list[Operation] = (
        [NEW] if isinstance(operation, migrations.SeparateDatabaseAndState) else []
    )
    if isinstance(operation, migrations.RemoveIndex):
        index = models.Index(fields=["window"], name="by_window")
        extra = [migrations.AddIndex("ThrottleCount", index)]
    assert refused(*extra, operation) == []


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (migrations.RemoveField("ThrottleCount", "window"), "still uses it"),
        (migrations.RenameField("ThrottleCount", "window", "ends"), "still uses it"),
        (migrations.DeleteModel("ThrottleCount"), "still uses it"),
        (migrations.RenameModel("ThrottleCount", "Count"), "still uses it"),
        (migrations.AlterModelTable("ThrottleCount", "counts"), "still uses it"),
        (add(models.TextField()), "does not fill it"),
        (add(models.TextField(default="")), "does not fill it"),
        (add(models.TextField(db_default="", unique=True)), "does not fill it"),
        (migrations.AddConstraint("ThrottleCount", UNIQUE_KEY), "may break it"),
        (migrations.AlterUniqueTogether("ThrottleCount", {("key", "window")}), "may break it"),
        (migrations.RunSQL("DROP TABLE ecom_throttlecount"), "nobody can tell"),
        (
            migrations.SeparateDatabaseAndState(
                database_operations=[migrations.RemoveField("ThrottleCount", "window")]
            ),
            "still uses it",
        ),
        (
            migrations.SeparateDatabaseAndState(
                database_operations=[
                    add(models.TextField(null=True)),
                    migrations.AlterField("ThrottleCount", "note", models.TextField()),
                ]
            ),
            "nobody can tell",
        ),
        (
            migrations.SeparateDatabaseAndState(
                database_operations=[migrations.AlterField("Gone", "note", models.TextField())]
            ),
            "nobody can tell",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Operation) else "",
)
def test_destructive(operation: Operation, reason: str) -> None:
    [line] = refused(operation)
    assert line.startswith("ecom.0009_newer: ")
    assert reason in line


def test_a_constraint_that_goes() -> None:
    add_it = migrations.AddConstraint("ThrottleCount", UNIQUE_KEY)
    lines = refused(add_it, migrations.RemoveConstraint("ThrottleCount", "one_key"))
    assert "the older version relies on it" in lines[1]


@pytest.mark.parametrize(
    ("before", "after", "fits"),
    [
        (models.CharField(max_length=9), models.CharField(max_length=10), True),
        (models.CharField(max_length=9), models.CharField(max_length=9, null=True), True),
        (models.CharField(max_length=9), models.CharField(max_length=9, db_index=True), True),
        (models.CharField(max_length=9), models.CharField(max_length=9, default="a"), True),
        (models.CharField(max_length=9), models.CharField(max_length=9, db_default="a"), True),
        (models.CharField(max_length=9), models.CharField(max_length=9, help_text="a"), True),
        (models.CharField(max_length=9, unique=True), models.CharField(max_length=9), False),
        (models.CharField(max_length=9), models.CharField(max_length=None), True),
        (models.CharField(max_length=10), models.CharField(max_length=9), False),
        (models.CharField(max_length=None), models.CharField(max_length=9), False),
        (models.CharField(max_length=9, null=True), models.CharField(max_length=9), False),
        (models.CharField(max_length=9), models.CharField(max_length=9, unique=True), False),
        (models.CharField(max_length=9), models.CharField(max_length=9, db_column="b"), False),
        (models.CharField(max_length=9, db_default="a"), models.CharField(max_length=9), False),
        (models.CharField(max_length=9), models.TextField(), False),
        (models.IntegerField(), models.BigIntegerField(), False),
        (models.SlugField(), models.SlugField(max_length=60), True),
        (models.SlugField(max_length=40), models.SlugField(), True),
        (models.URLField(), models.URLField(max_length=500), True),
        (models.SlugField(max_length=200), models.SlugField(), False),
        (models.URLField(max_length=500), models.URLField(), False),
        (models.FileField(max_length=500), models.FileField(), False),
        (models.FileField(), models.FileField(upload_to="a"), True),
        (models.SlugField(), models.SlugField(allow_unicode=True), True),
        (models.TextField(), models.TextField(db_comment="a"), True),
        (models.DateField(), models.DateField(auto_now=True), True),
        (models.DateField(auto_now_add=True), models.DateField(), True),
        (decimal(5, 2), decimal(6, 2), True),
        (decimal(5, 2), decimal(4, 2), False),
        (decimal(5, 2), decimal(6, 3), False),
        (decimal(5, 2), decimal(6, 1), False),
    ],
)
def test_a_changed_column(before: Any, after: Any, fits: bool) -> None:
    there = add(before)
    lines = refused(there, migrations.AlterField("ThrottleCount", "note", after))
    changes = [line for line in lines if "Alter field" in line]
    assert changes == [] if fits else "no longer fits" in changes[0]


def test_anything_goes_with_what_no_older_version_knows() -> None:
    basket = [
        migrations.AddField("Basket", "size", models.IntegerField()),
        migrations.AlterField("Basket", "name", models.CharField(max_length=9)),
        migrations.RenameModel("Basket", "Cart"),
        migrations.AddConstraint("Cart", models.UniqueConstraint(fields=["name"], name="one")),
        migrations.RemoveField("Cart", "size"),
        migrations.DeleteModel("Cart"),
    ]
    assert refused(NEW, *basket) == []


def test_taken_back() -> None:
    assert refused(NEW, backwards=True) == [
        "ecom.0009_newer would be taken back, and with it what was stored since."
    ]


@pytest.mark.parametrize("app_label", ["accounts", "catalog", "ecom", "axes", "auth"])
def test_from_nothing(app_label: str) -> None:
    """An empty database has no older version."""
    loader = MigrationLoader(None)
    targets = loader.graph.leaf_nodes(app_label)
    plan = [
        (loader.graph.nodes[key], False)
        for target in targets
        for key in loader.graph.forwards_plan(target)
    ]
    assert objections(plan, StateApps([], {})) == []
