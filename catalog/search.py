"""Finding text within names and descriptions. No index helps, so the time is bounded."""

import time
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from catalog.filters import ItemFilter
from catalog.keyset import Position, Walk
from catalog.models import Item
from catalog.pagination import KeysetPagination

SECONDS = 1.0
WINDOW = 1000  # rows read at once


def scan(walk: Walk, text: str, count: int) -> tuple[list[Any], Position | None]:
    """Up to `count` rows that hold `text`, without regard to case, and the last position read;
    None when there was nothing left to read.
    """
    deadline = time.monotonic() + SECONDS
    wanted = text.casefold()
    found: list[Any] = []
    position = walk.start
    while True:
        rows = walk.after(position).take(WINDOW)
        for row in rows:
            if wanted in row.name.casefold() or wanted in row.description.casefold():
                found.append(row)
                if len(found) == count:
                    return found, Position.of(row)
        if len(rows) < WINDOW:
            return found, None
        position = Position.of(rows[-1])
        if time.monotonic() > deadline:
            return found, position


class ItemPagination(KeysetPagination):
    """Pages of items. A page of a search that took too long has fewer items, and a `next`."""

    def walk(self, queryset: QuerySet[Item]) -> Walk:
        asked = ItemFilter(self.request.query_params, queryset)
        asked.is_valid()  # as the filter backend has found already
        bounds = asked.form.cleaned_data
        self.text = bounds["search"]
        return replace(super().walk(queryset), low=bounds["price_min"], high=bounds["price_max"])

    def collect(self, walk: Walk, limit: int) -> tuple[list[Any], Position | None]:
        if not self.text:
            return super().collect(walk, limit)
        slim = walk.queryset.values_list("id", "price", "name", "description", named=True)
        rows, rest = scan(replace(walk, queryset=slim), self.text, limit + 1)
        if len(rows) > limit:
            rows, rest = rows[:limit], Position.of(rows[limit - 1])
        items = Item.objects.in_bulk([row.id for row in rows])
        return [items[row.id] for row in rows if row.id in items], rest
