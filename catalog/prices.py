"""Prices: decimals with two places, written as text, since a binary fraction is no price."""

import math
import re
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import MIN_PRICE

TEXT = r"^([1-9]\d{0,9}(\.\d{1,2})?|0\.(0[1-9]|[1-9]\d?))$"
NUMBER_SCHEMA = {
    "type": "number",
    "minimum": 0.01,
    "maximum": 9999999999.99,
    "multipleOf": 0.01,
    "example": 2.55,
}
SCHEMA = {"oneOf": [{"type": "string", "pattern": TEXT, "example": "2.55"}, NUMBER_SCHEMA]}


def without_noise(number: float) -> float:
    """57 * 0.01 is 0.5700000000000001: what differs from cents by no more than that, as cents."""
    cents = round(number, 2)
    return cents if abs(number - cents) <= 4 * math.ulp(number) else number


@extend_schema_field(SCHEMA)
class PriceField(serializers.DecimalField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, min_value=MIN_PRICE, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, str | int | float):
            self.fail("invalid")
        if isinstance(data, float) and math.isfinite(data):
            data = without_noise(data)
        elif isinstance(data, str) and not re.fullmatch(r"-?\d+(\.\d*)?", data, re.ASCII):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(NUMBER_SCHEMA)
class PriceNumberField(PriceField):
    """As the original API has it."""

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)

    def to_representation(self, value: Decimal) -> float:  # type: ignore[override]
        return float(value)
