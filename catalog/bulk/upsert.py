"""Writing checked lines: create or update by sku, in chunks that can be repeated.

Nothing is put into a transaction: what is interrupted is simply run again.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import IntegrityError

from catalog.bulk.owners import Owner
from catalog.errors import AccountClosed, ItemChanged
from catalog.models import MAX_TRIES, ClosedOwner, Item
from ecom.errors import Overloaded

CHUNK = 500  # items


class Upsert:
    """`created` and `updated` hold the sku keys; what is in neither was as wanted already."""

    def __init__(
        self, owner: Owner, fields: Iterable[str], stock: int | None, dry_run: bool
    ) -> None:
        self.owner = owner
        self.fields = list(fields)
        self.stock = stock
        self.dry_run = dry_run
        self.created: set[str] = set()
        self.updated: set[str] = set()

    def run(self, wanted: Mapping[str, Item], progress: Callable[[int], None]) -> None:
        """Takes items by their sku key. Raises AccountClosed or Overloaded."""
        keys = list(wanted)
        for start in range(0, len(keys), CHUNK):
            self.write({key: wanted[key] for key in keys[start : start + CHUNK]})
            progress(min(start + CHUNK, len(keys)))

    def outcome(self, key: str) -> str:
        if key in self.created:
            return "created"
        return "updated" if key in self.updated else "unchanged"

    def write(self, wanted: Mapping[str, Item]) -> None:
        for _ in range(MAX_TRIES):
            try:
                return self.try_to_write(wanted)
            except (IntegrityError, ItemChanged):
                continue  # somebody else created or changed one of them: look again
        raise Overloaded

    def try_to_write(self, wanted: Mapping[str, Item]) -> None:
        self.check_open()
        stored = Item.objects.filter(owner_id=self.owner.id, sku_key__in=list(wanted))
        found = {item.sku_key: item for item in stored}
        self.create({key: item for key, item in wanted.items() if key not in found})
        for key, item in found.items():
            self.update(item, wanted[key])

    def create(self, items: Mapping[str, Item]) -> None:
        if items and not self.dry_run:
            Item.objects.bulk_create(items.values())
            # Asked again after the insert: the closing either sees the items, or is seen here.
            self.check_open(items.values())
        self.created |= items.keys()

    def check_open(self, created: Iterable[Item] = ()) -> None:
        if ClosedOwner.among(self.owner.id):
            for item in created:
                item.leave()
            raise AccountClosed

    def update(self, item: Item, wanted: Item) -> None:
        changes: dict[str, Any] = {
            name: getattr(wanted, name)
            for name in self.fields
            if getattr(wanted, name) != getattr(item, name)
        }
        if self.stock is not None:
            item.read_ledger()
            if item.stock != self.stock:
                changes["stock"] = self.stock
        if changes:
            if not self.dry_run:
                item.change(**changes)
            self.updated.add(item.sku_key)
