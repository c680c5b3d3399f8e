import math
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from bson import Decimal128, Int64

from .. import numbers
from ..bson_types import MILLISECOND, type_name
from ..errors import TYPE_MISMATCH, CommandError
from ..expressions import Compile
from .arguments import calling, folding, is_nothing, null_passing

NOT_NUMERIC = 28765
DIVISION_BY_ZERO = 2


def number(operator: str, value: Any, code: int = NOT_NUMERIC) -> Any:
    if not numbers.is_number(value):
        raise CommandError(code, f"{operator} only supports numeric types, not {type_name(value)}")
    return value


def add(values: list[Any]) -> Any:
    """Numbers, and at most one date among them, to which the rest are milliseconds."""
    if any(map(is_nothing, values)):
        return None
    dates = [value for value in values if isinstance(value, datetime)]
    total: numbers.Number = 0
    for value in values:
        if not isinstance(value, datetime):
            total = numbers.add(total, number("$add", value, 16554))
    if not dates:
        return total
    if len(dates) > 1:
        raise CommandError(16612, "only one date allowed in an $add expression")
    return dates[0] + milliseconds(total)


def milliseconds(value: Any) -> timedelta:
    return int(numbers.to_decimal(value).to_integral_value()) * MILLISECOND


def subtract(left: Any, right: Any) -> Any:
    if isinstance(left, datetime):
        if isinstance(right, datetime):
            return Int64((left - right) // MILLISECOND)
        return left - milliseconds(number("$subtract", right, TYPE_MISMATCH))
    return numbers.subtract(
        number("$subtract", left, TYPE_MISMATCH), number("$subtract", right, TYPE_MISMATCH)
    )


def multiply(values: list[Any]) -> Any:
    if any(map(is_nothing, values)):
        return None
    product: numbers.Number = 1
    for value in values:
        product = numbers.multiply(product, number("$multiply", value, TYPE_MISMATCH))
    return product


def divide(left: Any, right: Any) -> Any:
    number("$divide", left, TYPE_MISMATCH)
    if numbers.is_zero(number("$divide", right, TYPE_MISMATCH)):
        raise CommandError(DIVISION_BY_ZERO, "can't $divide by zero")
    return numbers.divide(left, right)


def modulo(left: Any, right: Any) -> Any:
    """The result has the sign of the dividend."""
    number("$mod", left, 16611)
    if numbers.is_zero(number("$mod", right, 16611)):
        raise CommandError(16610, "can't $mod by zero")
    if isinstance(left, Decimal128) or isinstance(right, Decimal128):
        rest = numbers.DECIMAL.remainder(numbers.to_decimal(left), numbers.to_decimal(right))
        return numbers.decimal128(rest)
    if isinstance(left, float) or isinstance(right, float):
        return math.fmod(left, right)
    rest = abs(left) % abs(right)
    return numbers.integer(rest if left >= 0 else -rest, left, right)


def absolute(value: Any) -> Any:
    number("$abs", value)
    if isinstance(value, Decimal128):
        return numbers.decimal128(abs(value.to_decimal()))
    return abs(value) if isinstance(value, float) else numbers.integer(abs(value), value)


def rounding(operator: str, to_float: Callable[[float], int], mode: str) -> Callable[[Any], Any]:
    def round_value(value: Any) -> Any:
        number(operator, value)
        if isinstance(value, Decimal128):
            return numbers.decimal128(value.to_decimal().to_integral_value(mode))
        if isinstance(value, float):
            return float(to_float(value)) if math.isfinite(value) else value
        return value

    return round_value


def real_function(
    operator: str, of_float: Callable[[float], float], of_decimal: Callable[[Decimal], Decimal]
) -> Callable[[Any], Any]:
    def call(value: Any) -> Any:
        number(operator, value)
        if isinstance(value, Decimal128):
            return numbers.decimal128(of_decimal(value.to_decimal()))
        return of_float(float(value))

    return call


def in_domain(operator: str, code: int, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Roots are taken of numbers from zero on, logarithms of those above it."""

    def call(value: Any) -> Any:
        amount = numbers.to_decimal(number(operator, value))
        if amount < 0 or (amount == 0 and operator != "$sqrt"):
            raise CommandError(code, f"{operator}'s argument is out of its range")
        return function(value)

    return call


def logarithm(value: Any, base: Any) -> Any:
    amount, of = (numbers.to_decimal(number("$log", item, 28756)) for item in (value, base))
    if amount <= 0:
        raise CommandError(28758, "$log's argument must be a positive number")
    if of <= 0 or of == 1:
        raise CommandError(28759, "$log's base must be a positive number not equal to 1")
    if isinstance(value, Decimal128) or isinstance(base, Decimal128):
        context = numbers.DECIMAL
        return numbers.decimal128(context.divide(context.ln(amount), context.ln(of)))
    return math.log(value, base)


EXP = real_function("$exp", math.exp, numbers.DECIMAL.exp)
SQRT = real_function("$sqrt", math.sqrt, numbers.DECIMAL.sqrt)
LN = real_function("$ln", math.log, numbers.DECIMAL.ln)
LOG10 = real_function("$log10", math.log10, numbers.DECIMAL.log10)

OPERATORS: dict[str, Compile] = {
    "$add": folding(add),
    "$subtract": calling(null_passing(subtract), 2),
    "$multiply": folding(multiply),
    "$divide": calling(null_passing(divide), 2),
    "$mod": calling(null_passing(modulo), 2),
    "$abs": calling(null_passing(absolute), 1),
    "$ceil": calling(null_passing(rounding("$ceil", math.ceil, ROUND_CEILING)), 1),
    "$floor": calling(null_passing(rounding("$floor", math.floor, ROUND_FLOOR)), 1),
    "$exp": calling(null_passing(EXP), 1),
    "$sqrt": calling(null_passing(in_domain("$sqrt", 28714, SQRT)), 1),
    "$ln": calling(null_passing(in_domain("$ln", 28766, LN)), 1),
    "$log10": calling(null_passing(in_domain("$log10", 28761, LOG10)), 1),
    "$log": calling(null_passing(logarithm), 2),
}
