"""Values as they are stored."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Any

from bson import Decimal128
from django.db import IntegrityError, NotSupportedError
from django.db.models import DecimalField, Field, Value
from django.db.models.functions import Now
from django.utils import timezone

# The digits that Decimal128 holds.
DECIMAL128 = Context(prec=34)


def to_store(field: Field[Any, Any], value: Any, connection: Any) -> Any:
    """A value of the model, or a constant expression, as it is stored: decimals are rounded to
    the field's places, as a column of SQL does.

    Raises IntegrityError for null where it is not allowed, NotSupportedError for an expression.
    """
    if isinstance(value, Now):
        value = timezone.now()
    if isinstance(value, Value):
        value = value.value
    if hasattr(value, "resolve_expression"):
        raise NotSupportedError(
            f"DocumentDB cannot compute {field.name} while inserting. Compute it in Python."
        )
    stored = field.get_db_prep_save(value, connection=connection)
    if stored is None and not field.null and not field.primary_key:
        raise IntegrityError(f"You can't set {field.name} (a non-nullable field) to None.")
    if isinstance(field, DecimalField) and isinstance(stored, Decimal128):
        return Decimal128(_rounded(field, stored.to_decimal()))
    return stored


def from_stored(field: Field[Any, Any], stored: Any, connection: Any) -> Any:
    """What the server has computed for a field, as a value of the model."""
    if stored is None:
        return None
    if isinstance(stored, Decimal128) and not isinstance(field, DecimalField):
        stored = stored.to_decimal()
    column = field.get_col(field.model._meta.db_table)
    converters = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
    for convert in converters:
        stored = convert(stored, column, connection)
    return field.to_python(stored)


def _rounded(field: DecimalField[Any, Any], number: Decimal) -> Decimal:
    if not number.is_finite() or field.decimal_places is None:
        return number
    return number.quantize(Decimal(1).scaleb(-field.decimal_places), context=DECIMAL128)
