"""Which migrations would break the version of the shop that is running while they are applied.

An update first migrates, and then replaces tasks one by one: for minutes the older version works
on the newer tables. docs/migrations.md says how to release what is refused here.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps.registry import Apps
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED, Field, GeneratedField, ManyToManyField

SAFE = (
    operations.CreateModel,
    operations.AddIndex,
    operations.RemoveIndex,
    operations.RenameIndex,
    operations.AlterModelManagers,
    operations.AlterModelOptions,
    operations.AlterModelTableComment,
    operations.RunPython,  # it moves data; what it does is for its reviewer to judge
)
USED = "the older version still uses it"
REASONS: list[tuple[tuple[type[Operation], ...], str]] = [
    ((operations.RemoveField, operations.DeleteModel), USED),
    ((operations.RenameField, operations.RenameModel, operations.AlterModelTable), USED),
    ((operations.AddConstraint, operations.AlterUniqueTogether), "the older version may break it"),
    ((operations.RemoveConstraint,), "the older version relies on it"),
]
UNKNOWN = "nobody can tell what it does to the older version"
NOT_FILLED = "the older version does not fill it: give it null=True or a db_default"
NARROWER = "the older version may write or read what no longer fits"
LIMITS = ("max_length", "max_digits")
# Beside Field.non_db_attrs, what an older version does not notice.
HARMLESS = (
    "default",
    "auto_now",
    "auto_now_add",
    "allow_unicode",
    "upload_to",
    "db_comment",
    "db_index",
)

Plan = Sequence[tuple[Migration, bool]]


def objections(plan: Plan, apps: Apps) -> list[str]:
    """A line for each operation of the plan that is refused. `apps` are those before it."""
    review = Review(ProjectState.from_apps(apps))
    return [line for migration, backwards in plan for line in review.of(migration, backwards)]


class Review:
    def __init__(self, state: ProjectState) -> None:
        self.state = state
        self.new: set[tuple[str, str]] = set()  # models no older version knows

    def of(self, migration: Migration, backwards: bool) -> Iterator[str]:
        name = f"{migration.app_label}.{migration.name}"
        if backwards:
            yield f"{name} would be taken back, and with it what was stored since."
            return
        for operation in migration.operations:
            for part, reason in self.refused(migration.app_label, operation):
                yield f"{name}: {part.describe()}: {reason}."
            operation.state_forwards(migration.app_label, self.state)

    def refused(self, app_label: str, operation: Operation) -> Iterator[tuple[Operation, str]]:
        if isinstance(operation, operations.SeparateDatabaseAndState):
            for part in operation.database_operations:
                yield from self.refused(app_label, part)
            return
        model = (app_label, model_of(operation))
        if isinstance(operation, operations.CreateModel):
            self.new.add(model)
        elif isinstance(operation, operations.RenameModel) and model in self.new:
            self.new.add((app_label, operation.new_name.lower()))
        elif model not in self.new and (reason := self.reason(model, operation)):
            yield operation, reason

    def reason(self, model: tuple[str, str], operation: Operation) -> str:
        """Empty where the older version does not mind."""
        if isinstance(operation, SAFE):
            return ""
        if isinstance(operation, operations.AddField):
            return "" if fills_itself(operation.field) else NOT_FILLED
        if isinstance(operation, operations.AlterField):
            before = self.field(model, operation.name)
            if before is None:  # one of database_operations, of which the state knows nothing
                return UNKNOWN
            return "" if is_wider(before, operation.field) else NARROWER
        for kinds, reason in REASONS:
            if isinstance(operation, kinds):
                return reason
        return UNKNOWN

    def field(self, model: tuple[str, str], name: str) -> "Field[Any, Any] | None":
        known = self.state.models.get(model)
        return known.fields.get(name) if known else None


def model_of(operation: Operation) -> str:
    for attribute in ("model_name", "old_name", "name"):
        if name := getattr(operation, attribute, None):
            return str(name).lower()
    return ""


def fills_itself(field: "Field[Any, Any]") -> bool:
    has_default = field.db_default is not NOT_PROVIDED
    return (field.null or has_default or isinstance(field, ManyToManyField | GeneratedField)) and (
        not field.unique or field.null
    )


def is_wider(before: "Field[Any, Any]", after: "Field[Any, Any]") -> bool:
    """Whether everything that fitted still fits, and reads as it did."""
    old, new = definition(before), definition(after)
    if old.pop("null", False) > new.pop("null", False):
        return False
    if old.pop("unique", False) != new.pop("unique", False):
        return False
    for limit in LIMITS:
        old.pop(limit, None)
        new.pop(limit, None)
        # deconstruct() leaves out a default, such as the 50 of a SlugField.
        if is_lower(getattr(after, limit, None), getattr(before, limit, None)):
            return False
    if "db_default" not in old:
        new.pop("db_default", None)
    return old == new


def is_lower(new: int | None, old: int | None) -> bool:
    return new is not None and (old is None or new < old)


def definition(field: "Field[Any, Any]") -> dict[str, Any]:
    """What of a field is in the database."""
    _, path, arguments, options = field.deconstruct()
    elsewhere = {*field.non_db_attrs, *HARMLESS} - {"db_column"}
    kept = {name: value for name, value in options.items() if name not in elsewhere}
    return kept | {"path": path, "arguments": arguments}
