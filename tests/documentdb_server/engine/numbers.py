"""Arithmetic on BSON's numbers: the result has the wider type, as in MongoDB.

int (32 bits) < long < double < decimal. An int that overflows becomes a long, a long a double.
"""

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from math import isfinite
from typing import Any

from bson import Decimal128, Int64

from .bson_types import NUMBER_NAMES, type_name

Number = int | float | Decimal128

# IEEE 754-2008 decimal128, without traps: a division by zero is an infinity or NaN.
DECIMAL = Context(
    prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, capitals=1, clamp=1, traps=[]
)


def is_number(value: Any) -> bool:
    return type_name(value) in NUMBER_NAMES


def to_decimal(value: Number) -> Decimal:
    """A double counts for the 15 digits it is sure of."""
    if isinstance(value, Decimal128):
        return value.to_decimal()
    if isinstance(value, float):
        return decimal_of_float(value)
    return Decimal(value)


def decimal_of_float(value: float) -> Decimal:
    return Decimal(f"{value:.14e}") if isfinite(value) else Decimal(value)


def decimal128(value: Decimal) -> Decimal128:
    return Decimal128(DECIMAL.plus(value))


def integer(value: int, *operands: Number) -> Number:
    """A whole result in the type that its operands and its size ask for."""
    if not -(2**63) <= value < 2**63:
        return float(value)
    if any(isinstance(operand, Int64) for operand in operands) or not fits_32_bits(value):
        return Int64(value)
    return int(value)


def fits_32_bits(value: int) -> bool:
    return -(2**31) <= value < 2**31


def arithmetic(
    whole: Callable[[int, int], int],
    real: Callable[[float, float], float],
    exact: Callable[[Decimal, Decimal], Decimal],
) -> Callable[[Number, Number], Number]:
    def calculate(left: Number, right: Number) -> Number:
        if isinstance(left, Decimal128) or isinstance(right, Decimal128):
            return decimal128(exact(to_decimal(left), to_decimal(right)))
        if isinstance(left, float) or isinstance(right, float):
            return real(float(left), float(right))
        return integer(whole(left, right), left, right)

    return calculate


add = arithmetic(int.__add__, float.__add__, DECIMAL.add)
subtract = arithmetic(int.__sub__, float.__sub__, DECIMAL.subtract)
multiply = arithmetic(int.__mul__, float.__mul__, DECIMAL.multiply)


def divide(left: Number, right: Number) -> Number:
    """Always a double or a decimal. The divisor must not be zero."""
    if isinstance(left, Decimal128) or isinstance(right, Decimal128):
        return decimal128(DECIMAL.divide(to_decimal(left), to_decimal(right)))
    return float(left) / float(right)


def is_zero(value: Number) -> bool:
    return not (value.to_decimal() if isinstance(value, Decimal128) else value)
