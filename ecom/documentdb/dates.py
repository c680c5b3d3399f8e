"""$dateTrunc by $dateToString and $dateFromString, and parts of dates without a time zone."""

from collections.abc import Callable, Mapping
from typing import Any

MQL = dict[str, Any]

FORMATS = {
    "year": "%Y-01-01T00:00:00",
    "month": "%Y-%m-01T00:00:00",
    "day": "%Y-%m-%dT00:00:00",
    "hour": "%Y-%m-%dT%H:00:00",
    "minute": "%Y-%m-%dT%H:%M:00",
    "second": "%Y-%m-%dT%H:%M:%S",
}
FIRST_MONTHS = ["01", "01", "01", "04", "04", "04", "07", "07", "07", "10", "10", "10"]
PARTS = (
    "$year $month $dayOfMonth $hour $minute $second $dayOfWeek $isoDayOfWeek $isoWeek $isoWeekYear"
)


def truncated(argument: MQL) -> MQL:
    date, unit = argument["date"], argument["unit"]
    name = argument.get("timezone", "UTC")
    zone = {} if name == "UTC" else {"timezone": name}
    if unit == "week":
        date, unit = _monday(date, zone), "day"
    if unit == "quarter":
        month = _part("$month", date, zone)
        first_month = {"$arrayElemAt": [FIRST_MONTHS, {"$subtract": [month, 1]}]}
        text: MQL = {"$concat": [_text(date, "%Y-", zone), first_month, "-01T00:00:00"]}
    else:
        text = _text(date, FORMATS[unit], zone)
    return {"$dateFromString": {"dateString": text, **zone}}


def _monday(date: Any, zone: MQL) -> MQL:
    days = {"$subtract": [_part("$isoDayOfWeek", date, zone), 1]}
    return {"$dateSubtract": {"startDate": date, "unit": "day", "amount": days, **zone}}


def _part(operator: str, date: Any, zone: MQL) -> MQL:
    return {operator: {"date": date, **zone} if zone else date}


def _text(date: Any, form: str, zone: MQL) -> MQL:
    return {"$dateToString": {"date": date, "format": form, **zone}}


def _without_utc(operator: str) -> Callable[[Any], MQL]:
    """UTC is what a part is taken in anyway."""

    def rule(argument: Any) -> MQL:
        if isinstance(argument, Mapping) and argument.get("timezone") == "UTC":
            return {operator: argument["date"]}
        return {operator: argument}

    return rule


without_utc = {operator: _without_utc(operator) for operator in PARTS.split()}
