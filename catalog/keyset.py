"""Walking through rows in the order of an index, from any row on.

Rows are ordered by position, which is their id, or by price and then position. What follows a row
is read as index ranges, first the rows of the same price and then those beyond: neither OR nor
row values, which not every database answers from an index. So a page costs the same wherever it
is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import QuerySet

CURSOR = r"^[np][0-9a-f]{24}-\d{1,10}\.\d{2}$"


class Row(Protocol):
    id: Any
    price: Any


@dataclass(frozen=True)
class Position:
    """A row's place. It has the price whatever the order, so that a cursor fits each of them."""

    id: str
    price: Decimal

    @classmethod
    def of(cls, row: Row) -> "Position":
        return cls(row.id, row.price)


@dataclass(frozen=True)
class Walk:
    queryset: QuerySet[Any]
    by_price: bool
    descending: bool
    start: Position | None = None
    low: Decimal | None = None  # bounds on the price, which only a walk by price may have
    high: Decimal | None = None

    @classmethod
    def along(cls, queryset: QuerySet[Any]) -> "Walk":
        """In the queryset's own order, which is that of one of the orders named above."""
        first = str(queryset.query.order_by[0])
        return cls(queryset, by_price=first.endswith("price"), descending=first.startswith("-"))

    def backwards(self) -> "Walk":
        return replace(self, descending=not self.descending)

    def after(self, position: Position | None) -> "Walk":
        return replace(self, start=position)

    def take(self, count: int) -> list[Any]:
        rows: list[Any] = []
        for part in self.ranges():
            rows += part[: count - len(rows)]
            if len(rows) == count:
                break
        return rows

    def ranges(self) -> Iterator[QuerySet[Any]]:
        sign, beyond = ("-", "lt") if self.descending else ("", "gt")
        fields = ("price", "position") if self.by_price else ("position",)
        rows = self.queryset.order_by(*(f"{sign}{field}" for field in fields))
        if self.start is None:
            yield rows.filter(**self.bounds())
            return
        same_price = rows.filter(**{f"position__{beyond}": self.start.id})
        if not self.by_price:
            yield same_price
        else:
            if self.includes(self.start.price):
                yield same_price.filter(price=self.start.price)
            yield rows.filter(**self.bounds(beyond=self.start.price))

    def includes(self, price: Decimal) -> bool:
        return (self.low is None or self.low <= price) and (self.high is None or price <= self.high)

    def bounds(self, beyond: Decimal | None = None) -> dict[str, Decimal]:
        """At most one condition each way: of two, SQLite would look up the wrong one."""
        lower, upper = {"price__gte": self.low}, {"price__lte": self.high}
        if beyond is not None:
            if self.descending:
                if self.high is None or beyond <= self.high:
                    upper = {"price__lt": beyond}
            elif self.low is None or beyond >= self.low:
                lower = {"price__gt": beyond}
        return {name: price for name, price in (lower | upper).items() if price is not None}


@dataclass(frozen=True)
class Cursor:
    """Where a page starts, and whether it goes on (n) or back (p) from there."""

    position: Position
    back: bool

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Raises ValueError."""
        if not re.fullmatch(CURSOR, text, re.ASCII):
            raise ValueError("not a cursor")
        return cls(Position(text[1:25], Decimal(text[26:])), back=text[0] == "p")

    def __str__(self) -> str:
        return f"{'p' if self.back else 'n'}{self.position.id}-{self.position.price:.2f}"
