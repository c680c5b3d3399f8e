"""A query as Django builds it, made ready for MongoQuery: without subqueries, with the conditions
that SQL implies, and with the extra column of prefetch_related() as an annotation."""

from typing import Any

from django.db import NotSupportedError
from django.db.models import BooleanField, Value
from django.db.models.expressions import (
    Col,
    CombinedExpression,
    Exists,
    NegatedExpression,
    Subquery,
)
from django.db.models.lookups import Exact, IsNull, Lookup
from django.db.models.sql import Query
from django.db.models.sql.constants import LOUTER
from django.db.models.sql.where import OR, ExtraWhere, NothingNode, WhereNode

from ecom.documentdb import subqueries
from ecom.documentdb.zones import IN_ZONES, in_its_zone

PREFETCH = "_prefetch_related_val_"
COMPARISONS = frozenset({"exact", "gt", "gte", "lt", "lte", "in"})
# MQL sorts null below everything: null <= null, and anything > null.
TRUE_OF_NULL = frozenset({"exact", "gt", "gte"})


def prepared(query: Query, connection: Any) -> Query:
    """A copy; the query itself may run again, and its subqueries then give other values."""
    clone = query.clone()
    _annotate_prefetch_keys(clone)
    preparation = Preparation(clone, connection)
    clone.annotations = {
        name: preparation.expression(each) for name, each in clone.annotations.items()
    }
    clone.where = preparation.condition(clone.where)
    if isinstance(clone.group_by, tuple):
        clone.group_by = tuple(preparation.expression(each) for each in clone.group_by)
    return clone


class Preparation:
    def __init__(self, query: Any, connection: Any) -> None:
        self.query = query
        self.connection = connection
        # An annotation may stand in the filter too: its subquery runs once.
        self.done: dict[int, tuple[Any, Any]] = {}
        self.negated = False
        # Columns whose nulls a condition next to this one excludes.
        self.guarded: list[Any] = []

    def expression(self, node: Any) -> Any:
        if id(node) not in self.done:
            self.done[id(node)] = (node, self._expression(node))
        return self.done[id(node)][1]

    def condition(self, node: Any) -> Any:
        """As expression(), where a condition stands alone, so that it can use an index."""
        if isinstance(node, ExtraWhere):
            raise NotSupportedError("DocumentDB has no SQL. Use filter() in place of extra().")
        # build_filter() makes filter(Exists(...)) an Exact(Exists(...), True).
        if type(node) is Exact and isinstance(node.rhs, bool) and _is_exists(node.lhs):
            return self._truth(node.lhs, negated=not node.rhs)
        if _is_exists(node):
            return self._truth(node, negated=False)
        if self.query.model is None and _compares_null(node):
            # A constraint's validation lets pass what SQL would call neither true nor false.
            return WhereNode([NothingNode()], negated=not self.negated)
        result = self.expression(node)
        if isinstance(result, Value):
            true = self.negated if result.value is None else result.value
            return WhereNode([NothingNode()], negated=bool(true))
        return result

    def _truth(self, node: Any, *, negated: bool) -> WhereNode:
        while isinstance(node, NegatedExpression):
            node, negated = node.expression, not negated
        result = self.expression(node)
        if isinstance(result, Value):
            return WhereNode([NothingNode()], negated=negated is not result.value)
        return WhereNode([result], negated=negated)

    def _expression(self, node: Any) -> Any:
        if isinstance(node, WhereNode):
            return self._where(node)
        if isinstance(node, Exists):
            return subqueries.exists(node, self.connection)
        if isinstance(node, Subquery):
            return subqueries.scalar(node, self.connection)
        if isinstance(node, Lookup):
            return self._lookup(node)
        # A condition within an expression, such as Case(When(...)), is a whole of its own.
        outside, self.negated = self.negated, False
        result = self._with_prepared_sources(node)
        self.negated = outside
        return in_its_zone(result) if type(result) in IN_ZONES else result

    def _where(self, node: WhereNode) -> WhereNode:
        outside = self.negated, self.guarded
        self.negated ^= node.negated
        self.guarded = [
            child.lhs for child in node.children if isinstance(child, IsNull) and not child.rhs
        ]
        children = [self.condition(child) for child in node.children]
        self.negated, self.guarded = outside
        if all(new is old for new, old in zip(children, node.children, strict=True)):
            return node
        clone = node.clone()
        clone.children = children
        return clone

    def _lookup(self, node: Any) -> Any:
        rhs = node.rhs
        inner = rhs.query if isinstance(rhs, Subquery) and not isinstance(rhs, Exists) else rhs
        if isinstance(inner, Query):
            return self._with_values(node, inner)
        node = self._with_prepared_sources(node)
        if node.lookup_name in COMPARISONS and _looks_like_a_path(node.rhs):
            node = node.copy()
            node.rhs = Value(node.rhs)
        if self.negated:
            return self._or_unknown(node)
        if node.lookup_name in TRUE_OF_NULL and self._may_be_null(node.rhs):
            conditions: Any = [node, IsNull(node.rhs, False)]
            return WhereNode(conditions)
        return node

    def _or_unknown(self, node: Any) -> Any:
        """In SQL, NOT of a comparison with null is as little true as the comparison itself."""
        if isinstance(node, IsNull):
            return node
        sides = [each for each in (node.lhs, node.rhs) if self._may_be_null(each)]
        unknown: Any = [IsNull(each, True) for each in sides if not self._is_guarded(each)]
        return WhereNode([node, *unknown], OR) if unknown else node

    def _is_guarded(self, side: Any) -> bool:
        """Django has excluded the nulls of the columns that are filtered on by name."""
        return all(column in self.guarded for column in self.query._gen_cols([side]))

    def _with_values(self, node: Any, query: Query) -> Any:
        alias = getattr(query, "_db", None)
        if alias not in (None, self.connection.alias):
            raise ValueError(
                "Subqueries aren't allowed across different databases. Force the inner query "
                "to be evaluated using `list(inner_query)`."
            )
        clone = node.copy()
        clone.lhs = self.expression(node.lhs)
        clone.rhs = values = subqueries.fetched(query, self.connection)
        if not hasattr(node, "get_subquery_wrapping_pipeline"):
            # It compares with one value, and nothing compares with null.
            if not values or values[0] is None:
                return Value(None, BooleanField())
            clone.rhs = values[0]
        elif self.negated and None in values:
            # NOT x IN (1, NULL) is never true.
            return Value(True, BooleanField())
        return clone

    def _may_be_null(self, rhs: Any) -> bool:
        columns = list(self.query._gen_cols([rhs]))
        if not isinstance(rhs, Col | CombinedExpression):
            return bool(columns)
        return any(column.target.null or self._is_outer(column.alias) for column in columns)

    def _is_outer(self, alias: str) -> bool:
        return getattr(self.query.alias_map.get(alias), "join_type", None) == LOUTER

    def _with_prepared_sources(self, node: Any) -> Any:
        if not hasattr(node, "get_source_expressions"):
            return node
        sources = node.get_source_expressions()
        new = [each and self.expression(each) for each in sources]
        if all(each is old for each, old in zip(new, sources, strict=True)):
            return node
        clone = node.copy()
        clone.set_source_expressions(new)
        return clone


def _is_exists(node: Any) -> bool:
    while isinstance(node, NegatedExpression):
        node = node.expression
    return isinstance(node, Exists)


def _compares_null(node: Any) -> bool:
    if not isinstance(node, Lookup) or isinstance(node, IsNull):
        return False
    return any(isinstance(each, Value) and each.value is None for each in (node.lhs, node.rhs))


def _looks_like_a_path(rhs: Any) -> bool:
    """In an expression, a string with a dollar sign in front is read as a field, not compared."""
    if isinstance(rhs, list | tuple | set):
        return any(_looks_like_a_path(each) for each in rhs) and all(
            isinstance(each, str) for each in rhs
        )
    return isinstance(rhs, str) and rhs.startswith("$")


def _annotate_prefetch_keys(query: Any) -> None:
    """prefetch_related() over a many-to-many relation asks for the column of the table between
    by extra(select={"_prefetch_related_val_…": "table.column"})."""
    if not query.extra or not all(name.startswith(PREFETCH) for name in query.extra):
        return
    keys = {}
    for name, (path, _) in query.extra.items():
        table, column = path.rsplit(".", 1)
        models = query.model._meta.apps.get_models(include_auto_created=True)
        through = next(each for each in models if each._meta.db_table == table)
        field = next(each for each in through._meta.local_fields if each.column == column)
        keys[name] = Col(table, field)
    query.annotations = {**keys, **query.annotations}
    query.append_annotation_mask(keys)
    query.extra = {}
    query._extra_select_cache = None
