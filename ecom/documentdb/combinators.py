"""union(), intersection() and difference(), in this process: DocumentDB has no $unionWith.

All rows of all parts are read, whatever slice is asked for.
"""

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, Any

from bson import Decimal128
from django.core.exceptions import EmptyResultSet
from django.db import NotSupportedError
from django.db.models.sql import Query

if TYPE_CHECKING:
    from ecom.documentdb.compiler import SQLCompiler

Row = list[Any]


def combined_rows(compiler: "SQLCompiler") -> list[Row]:
    """The rows of the compiler's parts, combined, ordered and sliced."""
    query = compiler.query
    parts = [_part(each, compiler) for each in query.combined_queries]
    rows = _combined(query.combinator, query.combinator_all, [_rows(part) for part in parts])
    names = [name for name, _ in parts[0].columns]
    for order in reversed(compiler.order_by_objs):
        _sort(rows, order, names)
    return [row[: compiler.col_count] for row in rows[query.low_mark : query.high_mark]]


def _part(query: Query, compiler: "SQLCompiler") -> "SQLCompiler":
    selected = compiler.query.selected
    if selected is not None and query.selected is None:
        query = query.clone()
        query.set_values(selected)
    part: SQLCompiler = query.get_compiler(connection=compiler.connection)
    part.pre_sql_setup()
    return part


def _rows(part: "SQLCompiler") -> list[Row]:
    try:
        return list(part.rows())
    except EmptyResultSet:
        return []


def _combined(combinator: str, keep_all: bool, parts: list[list[Row]]) -> list[Row]:
    if combinator == "union":
        rows = list(chain.from_iterable(parts))
        return rows if keep_all else _distinct(rows)
    first, *others = parts
    wanted = combinator == "intersection"
    for other in others:
        known = {_key(row) for row in other}
        first = [row for row in first if (_key(row) in known) is wanted]
    return _distinct(first)


def _distinct(rows: Iterable[Row]) -> list[Row]:
    return list({_key(row): row for row in rows}.values())


def _key(value: Any) -> Any:
    """Hashable, and equal for equal values."""
    if isinstance(value, dict):
        return tuple((name, _key(each)) for name, each in value.items())
    if isinstance(value, list | tuple):
        return tuple(_key(each) for each in value)
    return value.to_decimal() if isinstance(value, Decimal128) else value


def _sort(rows: list[Row], order: Any, names: list[str]) -> None:
    ordinal = getattr(order.expression, "ordinal", None)
    index = ordinal - 1 if ordinal else names.index(order.expression.refs)
    # Nulls come first, as from $sort, unless the order says otherwise.
    nulls_first = bool(order.nulls_first or not (order.nulls_last or order.descending))

    def key(row: Row) -> tuple[bool, Any]:
        value = _key(row[index])
        is_null = value is None
        last = is_null is not nulls_first
        return last is not bool(order.descending), 0 if is_null else value

    try:
        rows.sort(key=key, reverse=bool(order.descending))
    except TypeError:
        raise NotSupportedError(
            f"Rows of {order.expression.refs!r} cannot be ordered: their values are of several "
            "types. Order them in Python."
        ) from None
