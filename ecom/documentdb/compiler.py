"""Django's queries as commands that DocumentDB 5.0 carries out.

django-mongodb-backend turns conditions and expressions into MQL. Here is what differs: the stages
that DocumentDB lacks, updates, and what must run as a query of its own.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from bson import SON, json_util
from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import IntegrityError, NotSupportedError
from django.db.models import Count, Sum
from django.db.models.constants import OnConflict
from django.db.models.expressions import Col, Star
from django.db.models.functions.math import Random
from django.db.models.sql import DeleteQuery, Query
from django.db.models.sql.constants import GET_ITERATOR_CHUNK_SIZE, MULTI, SINGLE
from django.db.models.sql.datastructures import Join
from django.db.models.sql.where import WhereNode
from django.utils.functional import cached_property
from django_mongodb_backend import compiler as mongodb

from ecom.documentdb.aggregates import NullWithoutValues, over_nothing
from ecom.documentdb.combinators import combined_rows
from ecom.documentdb.prepare import prepared
from ecom.documentdb.query import DocumentDBQuery
from ecom.documentdb.rewrite import MQL
from ecom.documentdb.updates import Changes, write
from ecom.documentdb.values import to_store

Row = list[Any]


class SQLCompiler(mongodb.SQLCompiler):
    query_class = DocumentDBQuery
    query: Any  # Query, UpdateQuery and so on
    order_by_objs: Any
    having: Any  # a WhereNode, or None
    is_prepared = False
    joins: tuple[Join, ...] = ()

    def prepare(self) -> None:
        if not self.is_prepared:
            self.query = prepared(self.query, self.connection)
            self.is_prepared = True

    def pre_sql_setup(self, with_col_aliases: bool = False) -> Any:
        self.prepare()
        return super().pre_sql_setup(with_col_aliases=with_col_aliases)

    def execute_sql(
        self,
        result_type: str = MULTI,
        chunked_fetch: bool = False,
        chunk_size: int = GET_ITERATOR_CHUNK_SIZE,
    ) -> Any:
        try:
            self.pre_sql_setup()
            rows = self.rows()
        except EmptyResultSet:
            rows = iter(())
        if result_type == SINGLE:
            row = next(rows, None)
            return self._row_over_nothing() if row is None else row
        chunks = iter(lambda: list(islice(rows, chunk_size)), [])
        return chunks if chunked_fetch else list(chunks)

    def rows(self) -> Iterator[Row]:
        """To be called after pre_sql_setup(). Raises EmptyResultSet."""
        if self.query.combinator:
            return iter(combined_rows(self))
        query = self.build_query(self._wanted_columns())
        return (self._make_result(document, self.columns) for document in query.documents())

    def build_query(self, columns: Any = None) -> DocumentDBQuery:
        if self.query.distinct_fields:
            raise NotSupportedError(
                "DocumentDB has no DISTINCT ON. Use values(*fields).annotate(Max(...)), or "
                "distinct() without fields."
            )
        query: DocumentDBQuery = super().build_query(columns)
        query.joins = self.joins
        query.shuffled = self._is_shuffled()
        query.sorts_stored_fields = all(map(self._is_stored, self.order_by_objs or ()))
        query.extra_fields = _without_identities(query.extra_fields or {})
        return query

    def explain_query(self) -> list[str]:
        options = self.connection.ops.explain_query_prefix(
            self.query.explain_info.format, **self.query.explain_info.options
        )
        self.pre_sql_setup()
        command, _ = self.build_query(self._wanted_columns()).command()
        explanation = self.connection.get_database().command("explain", command, **options)
        return [json_util.dumps(explanation, indent=4, ensure_ascii=False)]

    @cached_property
    def collection_name(self) -> str:
        """What columns of the main collection are known by: its alias."""
        if self.base_table is None:
            return ""
        return str(self.base_table.table_alias or self.base_table.table_name)

    @cached_property
    def table_name(self) -> str:
        return str(self.base_table.table_name if self.base_table else self.collection_name)

    @property
    def collection(self) -> Any:
        return self.connection.get_collection(self.table_name)

    def get_lookup_pipeline(self) -> list[MQL]:
        """DocumentDBQuery makes the stages, to put them behind what filters."""
        self.joins = tuple(
            self.query.alias_map[alias]
            for alias in tuple(self.query.alias_map)
            if self.query.alias_refcount[alias] and alias != self.collection_name
        )
        return []

    def _wanted_columns(self) -> Any:
        query = self.query
        # Without a $project, documents come as they are.
        whole = query.default_cols and not query.annotations and not query.distinct
        return None if whole else self.columns

    def _is_shuffled(self) -> bool:
        orders = self.order_by_objs
        # What comes after a random order never decides.
        return bool(orders) and isinstance(orders[0].expression, Random)

    def _get_ordering(self) -> Any:
        return ((), SON(), ()) if self._is_shuffled() else super()._get_ordering()

    def _is_stored(self, order: Any) -> bool:
        if order.nulls_first or order.nulls_last:
            return False
        # A Ref may name an annotation that is a column, under another name.
        source = getattr(order.expression, "source", order.expression)
        return isinstance(source, Col) and self._path(source) == self._path(order.expression)

    def _path(self, expression: Any) -> str:
        return str(expression.as_mql(self, self.connection))

    def _build_aggregation_pipeline(self, ids: Any, group: MQL) -> list[MQL]:
        if self.having:
            self.having = Having(self.having.children, self.having.connector, self.having.negated)
        if not ids:
            return [{"$group": {**group, "_id": None}}]
        fields = {name: f"$_id.{name}" for name in ids} | dict.fromkeys(group, 1)
        return [{"$group": {**group, "_id": ids}}, {"$project": {"_id": 0, **fields}}]

    def _get_replace_expr(self, sub_expr: Any, group: MQL, alias: str) -> Any:
        replacement = super()._get_replace_expr(sub_expr, group, alias)
        counts = isinstance(sub_expr, Count)
        if counts and not sub_expr.distinct:
            if isinstance(sub_expr.get_source_expressions()[0], Star) and not sub_expr.filter:
                group[alias] = {"$sum": 1}
            # $sum is never null: Coalesce(..., 0) is not needed.
            return replacement.get_source_expressions()[0]
        if isinstance(sub_expr, Sum):
            (summed,) = group[alias].values()
            group[f"{alias}__largest"] = {"$max": summed}
            largest = self._get_column_from_expression(sub_expr, f"{alias}__largest")
            return NullWithoutValues(replacement, largest, output_field=sub_expr.output_field)
        return replacement

    def _row_over_nothing(self) -> Row | None:
        """SQL gives one row of aggregates over no rows; $group gives none."""
        annotations = self.query.annotation_select.values()
        if self.query.group_by is not None or not any(
            each.contains_aggregate for each in annotations
        ):
            return None
        return [over_nothing(each) for each in annotations]


class Having(WhereNode):
    """The condition on groups. The parent has no case for one that is always true."""

    def as_mql(self, compiler: Any, connection: Any, as_expr: bool = False) -> MQL:
        try:
            # The parent gives it to every WhereNode.
            condition: MQL = super().as_mql(compiler, connection, as_expr)  # type: ignore[misc]
        except FullResultSet:
            return {}
        return condition


class SQLInsertCompiler(mongodb.SQLInsertCompiler, SQLCompiler):
    def execute_sql(  # type: ignore[override]
        self, returning_fields: Any = None
    ) -> list[tuple[Any]]:
        documents = [self._document(each) for each in self.query.objs]
        ignore_conflicts = self.query.on_conflict == OnConflict.IGNORE
        session = self.connection.session
        try:
            ids = self.collection.insert_many(
                documents, ordered=not ignore_conflicts, session=session
            ).inserted_ids
        except IntegrityError:
            # In a transaction the error has ended it.
            if not ignore_conflicts or session is not None:
                raise
            return []
        return [(each,) for each in ids] if returning_fields else []

    def _document(self, instance: Any) -> MQL:
        return {
            field.column: to_store(
                field,
                getattr(instance, field.attname)
                if self.query.raw
                else field.pre_save(instance, instance._state.adding),
                self.connection,
            )
            for field in self.query.fields
        }


class SQLDeleteCompiler(mongodb.SQLDeleteCompiler, SQLCompiler):
    def execute_sql(self, result_type: str = MULTI) -> int:  # type: ignore[override]
        self.prepare()
        if not self.single_alias:
            return self._delete_by_key(result_type)
        try:
            criteria = self.build_query().criteria()
        except EmptyResultSet:
            return 0
        session = self.connection.session
        return int(self.collection.delete_many(criteria, session=session).deleted_count)

    def _delete_by_key(self, result_type: str) -> int:
        key = self.query.model._meta.pk
        selecting = self.query.clone()
        selecting.__class__ = Query
        selecting.clear_select_clause()
        selecting.select = (key.get_col(self.query.get_initial_alias()),)
        rows = selecting.get_compiler(connection=self.connection).results_iter()
        deleting: Any = DeleteQuery(self.query.model)
        deleting.add_filter("pk__in", [row[0] for row in rows])
        compiler = deleting.get_compiler(connection=self.connection)
        return int(compiler.execute_sql(result_type))


class SQLUpdateCompiler(mongodb.SQLUpdateCompiler, SQLCompiler):
    def pre_sql_setup(self) -> None:  # type: ignore[override]
        self.prepare()
        super().pre_sql_setup()

    def check_query(self) -> None:
        # Across joins, pre_sql_setup() has put primary keys in place of the conditions.
        SQLCompiler.check_query(self)

    def execute_sql(self, result_type: str) -> int:  # type: ignore[override]
        """The number of documents matched by the first update that changes any field."""
        self.pre_sql_setup()
        changes = Changes(self)
        try:
            criteria = self.build_query().criteria()
        except EmptyResultSet:
            return 0
        matched = write(self, criteria, changes) if changes else None
        # Those of the models that this one inherits from.
        for query in self.query.get_related_updates():
            of_parent = query.get_compiler(self.using).execute_sql(result_type)
            matched = matched or of_parent if matched is None else matched
        return matched or 0


class SQLAggregateCompiler(mongodb.SQLAggregateCompiler, SQLCompiler):
    def rows(self) -> Iterator[Row]:
        inner = self.query.inner_query
        if not inner.combinator:
            return super().rows()
        # All that Django aggregates over a union is its count.
        compiler = inner.get_compiler(connection=self.connection)
        rows = compiler.results_iter(tuple_expected=True)
        return iter([[sum(1 for _ in rows)]])


def _without_identities(fields: MQL, path: str = "$") -> MQL:
    """$addFields without {"name": "$name"}, which is there for databases without the field."""
    result = {}
    for name, value in fields.items():
        nested = isinstance(value, dict) and value and not next(iter(value)).startswith("$")
        kept = _without_identities(value, f"{path}{name}.") if nested else value
        if kept != f"{path}{name}" and (kept or not nested):
            result[name] = kept
    return result
