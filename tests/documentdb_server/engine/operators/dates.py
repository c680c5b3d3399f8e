from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId, Timestamp

from ..bson_types import MISSING, Document, type_name
from ..errors import CommandError
from ..expressions import Compile, Expression, Variables
from ..time_zones import local, zone
from .arguments import is_nothing, named
from .conversions import parse_date
from .date_formats import ISO, parsed, shown

PARTS: dict[str, Callable[[datetime], int]] = {
    "$year": lambda moment: moment.year,
    "$month": lambda moment: moment.month,
    "$dayOfMonth": lambda moment: moment.day,
    "$dayOfYear": lambda moment: moment.timetuple().tm_yday,
    "$dayOfWeek": lambda moment: moment.isoweekday() % 7 + 1,
    "$hour": lambda moment: moment.hour,
    "$minute": lambda moment: moment.minute,
    "$second": lambda moment: moment.second,
    "$millisecond": lambda moment: moment.microsecond // 1000,
    "$week": lambda moment: int(moment.strftime("%U")),
    "$isoWeek": lambda moment: moment.isocalendar().week,
    "$isoWeekYear": lambda moment: moment.isocalendar().year,
    "$isoDayOfWeek": lambda moment: moment.isoweekday(),
}


def date(operator: str, value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, ObjectId):
        return value.generation_time.replace(tzinfo=None)
    if isinstance(value, Timestamp):
        return value.as_datetime().replace(tzinfo=None)
    raise CommandError(16006, f"{operator} can't convert from BSON type {type_name(value)} to Date")


def extracting(operator: str, part: Callable[[datetime], int]) -> Compile:
    def compile_extract(operand: Any) -> Expression:
        if isinstance(operand, list) and len(operand) == 1:
            (operand,) = operand
        if not (isinstance(operand, dict) and "date" in operand):
            operand = {"date": operand}
        arguments = named(operand, ("date", "timezone"))

        def evaluate(document: Document, variables: Variables) -> int | None:
            value = arguments["date"](document, variables)
            name = arguments["timezone"](document, variables)
            if is_nothing(value) or name is None:
                return None
            return part(local(date(operator, value), name))

        return evaluate

    return compile_extract


def to_string(operand: Any) -> Expression:
    arguments = named(operand, ("date", "format", "timezone", "onNull"))

    def evaluate(document: Document, variables: Variables) -> Any:
        value, form, name = (
            arguments[argument](document, variables) for argument in ("date", "format", "timezone")
        )
        if is_nothing(value):
            on_null = arguments["onNull"](document, variables)
            return None if on_null is MISSING else on_null
        if form is None or name is None:
            return None
        return shown(local(date("$dateToString", value), name), ISO if form is MISSING else form)

    return evaluate


def from_string(operand: Any) -> Expression:
    arguments = named(operand, ("dateString", "format", "timezone", "onError", "onNull"))

    def evaluate(document: Document, variables: Variables) -> Any:
        text, form, name = (
            arguments[argument](document, variables)
            for argument in ("dateString", "format", "timezone")
        )
        if is_nothing(text):
            on_null = arguments["onNull"](document, variables)
            return None if on_null is MISSING else on_null
        try:
            return date_from(text, form, name)
        except CommandError:
            if "onError" not in operand:
                raise
            return arguments["onError"](document, variables)

    return evaluate


def date_from(text: Any, form: Any, zone_name: Any) -> datetime:
    if not isinstance(text, str):
        raise CommandError(241, f"$dateFromString requires a string, found: {type_name(text)}")
    moment = parse_date(text) if form is MISSING else parsed(text, form)
    if is_nothing(zone_name):
        return moment
    return moment.replace(tzinfo=zone(zone_name)).astimezone(UTC).replace(tzinfo=None)


OPERATORS: dict[str, Compile] = {
    "$dateToString": to_string,
    "$dateFromString": from_string,
    **{operator: extracting(operator, part) for operator, part in PARTS.items()},
}
