"""A join of Django's as stages: $lookup on equality, then what else it asks for, then $unwind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Field
from django.db.models.fields.related import ForeignKey
from django.db.models.fields.reverse_related import OneToOneRel
from django.db.models.sql.constants import LOUTER
from django.db.models.sql.datastructures import Join

from ecom.documentdb.rewrite import MQL, renamed

if TYPE_CHECKING:
    from ecom.documentdb.compiler import SQLCompiler

NUMBERS = frozenset({"int", "long", "double", "decimal"})


def join_stages(join: Any, compiler: SQLCompiler) -> list[MQL]:
    alias = str(join.table_alias)
    (local, foreign), *more_pairs = join.join_fields
    stages, path = _local_path(join, local, foreign, compiler)
    stages.append(
        {
            "$lookup": {
                "from": join.table_name,
                "localField": path,
                "foreignField": foreign.column,
                "as": alias,
            }
        }
    )
    conditions: list[MQL] = [
        {"$eq": [f"${_prefix(join, compiler)}{left.column}", f"${alias}.{right.column}"]}
        for left, right in more_pairs
    ]
    if foreign.null and (local.null or _is_outer(join.parent_alias, compiler)):
        # $lookup takes null, and nothing, as equal to null; SQL does not.
        conditions.append({"$ne": [{"$ifNull": [f"${path}", None]}, None]})
    conditions += [
        restriction.as_mql(compiler, compiler.connection, as_expr=True)
        for restriction in _restrictions(join)
    ]
    if conditions:
        stages.append(_kept(alias, conditions))
    unwind: Any = f"${alias}"
    if join.join_type == LOUTER:
        unwind = {"path": unwind, "preserveNullAndEmptyArrays": True}
    stages.append({"$unwind": unwind})
    return stages


def keeps_rows(join: Join) -> bool:
    """Does each row of the left side come out exactly once?

    Over an inner join it does as long as no foreign key points to a deleted document.
    """
    if join.filtered_relation is not None:
        return False
    field = join.join_field
    if isinstance(field, ForeignKey):
        return bool(join.join_type == LOUTER or not field.null)
    return isinstance(field, OneToOneRel) and join.join_type == LOUTER


def _local_path(
    join: Any, local: Field[Any, Any], foreign: Field[Any, Any], compiler: SQLCompiler
) -> tuple[list[MQL], str]:
    """The path to join on, and the stage that converts it to the other side's type, if need be."""
    path = f"{_prefix(join, compiler)}{local.column}"
    ours, theirs = local.db_type(compiler.connection), foreign.db_type(compiler.connection)
    if ours == theirs or {ours, theirs} <= NUMBERS:
        return [], path
    converted = {"input": f"${path}", "to": theirs, "onError": None, "onNull": None}
    name = f"__key_of_{join.table_alias}"
    return [{"$addFields": {name: {"$convert": converted}}}], name


def _prefix(join: Join, compiler: SQLCompiler) -> str:
    return "" if join.parent_alias == compiler.collection_name else f"{join.parent_alias}."


def _is_outer(alias: str, compiler: SQLCompiler) -> bool:
    return getattr(compiler.query.alias_map[alias], "join_type", None) == LOUTER


def _restrictions(join: Any) -> list[Any]:
    found = [join.join_field.get_extra_restriction(join.table_alias, join.parent_alias)]
    if join.filtered_relation is not None:
        found.append(join.filtered_relation.resolved_condition)
    return [each for each in found if each]


def _kept(alias: str, conditions: list[MQL]) -> MQL:
    """Of the joined documents those that meet the conditions: before $unwind, so that an outer
    join keeps the row when there are none."""
    condition = renamed({"$and": conditions}, f"${alias}.", "$$joined.")
    kept = {"$filter": {"input": f"${alias}", "as": "joined", "cond": condition}}
    return {"$addFields": {alias: kept}}
