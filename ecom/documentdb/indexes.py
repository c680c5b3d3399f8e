"""Django's indexes and unique constraints as indexes that DocumentDB can build.

Its partial indexes know $eq, $exists, $gt, $gte, $lt, $lte, and $and at the top. The parent lets a
unique index hold many nulls by {"$type": ...}; here a range that only this type meets does it, and
a field that cannot be null needs neither, so that its index can serve every query.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bson import Decimal128, Int64, ObjectId
from django.db import NotSupportedError
from django.db.models import Index, Model
from django.db.models.sql import Query
from django.db.models.sql.where import AND, WhereNode
from django_mongodb_backend.indexes import SearchIndex
from django_mongodb_backend.query_utils import process_rhs
from pymongo import ASCENDING, DESCENDING, IndexModel

LOWEST = {
    "binData": b"",
    "bool": False,
    "date": datetime(1, 1, 1),
    "decimal": Decimal128("-Infinity"),
    "double": float("-inf"),
    "int": Int64(-(2**63)),
    "long": Int64(-(2**63)),
    "objectId": ObjectId("0" * 24),
    "string": "",
}
OPERATORS = {"exact": "$eq", "gt": "$gt", "gte": "$gte", "lt": "$lt", "lte": "$lte"}

Filter = dict[str, dict[str, Any]]


def index_model(  # noqa: PLR0913 - one description of an index
    model: type[Model],
    index: Index,
    connection: Any,
    *,
    field: Any = None,
    unique: bool = False,
    nulls_distinct: bool = True,
    column_prefix: str = "",
) -> IndexModel | None:
    """None for what is not built: expressions, and indexes of Atlas Search.

    Raises NotSupportedError for a condition that a partial index cannot have.
    """
    if index.contains_expressions or isinstance(index, SearchIndex):
        return None
    keys: list[tuple[Any, int]] = [(field, ASCENDING)]
    if not field:
        keys = [
            (model._meta.get_field(name), DESCENDING if order == "DESC" else ASCENDING)
            for name, order in index.fields_orders
        ]
    partial: Filter = {}
    if index.condition:
        partial = _conditions(model, index, connection)
    if unique and nulls_distinct:
        for each, _ in keys:
            if each.null or column_prefix:
                column = column_prefix + each.column
                partial.setdefault(column, {"$gte": _lowest(each, index, connection)})
    options: dict[str, Any] = {"unique": True} if unique else {}
    if partial:
        options["partialFilterExpression"] = partial
    return IndexModel(
        [(column_prefix + each.column, order) for each, order in keys], name=index.name, **options
    )


def _conditions(model: type[Model], index: Any, connection: Any) -> Filter:
    query = Query(model=model, alias_cols=False)
    where = query.build_where(index.condition)
    compiler = query.get_compiler(connection=connection)
    result: Filter = {}
    for lookup in _lookups(where, index):
        column = lookup.lhs.target.column
        operator, value = _operator(lookup, index, compiler, connection)
        if operator in result.setdefault(column, {}):
            raise NotSupportedError(
                f"The condition of {index.name} has {operator} on {column} twice: say it once."
            )
        result[column][operator] = value
    return result


def _lookups(node: Any, index: Index) -> Iterator[Any]:
    if not isinstance(node, WhereNode):
        yield node
        return
    if node.negated or (node.connector != AND and len(node.children) > 1):
        wrong = "NOT" if node.negated else node.connector
        raise NotSupportedError(
            f"The condition of {index.name} has {wrong}, which DocumentDB's partial indexes lack. "
            "Create one partial index for each condition."
        )
    for child in node.children:
        yield from _lookups(child, index)


def _operator(lookup: Any, index: Index, compiler: Any, connection: Any) -> tuple[str, Any]:
    name = lookup.lookup_name
    if name == "isnull":
        if lookup.rhs:
            return "$eq", None
        return "$gte", _lowest(lookup.lhs.target, index, connection)
    if name not in OPERATORS:
        raise NotSupportedError(
            f"The condition of {index.name} uses __{name}, which DocumentDB's partial indexes "
            f"lack. Use {', '.join(f'__{each}' for each in OPERATORS)} or __isnull."
        )
    return OPERATORS[name], process_rhs(lookup, compiler, connection)


def _lowest(field: Any, index: Index, connection: Any) -> Any:
    kind = field.db_type(connection)
    if kind not in LOWEST:
        raise NotSupportedError(
            f"{index.name} would have to tell nulls from values of {field.name}, which "
            f"DocumentDB's partial indexes cannot for the type {kind}. Set null=False."
        )
    return LOWEST[kind]
