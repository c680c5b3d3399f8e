"""Subqueries, which DocumentDB 5.0 cannot run, as queries of their own that run first."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import NotSupportedError
from django.db.models import BooleanField
from django.db.models.expressions import Col, Expression, Subquery, Value
from django.db.models.lookups import Exact, In
from django.db.models.sql import Query
from django.db.models.sql.constants import SINGLE
from django.db.models.sql.where import AND, OR, WhereNode

# Each value travels to this process and back: at 20 to 50 bytes a value, this is some megabytes
# of the 16 MiB that a command may have.
MOST_VALUES = 100_000

CORRELATED = (
    "DocumentDB 5.0 cannot run a subquery that depends on the outer row ($lookup with let), "
    "other than Exists() with one equality to it. Use two queries, or prefetch_related()."
)


@dataclass
class Alternative:
    """inner == outer among the documents that meet the conditions; without a link, any of them."""

    link: tuple[Col, Col] | None
    conditions: list[Any]


def exists(expression: Any, connection: Any) -> Any:
    """Exists() as a condition without a subquery: outer column IN values of the inner column."""
    query = expression.query
    if not query.get_external_cols():
        found = query.get_compiler(connection=connection).execute_sql(SINGLE) is not None
        return Value(found, BooleanField())
    # Exists() has limited the query to one row, which does not matter to IN.
    if query.combinator or query.group_by or query.low_mark or query.high_mark not in (None, 1):
        raise NotSupportedError(CORRELATED)
    conditions: list[Any] = []
    for alternative in alternatives(query, [query.where]):
        condition = _condition(query, alternative, connection)
        if condition is True:
            return Value(True, BooleanField())
        if condition is not None:
            conditions.append(condition)
    if not conditions:
        return Value(False, BooleanField())
    return conditions[0] if len(conditions) == 1 else WhereNode(conditions, OR)


def scalar(expression: Subquery, connection: Any) -> Value:
    row = next(_rows(expression.query, connection), None)
    return Value(row[0] if row else None, expression.output_field)


def fetched(query: Any, connection: Any) -> list[Any]:
    """The first column of an uncorrelated query."""
    values = [row[0] for row in islice(_rows(query, connection), MOST_VALUES + 1)]
    if len(values) > MOST_VALUES:
        raise NotSupportedError(
            f"A subquery on {query.model._meta.label} gives more than {MOST_VALUES:,} values, "
            "which would have to be sent with the outer query. Filter it more, or use two queries."
        )
    return values


def _rows(query: Any, connection: Any) -> Iterator[tuple[Any, ...]]:
    if query.get_external_cols():
        raise NotSupportedError(CORRELATED)
    compiler = query.get_compiler(connection=connection)
    return iter(compiler.results_iter(tuple_expected=True, chunked_fetch=True))


def alternatives(query: Any, conditions: list[Any]) -> list[Alternative]:
    """EXISTS(a AND (b OR c)) is EXISTS(a AND b) OR EXISTS(a AND c)."""
    flat = [each for condition in conditions for each in _conjuncts(condition)]
    outside = [each for each in flat if refers_outside(query, each)]
    inside = [each for each in flat if each not in outside]
    if not outside:
        return [Alternative(None, inside)]
    if len(outside) > 1:
        raise NotSupportedError(CORRELATED)
    (node,) = outside
    if isinstance(node, WhereNode) and node.connector == OR and not node.negated:
        return [each for child in node.children for each in alternatives(query, [*inside, child])]
    return [Alternative(_link(query, node), inside)]


def refers_outside(query: Any, node: Any) -> bool:
    columns = query._gen_cols([node], include_external=True)
    return any(column.alias in query.external_aliases for column in columns)


def _conjuncts(node: Any) -> Iterator[Any]:
    if isinstance(node, WhereNode) and node.connector == AND and not node.negated:
        for child in node.children:
            yield from _conjuncts(child)
    else:
        yield node


def _link(query: Query, node: Any) -> tuple[Col, Col]:
    if isinstance(node, Exact) and isinstance(node.lhs, Col) and isinstance(node.rhs, Col):
        for inner, outer in ((node.lhs, node.rhs), (node.rhs, node.lhs)):
            if outer.alias in query.external_aliases and inner.alias in query.alias_map:
                return inner, outer
    raise NotSupportedError(CORRELATED)


def _condition(query: Query, alternative: Alternative, connection: Any) -> Expression | bool | None:
    """None if no document can meet it, True if all do."""
    inner_query = query.clone()
    inner_query.where = WhereNode(list(alternative.conditions))
    inner_query.clear_ordering(force=True)
    if alternative.link is None:
        compiler = inner_query.get_compiler(connection=connection)
        return True if compiler.execute_sql(SINGLE) is not None else None
    inner, outer = alternative.link
    inner_query.clear_limits()
    inner_query.clear_select_clause()
    inner_query.default_cols = False
    inner_query.select = (inner,)
    inner_query.distinct = True
    values = [each for each in fetched(inner_query, connection) if each is not None]
    return In(outer, values) if values else None
