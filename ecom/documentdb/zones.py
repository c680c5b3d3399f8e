"""The date or time of day in a time zone; the parent knows those in UTC only."""

from typing import Any

from django.db.models.functions import TruncDate, TruncTime
from django_mongodb_backend.query_utils import process_lhs


class DateInZone(TruncDate):
    def as_mql_expr(self, compiler: Any, connection: Any) -> dict[str, Any]:
        date = _text(self, "%Y-%m-%d", compiler, connection)
        # As DateField is stored.
        return {"$dateFromString": {"dateString": {"$concat": [date, "T00:00:00.000"]}}}


class TimeInZone(TruncTime):
    def as_mql_expr(self, compiler: Any, connection: Any) -> dict[str, Any]:
        time = _text(self, "%H:%M:%S.%L", compiler, connection)
        # As TimeField is stored.
        return {"$dateFromString": {"dateString": {"$concat": ["0001-01-01T", time]}}}


IN_ZONES: dict[type, type] = {TruncDate: DateInZone, TruncTime: TimeInZone}


def in_its_zone(expression: Any) -> Any:
    """The expression itself if its zone is UTC."""
    if expression.get_tzname() in (None, "UTC"):
        return expression
    clone = expression.copy()
    clone.__class__ = IN_ZONES[type(expression)]
    return clone


def _text(expression: Any, form: str, compiler: Any, connection: Any) -> dict[str, Any]:
    date = process_lhs(expression, compiler, connection, as_expr=True)
    zone = expression.get_tzname()
    return {"$dateToString": {"date": date, "format": form, "timezone": zone}}
