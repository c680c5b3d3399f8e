"""Closing an account: what it offers goes off sale, and its name is forgotten."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from catalog.fields import now
from catalog.models import ClosedOwner, Entry, Item

CHUNK = 100  # rows between two looks at the clock
AGAIN = timedelta(days=2)  # after the closing: longer than prune is away

Step = tuple[QuerySet[Any], Callable[[QuerySet[Any]], Any]]


def closed_lately() -> list[UUID]:
    """To be closed once more, for what a process left that offered or bought something at that
    moment and ended before it looked."""
    recent = ClosedOwner.objects.filter(closed_at__gte=now() - AGAIN)
    return list(recent.values_list("pk", flat=True))


def close_owner(owner_id: UUID, deadline: float) -> bool:
    """True when all is done; False at the deadline (time.monotonic()), to be called again."""
    ClosedOwner.objects.get_or_create(pk=owner_id)
    for rows, act in steps(owner_id):
        while ids := list(rows.values_list("pk", flat=True)[:CHUNK]):
            if time.monotonic() > deadline:
                return False
            act(rows.model.objects.filter(pk__in=ids))
    return True


def steps(owner_id: UUID) -> Iterator[Step]:
    """Rows with something left to do, and what."""
    items = Item.objects.filter(owner_id=owner_id)
    yield items.filter(withdrawn_at__isnull=True), stop_offering
    yield items.filter(taken__lt=F("offered")), take_back
    yield items.exclude(owner=""), lambda rows: rows.update(owner="")
    entries = Entry.objects.all()
    bought = entries.filter(buyer_id=owner_id).exclude(buyer="")
    yield bought, lambda rows: rows.update(buyer="")
    sold = entries.filter(seller_id=owner_id).exclude(seller="")
    yield sold, lambda rows: rows.update(seller="")


def stop_offering(items: QuerySet[Item]) -> None:
    items.filter(withdrawn_at__isnull=True).update(
        withdrawn_at=now(), on_sale=False, version=F("version") + 1
    )


def take_back(items: QuerySet[Item]) -> None:
    for item in items:
        item.take_back(keep=0)
