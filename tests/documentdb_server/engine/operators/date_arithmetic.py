"""$dateAdd, $dateSubtract and $dateDiff, which count in the calendar of a time zone."""

import calendar
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import Int64

from ..bson_types import MISSING, Document
from ..errors import CommandError
from ..expressions import Compile, Expression, Variables
from ..time_zones import local
from .arguments import is_nothing, named
from .dates import date

MONTHS = {"year": 12, "quarter": 3, "month": 1}
LENGTHS = {
    "week": timedelta(weeks=1),
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
    "millisecond": timedelta(milliseconds=1),
}
MIDNIGHT_UNITS = frozenset({"week", "day"})
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def adding(sign: int) -> Compile:
    def compile_addition(operand: Any) -> Expression:
        arguments = named(operand, ("startDate", "unit", "amount", "timezone"))

        def evaluate(document: Document, variables: Variables) -> datetime | None:
            start, unit, amount, zone = (
                argument(document, variables) for argument in arguments.values()
            )
            if is_nothing(start) or is_nothing(unit) or is_nothing(amount) or zone is None:
                return None
            return added(date("$dateAdd", start), unit, sign * int(amount), zone)

        return evaluate

    return compile_addition


def added(start: datetime, unit: str, amount: int, zone: Any) -> datetime:
    """Days and longer units keep the time of day in the zone."""
    if unit in MONTHS:
        moved = months_later(local(start, zone), amount * MONTHS[unit])
    elif unit in MIDNIGHT_UNITS:
        moved = local(start, zone) + amount * LENGTHS[unit]
    else:
        return start + amount * length(unit)
    return moved.astimezone(UTC).replace(tzinfo=None)


def length(unit: str) -> timedelta:
    if unit not in LENGTHS:
        raise CommandError(9, f"unknown time unit value: {unit}")
    return LENGTHS[unit]


def months_later(moment: datetime, months: int) -> datetime:
    """The last day of the month where it has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def difference(operand: Any) -> Expression:
    arguments = named(operand, ("startDate", "endDate", "unit", "timezone", "startOfWeek"))

    def evaluate(document: Document, variables: Variables) -> Int64 | None:
        start, end, unit, zone, week = (
            argument(document, variables) for argument in arguments.values()
        )
        if is_nothing(start) or is_nothing(end) or is_nothing(unit) or zone is None or week is None:
            return None
        first_day = "sun" if week is MISSING else str(week).lower()[:3]
        one, other = (local(date("$dateDiff", value), zone) for value in (start, end))
        return Int64(units(other, unit, first_day) - units(one, unit, first_day))

    return evaluate


def units(moment: datetime, unit: str, first_day: str) -> int:
    """How many of the units have begun before the moment, from some beginning of time on."""
    if unit in MONTHS:
        return (moment.year * 12 + moment.month - 1) // MONTHS[unit]
    if unit == "day":
        return moment.toordinal()
    if unit == "week":
        return (moment.toordinal() - 1 - WEEKDAYS.index(first_day)) // 7
    # In full hours of the zone; half-hour zones differ from UTC here.
    return (moment.replace(tzinfo=None) - datetime.min) // length(unit)


OPERATORS: dict[str, Compile] = {
    "$dateAdd": adding(1),
    "$dateSubtract": adding(-1),
    "$dateDiff": difference,
}
