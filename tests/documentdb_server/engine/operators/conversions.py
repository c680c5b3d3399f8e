"""Conversions between types. What cannot be converted is an error (241) or $convert's onError."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from bson import Decimal128, Int64, ObjectId
from bson.errors import InvalidId

from .. import numbers
from ..bson_types import EPOCH, MILLISECOND, NUMBER_NAMES, TYPE_NUMBERS, Document, type_name
from ..errors import CONVERSION_FAILURE, CommandError
from ..expressions import Compile, Expression, Variables, truth
from ..ordering import milliseconds
from .arguments import calling, is_nothing, named, null_passing


def failure(value: Any, target: str) -> CommandError:
    return CommandError(
        CONVERSION_FAILURE,
        f"Unsupported conversion from {type_name(value)} to {target} in $convert with no onError "
        "value",
    )


def text_of(value: Any) -> str:
    match type_name(value):
        case "bool":
            return "true" if value else "false"
        case "date":
            return iso(value)
        case "double":
            return text_of_float(value)
        case "string" | "int" | "long" | "decimal" | "objectId":
            return str(value)
    raise failure(value, "string")


def iso(value: datetime) -> str:
    return f"{value.isoformat(timespec='milliseconds')}Z"


def text_of_float(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(str(value), str(value))


def to_bool(value: Any) -> bool:
    return truth(value)


def to_integer(target: str, bits: int) -> Callable[[Any], int]:
    def convert(value: Any) -> int:
        whole = truncated(value, target)
        if not -(2 ** (bits - 1)) <= whole < 2 ** (bits - 1):
            raise CommandError(
                CONVERSION_FAILURE,
                "Conversion would overflow target type in $convert with no onError value",
            )
        return whole if bits == 32 else Int64(whole)

    return convert


def truncated(value: Any, target: str) -> int:
    try:
        if isinstance(value, str):
            return int(value)
        if isinstance(value, datetime) and target == "long":
            return milliseconds(value)
        if isinstance(value, bool) or type_name(value) in NUMBER_NAMES:
            return int(value.to_decimal() if isinstance(value, Decimal128) else value)
    except (ValueError, OverflowError) as error:
        raise CommandError(
            CONVERSION_FAILURE,
            f"Failed to parse number in $convert with no onError value: {error}",
        ) from error
    raise failure(value, target)


def to_double(value: Any) -> float:
    try:
        if isinstance(value, Decimal128):
            return float(value.to_decimal())
        if isinstance(value, datetime):
            return float(milliseconds(value))
        if isinstance(value, bool | int | float | str):
            return float(value)
    except ValueError as error:
        raise CommandError(
            CONVERSION_FAILURE,
            "Failed to parse number in $convert with no onError value",
        ) from error
    raise failure(value, "double")


def to_decimal(value: Any) -> Decimal128:
    try:
        if isinstance(value, str):
            return numbers.decimal128(numbers.DECIMAL.create_decimal(value.strip() or "?"))
    except InvalidOperation as error:
        raise CommandError(
            CONVERSION_FAILURE, "Failed to parse number in $convert with no onError value"
        ) from error
    if isinstance(value, datetime):
        return Decimal128(Decimal(milliseconds(value)))
    if isinstance(value, bool) or type_name(value) in NUMBER_NAMES:
        return numbers.decimal128(numbers.to_decimal(value))
    raise failure(value, "decimal")


def to_date(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, ObjectId):
        return value.generation_time.replace(tzinfo=None)
    if isinstance(value, str):
        return parse_date(value)
    if type_name(value) in NUMBER_NAMES and type_name(value) != "int":
        return EPOCH + truncated(value, "date") * MILLISECOND
    raise failure(value, "date")


def parse_date(text: str) -> datetime:
    """An ISO 8601 date, with or without a zone, as UTC without one."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise CommandError(CONVERSION_FAILURE, f"Error parsing date string '{text}'") from error
    offset = moment.utcoffset()
    moment = moment.replace(tzinfo=None)
    return moment if offset is None else moment - offset


def to_object_id(value: Any) -> ObjectId:
    if isinstance(value, ObjectId):
        return value
    if not isinstance(value, str):
        raise failure(value, "objectId")
    try:
        return ObjectId(value)
    except InvalidId as error:
        raise CommandError(
            CONVERSION_FAILURE,
            "Failed to parse objectId in $convert with no onError value",
        ) from error


CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "bool": to_bool,
    "date": to_date,
    "decimal": to_decimal,
    "double": to_double,
    "int": to_integer("int", 32),
    "long": to_integer("long", 64),
    "objectId": to_object_id,
    "string": text_of,
}
TYPE_NAMES = {TYPE_NUMBERS[name]: name for name in CONVERSIONS}


def convert(operand: Any) -> Expression:
    arguments = named(operand, ("input", "to", "onError", "onNull"))

    def evaluate(document: Document, variables: Variables) -> Any:
        value = arguments["input"](document, variables)
        if is_nothing(value):
            return arguments["onNull"](document, variables) if "onNull" in operand else None
        target = arguments["to"](document, variables)
        target = TYPE_NAMES.get(target, target)
        try:
            if target not in CONVERSIONS:
                raise failure(value, str(target))
            return CONVERSIONS[target](value)
        except CommandError:
            if "onError" not in operand:
                raise
            return arguments["onError"](document, variables)

    return evaluate


OPERATORS: dict[str, Compile] = {
    "$convert": convert,
    "$type": calling(type_name, 1),
    **{
        f"$to{name[0].upper()}{name[1:]}": calling(null_passing(conversion), 1)
        for name, conversion in CONVERSIONS.items()
    },
}
