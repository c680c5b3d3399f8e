"""The schema editor. Each operation can be run again after it was interrupted: DocumentDB rolls
none of them back."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import DatabaseError
from django.db.models import Index, Model, UniqueConstraint
from django_mongodb_backend.fields import EmbeddedModelField
from django_mongodb_backend.schema import DatabaseSchemaEditor as MongoDBSchemaEditor
from django_mongodb_backend.schema import ignore_embedded_models as untyped_ignore
from pymongo import IndexModel
from pymongo.errors import AutoReconnect

from ecom.documentdb.errors import (
    INDEX_BUILD_IN_PROGRESS,
    INDEX_NOT_FOUND,
    NAMESPACE_EXISTS,
    NAMESPACE_NOT_FOUND,
    code_of,
)
from ecom.documentdb.indexes import index_model
from ecom.documentdb.values import from_stored, to_store

# DocumentDB builds one index of a collection at a time; a large one may take hours.
LONGEST_BUILD = 6 * 60 * 60
LONGEST_PAUSE = 10.0

Method = TypeVar("Method", bound=Callable[..., None])

# Embedded models have no collection: their indexes are made with their parent's.
ignore_embedded_models: Callable[[Method], Method] = untyped_ignore

WHOLE_NUMBERS = frozenset({"int", "long"})


class DatabaseSchemaEditor(MongoDBSchemaEditor):
    @ignore_embedded_models
    def create_model(self, model: type[Model]) -> None:
        with tolerating(NAMESPACE_EXISTS):
            self.get_database().create_collection(model._meta.db_table, check_exists=False)
        self._create_model_indexes(model)
        for field in model._meta.local_many_to_many:
            through: Any = field.remote_field.through
            if through._meta.auto_created:
                self.create_model(through)

    @ignore_embedded_models
    def alter_db_table(self, model: type[Model], old_db_table: str, new_db_table: str) -> None:
        if old_db_table == new_db_table:
            return
        with tolerating(NAMESPACE_NOT_FOUND):
            self.get_collection(old_db_table).rename(new_db_table)

    @ignore_embedded_models
    def add_field(self, model: type[Model], field: Any) -> None:
        if field.many_to_many:
            if field.remote_field.through._meta.auto_created:
                self.create_model(field.remote_field.through)
            return
        if column := field.column:
            self.get_collection(model._meta.db_table).update_many(
                {column: {"$exists": False}}, {"$set": {column: self.effective_default(field)}}
            )
        if isinstance(field, EmbeddedModelField):
            self._create_model_indexes(
                field.embedded_model, parent_model=model, column_prefix=f"{column}."
            )
        if self._field_should_be_indexed(model, field):
            self._add_field_index(model, field)
        elif self._field_should_have_unique(field):
            self._add_field_unique(model, field)

    @ignore_embedded_models
    def _alter_field(  # noqa: PLR0913, PLR0917 - Django's signature
        self,
        model: type[Model],
        old_field: Any,
        new_field: Any,
        old_type: str,
        new_type: str,
        old_db_params: Any,
        new_db_params: Any,
        strict: bool = False,
    ) -> None:
        was_unique = self._field_should_have_unique(old_field)
        was_indexed = self._field_should_be_indexed(model, old_field)
        is_unique = self._field_should_have_unique(new_field)
        is_indexed = self._field_should_be_indexed(model, new_field)
        if was_unique and not is_unique:
            self._remove_field_unique(model, old_field)
        if was_indexed and not is_indexed:
            self._remove_field_index(model, old_field)
        if old_field.column != new_field.column:
            self._rename_column(model._meta.db_table, old_field.column, new_field.column)
        if old_type != new_type and not {old_type, new_type} <= WHOLE_NUMBERS:
            self._convert(model._meta.db_table, old_field, new_field)
        if old_field.null and not new_field.null and new_field.has_default():
            self.get_collection(model._meta.db_table).update_many(
                {new_field.column: None},
                {"$set": {new_field.column: self.effective_default(new_field)}},
            )
        if old_field.null != new_field.null:
            self._rebuild_uniques(new_field, alone=bool(was_unique and is_unique))
        if is_indexed and not was_indexed:
            self._add_field_index(model, new_field)
        if is_unique and not was_unique:
            self._add_field_unique(model, new_field)

    @ignore_embedded_models
    def add_index(  # noqa: PLR0913 - the parent's signature, and nulls_distinct
        self,
        model: type[Model],
        index: Index,
        *,
        field: Any = None,
        unique: bool = False,
        nulls_distinct: bool = True,
        column_prefix: str = "",
        parent_model: type[Model] | None = None,
    ) -> None:
        built = index_model(
            model,
            index,
            self.connection,
            field=field,
            unique=unique,
            nulls_distinct=nulls_distinct,
            column_prefix=column_prefix,
        )
        if built is not None:
            self._create_index((parent_model or model)._meta.db_table, built)

    @ignore_embedded_models
    def remove_index(self, model: type[Model], index: Index) -> None:
        if index_model(model, index, self.connection) is not None:
            self._drop_index(model._meta.db_table, index.name)

    @ignore_embedded_models
    def add_constraint(
        self,
        model: type[Model],
        constraint: Any,
        field: Any = None,
        column_prefix: str = "",
        parent_model: type[Model] | None = None,
    ) -> None:
        if self._is_unique_index(constraint):
            self.add_index(
                model,
                _index_of(constraint),
                field=field,
                unique=True,
                nulls_distinct=constraint.nulls_distinct is not False,
                column_prefix=column_prefix,
                parent_model=parent_model,
            )

    @ignore_embedded_models
    def remove_constraint(self, model: type[Model], constraint: Any) -> None:
        if self._is_unique_index(constraint):
            self._drop_index(model._meta.db_table, constraint.name)

    def _is_unique_index(self, constraint: Any) -> bool:
        if not isinstance(constraint, UniqueConstraint):
            return False
        return bool(
            self._unique_supported(
                condition=constraint.condition,
                deferrable=constraint.deferrable,
                include=getattr(constraint, "include", None),
                expressions=constraint.expressions,
                nulls_distinct=constraint.nulls_distinct,
            )
        )

    def _remove_field_index(self, model: type[Model], field: Any, column_prefix: str = "") -> None:
        column = column_prefix + field.column
        names = self._constraint_names(
            model,
            [column],
            index=True,
            unique=False,
            type_=Index.suffix,
            exclude={index.name for index in model._meta.indexes},
        )
        expected = self._create_index_name(model._meta.db_table, [column])
        self._drop_found(model._meta.db_table, names, expected)

    def _remove_field_unique(self, model: type[Model], field: Any, column_prefix: str = "") -> None:
        column = column_prefix + field.column
        names = self._constraint_names(
            model,
            [column],
            unique=True,
            primary_key=False,
            exclude={constraint.name for constraint in model._meta.constraints},
        )
        expected = str(self._unique_constraint_name(model._meta.db_table, [column]))
        self._drop_found(model._meta.db_table, names, expected)

    def _remove_composed_index(
        self,
        model: type[Model],
        field_names: Iterable[str],
        constraint_kwargs: dict[str, bool],
        column_prefix: str = "",
        parent_model: type[Model] | None = None,
    ) -> None:
        of_meta = [*model._meta.constraints, *model._meta.indexes]
        fields: Any = [model._meta.get_field(name) for name in field_names]
        columns = [column_prefix + field.column for field in fields]
        table = (parent_model or model)._meta.db_table
        names = self._constraint_names(
            parent_model or model,
            columns,
            exclude={each.name for each in of_meta},
            **constraint_kwargs,
        )
        name_of = (
            self._unique_constraint_name
            if constraint_kwargs["unique"]
            else (self._create_index_name)
        )
        self._drop_found(table, names, str(name_of(table, columns)))

    def _drop_found(self, table: str, names: list[str], expected: str) -> None:
        """Nothing is found if it has been dropped before, or if sqlmigrate runs before migrate."""
        if self.collect_sql and not names:
            names = [expected]
        for name in names:
            self._drop_index(table, name)

    def _drop_index(self, table: str, name: str) -> None:
        with tolerating(INDEX_NOT_FOUND, NAMESPACE_NOT_FOUND):
            self.get_collection(table).drop_index(name)

    def _create_index(self, table: str, built: IndexModel) -> None:
        deadline = time.monotonic() + LONGEST_BUILD
        pause = 0.1
        while True:
            try:
                self.get_collection(table).create_indexes([built])
            except DatabaseError as error:
                if not _is_building(error) or time.monotonic() > deadline:
                    raise
                time.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                return

    def _rename_column(self, table: str, old: str, new: str) -> None:
        collection = self.get_collection(table)
        collection.update_many({old: {"$exists": True}}, {"$rename": {old: new}})
        for name, index in self.connection.get_collection(table).index_information().items():
            options = {key: each for key, each in index.items() if key not in NOT_OPTIONS}
            keys = [(_renamed(path, old, new), order) for path, order in index["key"]]
            if partial := options.get("partialFilterExpression"):
                options["partialFilterExpression"] = {
                    _renamed(path, old, new): condition for path, condition in partial.items()
                }
            if keys != list(index["key"]):
                self._drop_index(table, name)
                self._create_index(table, IndexModel(keys, name=name, **options))

    def _rebuild_uniques(self, field: Any, *, alone: bool) -> None:
        """A unique index leaves out nulls only if its field may be null."""
        model = field.model
        if alone:
            self._remove_field_unique(model, field)
            self._add_field_unique(model, field)
        for constraint in model._meta.constraints:
            if field.name in getattr(constraint, "fields", ()):
                self.remove_constraint(model, constraint)
                self.add_constraint(model, constraint)
        for names in model._meta.unique_together:
            if field.name in names:
                self.alter_unique_together(model, [names], [])
                self.alter_unique_together(model, [], [names])

    def _convert(self, table: str, old_field: Any, new_field: Any) -> None:
        """Values stored in another type, one by one."""
        column = new_field.column
        if self.collect_sql:
            self.collected_sql.append(f"// convert each {table}.{column} to its new type")
            return
        collection = self.connection.get_collection(table)
        for document in collection.find({column: {"$ne": None}}, {column: 1}):
            value = from_stored(old_field, document[column], self.connection)
            stored = to_store(new_field, new_field.to_python(value), self.connection)
            collection.update_one({"_id": document["_id"]}, {"$set": {column: stored}})


# What index_information() tells besides the options of create_indexes().
NOT_OPTIONS = frozenset({"key", "v", "ns", "background"})


@contextmanager
def tolerating(*codes: int) -> Iterator[None]:
    """For what an interrupted run of the same operation may have done already."""
    try:
        yield
    except DatabaseError as error:
        if code_of(error) not in codes:
            raise


def _index_of(constraint: UniqueConstraint) -> Index:
    return Index(fields=constraint.fields, name=constraint.name, condition=constraint.condition)


def _is_building(error: DatabaseError) -> bool:
    """Another index is being built, or this one for longer than the client waits for an answer."""
    return code_of(error) == INDEX_BUILD_IN_PROGRESS or isinstance(error.__cause__, AutoReconnect)


def _renamed(path: str, old: str, new: str) -> str:
    return new + path.removeprefix(old) if path == old or path.startswith(f"{old}.") else path
