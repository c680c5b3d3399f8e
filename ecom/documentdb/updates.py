"""What update() writes. DocumentDB has no updates by a pipeline, so

- constants become $set, F("n") + 1 becomes $inc, F("n") * 2 becomes $mul: one atomic command;
- bulk_update() becomes one update for each object, in one bulk write;
- anything else is computed by the server, document by document, and written back on the condition
  that the document still has the values it was computed from.
"""

from __future__ import annotations

import random
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bson import Decimal128
from django.core.exceptions import FieldError
from django.db import OperationalError, models
from django.db.models import Field, Value
from django.db.models.expressions import Case, Col, Combinable, CombinedExpression
from django.db.models.functions import Now
from django.db.models.lookups import Exact
from django.db.models.sql.where import WhereNode
from django.utils import timezone
from pymongo import UpdateOne

from ecom.documentdb import rewrite
from ecom.documentdb.prepare import Preparation
from ecom.documentdb.query import clauses_of, refuse_unsupported
from ecom.documentdb.rewrite import MQL
from ecom.documentdb.values import from_stored, to_store

if TYPE_CHECKING:
    from ecom.documentdb.compiler import SQLUpdateCompiler

# How often a document is computed anew when others keep changing it.
ATTEMPTS = 20
FIRST_PAUSE, LONGEST_PAUSE = 0.002, 0.25  # seconds

if TYPE_CHECKING:
    Column = Field[Any, Any]
# An update operator and its argument for one field, such as ("$inc", 1).
Operation = tuple[str, Any]


class Changes:
    """The fields of an update, by how they can be written."""

    def __init__(self, compiler: SQLUpdateCompiler) -> None:
        self.connection = compiler.connection
        self.update: MQL = {}
        # Arithmetic on fields that may be null: $inc refuses null, SQL leaves it.
        self.nullable: dict[Column, tuple[Any, Operation]] = {}
        # Of bulk_update(): for each field, the value of each primary key.
        self.by_key: dict[Column, tuple[Any, dict[Any, Operation]]] = {}
        self.computed: dict[Column, Any] = {}
        for field, _, value in compiler.query.values:
            self._add(field, _resolved(compiler, field, value))
        if len(self.nullable) > 1 or self.computed:
            self.computed |= {field: value for field, (value, _) in self.nullable.items()}
            self.nullable = {}
        if self.computed:
            self.computed |= {field: value for field, (value, _) in self.by_key.items()}
            self.by_key = {}

    def __bool__(self) -> bool:
        return bool(self.update or self.nullable or self.by_key or self.computed)

    def _add(self, field: Column, value: Any) -> None:
        operation = _operation(field, value, self.connection)
        if operation is None:
            values = _values_by_key(field, value, self.connection)
            if values is None:
                self.computed[field] = value
            else:
                self.by_key[field] = (value, values)
        elif field.null and operation[0] != "$set":
            self.nullable[field] = (value, operation)
        else:
            _put(self.update, field, operation)


def write(compiler: SQLUpdateCompiler, criteria: MQL, changes: Changes) -> int:
    """The number of documents that met the criteria."""
    if changes.by_key:
        return _write_by_key(compiler, criteria, changes)
    if changes.computed:
        return _write_computed(compiler, criteria, changes)
    if changes.nullable:
        return _write_nullable(compiler, criteria, changes)
    return _update_many(compiler, criteria, changes.update)


def _resolved(compiler: SQLUpdateCompiler, field: Column, value: Any) -> Any:
    if hasattr(value, "resolve_expression"):
        value = value.resolve_expression(compiler.query, allow_joins=False, for_save=True)
        if value.contains_aggregate or value.contains_over_clause:
            kind = "Aggregate functions" if value.contains_aggregate else "Window expressions"
            raise FieldError(f"{kind} are not allowed in this query ({field.name}={value!r}).")
        return Preparation(compiler.query, compiler.connection).expression(value)
    if hasattr(value, "prepare_database_save"):
        if field.remote_field:
            return value.prepare_database_save(field)
        if not getattr(field, "stores_model_instance", False):
            raise TypeError(
                f"Tried to update field {field} with a model instance, {value!r}. "
                f"Use a value compatible with {field.__class__.__name__}."
            )
    return value


def _operation(field: Column, value: Any, connection: Any) -> Operation | None:
    if not hasattr(value, "resolve_expression") or isinstance(value, Value | Now):
        return "$set", to_store(field, value, connection)
    # Not its subclasses: those of dates and durations compute otherwise.
    if type(value) is not CombinedExpression:
        return None
    column, amount, connector = value.lhs, value.rhs, value.connector
    if connector in (Combinable.ADD, Combinable.MUL) and isinstance(column, Value):
        column, amount = amount, column
    if not isinstance(column, Col) or column.target.column != field.column:
        return None
    if not isinstance(amount, Value) or not _fits(field, connector, amount.value):
        return None
    number = -amount.value if connector == Combinable.SUB else amount.value
    name = "$mul" if connector == Combinable.MUL else "$inc"
    return name, _as_stored_number(field, number, connection)


def _fits(field: Column, connector: str, amount: Any) -> bool:
    """Is the result of the field's type, and needs no rounding?"""
    if connector not in (Combinable.ADD, Combinable.SUB, Combinable.MUL):
        return False
    if isinstance(amount, bool):
        return False
    if isinstance(field, models.IntegerField):
        return isinstance(amount, int)
    if isinstance(field, models.FloatField):
        return isinstance(amount, int | float)
    if not isinstance(field, models.DecimalField) or not isinstance(amount, int | Decimal):
        return False
    places = 0 if connector == Combinable.MUL else field.decimal_places
    digits = Decimal(amount).normalize().as_tuple().exponent
    return isinstance(digits, int) and -digits <= places


def _as_stored_number(field: Column, number: Any, connection: Any) -> Any:
    if isinstance(field, models.IntegerField):
        return connection.ops.adapt_integerfield_value(number, field.get_internal_type())
    return Decimal128(Decimal(number)) if isinstance(field, models.DecimalField) else number


def _values_by_key(field: Column, value: Any, connection: Any) -> dict[Any, Operation] | None:
    """bulk_update()'s Case(When(pk=1, then=...), ...), unless it is another Case."""
    if type(value) is not Case or not isinstance(value.default, Value):
        return None
    if value.default.value is not None:
        return None
    result: dict[Any, Operation] = {}
    for when in value.cases:
        key = _only_key(when.condition)
        operation = _operation(field, when.result, connection)
        if key is None or operation is None or (field.null and operation[0] != "$set"):
            return None
        result.setdefault(key.lhs.target.get_db_prep_value(key.rhs, connection), operation)
    return result


def _only_key(condition: Any) -> Exact | None:
    """The condition, if it is that the primary key is a constant."""
    if isinstance(condition, WhereNode) and len(condition.children) == 1 and not condition.negated:
        (condition,) = condition.children
    is_key = (
        isinstance(condition, Exact)
        and isinstance(condition.lhs, Col)
        and condition.lhs.target.primary_key
        and condition.rhs_is_direct_value()
    )
    return condition if is_key else None


def _put(update: MQL, field: Column, operation: Operation) -> None:
    name, argument = operation
    update.setdefault(name, {})[field.column] = argument


def _update_many(compiler: SQLUpdateCompiler, criteria: MQL, update: MQL) -> int:
    session = compiler.connection.session
    return int(compiler.collection.update_many(criteria, update, session=session).matched_count)


def _write_nullable(compiler: SQLUpdateCompiler, criteria: MQL, changes: Changes) -> int:
    ((field, (_, operation)),) = changes.nullable.items()
    column = str(field.column)
    with_value = {name: dict(fields) for name, fields in changes.update.items()}
    _put(with_value, field, operation)
    without_value = changes.update or {"$set": {column: None}}
    # Neither of the two makes a null of a number, nor a number of a null: no document meets both.
    return _update_many(compiler, _both(criteria, {column: None}), without_value) + _update_many(
        compiler, _both(criteria, {column: {"$ne": None}}), with_value
    )


def _write_by_key(compiler: SQLUpdateCompiler, criteria: MQL, changes: Changes) -> int:
    column = compiler.query.get_meta().pk.column
    updates: dict[Any, MQL] = {}
    for field, (_, operations) in changes.by_key.items():
        for key, operation in operations.items():
            if key not in updates:
                updates[key] = {name: dict(each) for name, each in changes.update.items()}
            _put(updates[key], field, operation)
    # bulk_update() itself filters by the keys, which need not be said again for each of them.
    filtered = list(criteria) == [column] and set(criteria[column].get("$in", ())) >= set(updates)
    requests = [
        UpdateOne({column: key} if filtered else _both(criteria, {column: key}), update)
        for key, update in updates.items()
    ]
    session = compiler.connection.session
    return int(compiler.collection.bulk_write(requests, session=session).matched_count)


def _write_computed(compiler: SQLUpdateCompiler, criteria: MQL, changes: Changes) -> int:
    connection = compiler.connection
    columns = {
        column.target.column
        for value in changes.computed.values()
        for column in compiler.query._gen_cols([value])
    }
    stages = _computing(compiler, changes.computed, sorted(columns))
    # Its _id is all that the document keeps for certain; that it is among a thousand others need
    # not be said again.
    still = [each for each in clauses_of(criteria) if list(each) != ["_id"]]
    matched, remaining = 0, criteria
    for attempt in range(ATTEMPTS):
        if attempt:
            spread = min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)
            time.sleep(random.uniform(0, spread))  # noqa: S311 - spreads rivals, keeps no secret
        overtaken = []
        rows = compiler.collection.aggregate(
            [{"$match": remaining}, *stages], session=connection.session
        )
        for row in list(rows):
            unchanged = [{name: {"$eq": value}} for name, value in _read(row, sorted(columns))]
            update = {name: dict(each) for name, each in changes.update.items()}
            for index, field in enumerate(changes.computed):
                value = from_stored(field, row.get(f"new{index}"), connection)
                _put(update, field, ("$set", to_store(field, value, connection)))
            guarded = _both({"_id": row["_id"]}, *still, *unchanged)
            if _update_many(compiler, guarded, update):
                matched += 1
            else:
                overtaken.append(row["_id"])
        if not overtaken:
            return matched
        remaining = _both(criteria, {"_id": {"$in": overtaken}})
    raise OperationalError(
        f"{len(overtaken)} documents of {compiler.table_name} were changed by others each time "
        f"they were about to be updated; {matched} have been updated. Run the update again, with a "
        "filter that leaves those out."
    )


def _computing(
    compiler: SQLUpdateCompiler, computed: dict[Column, Any], columns: list[str]
) -> list[MQL]:
    """Stages that give, for each document, the new values and those they come from."""
    new = {
        f"new{index}": value.as_mql(compiler, compiler.connection, as_expr=True)
        for index, value in enumerate(computed.values())
    }
    old = {f"old{index}": f"${column}" for index, column in enumerate(columns)}
    stages = rewrite.pipeline([{"$project": {**new, **old}}], timezone.now().replace(tzinfo=None))
    refuse_unsupported({"aggregate": compiler.table_name, "pipeline": stages})
    return stages


def _read(row: MQL, columns: list[str]) -> list[tuple[str, Any]]:
    return [(column, row.get(f"old{index}")) for index, column in enumerate(columns)]


def _both(criteria: MQL, *others: MQL) -> MQL:
    conditions = [each for each in (criteria, *others) if each]
    return conditions[0] if len(conditions) == 1 else {"$and": conditions}
