"""Items and the ledger of who took which of their units.

One insert into the ledger is the sale: the unique index on an item's first unit lets one of
several buyers through, on any database and without a transaction. What an item knows of it,
`taken` and `on_sale`, are hints for lists, which heal when the ledger is read.
"""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.validators import MinValueValidator
from django.db import IntegrityError, models

from catalog.errors import (
    AccountClosed,
    ItemChanged,
    ItemWithdrawn,
    OwnItem,
    SkuTaken,
    SoldOut,
)
from catalog.fields import ObjectIdField, PositionField, TimestampField, new_object_id, now
from catalog.models.closed_owners import ClosedOwner
from catalog.models.ledger import Entry
from ecom.errors import IdempotencyKeyReused, Overloaded
from ecom.principal import Principal

MIN_PRICE = Decimal("0.01")
MAX_STOCK = 1_000_000
# Each lost race is somebody else's insert that went through.
MAX_TRIES = 200


def sku_key(sku: str, item_id: str) -> str:
    """What is unique among an owner's items. Never null, since nulls collide in MongoDB."""
    return f"sku:{sku.casefold()}" if sku else f"id:{item_id}"


def fingerprint(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


class ItemQuerySet(models.QuerySet["Item"]):
    def offer(
        self, *, owner_id: UUID, owner: str, stock: int = 1, key: str = "", **fields: Any
    ) -> "Item":
        """Put a new item on sale. With the same `key` again, the item that it made.

        Raises SkuTaken, IdempotencyKeyReused or AccountClosed.
        """
        if ClosedOwner.among(owner_id):
            raise AccountClosed
        item = Item(owner_id=owner_id, owner=owner, offered=stock, on_sale=stock > 0, **fields)
        item.sku_key = sku_key(item.sku, item.id)
        item.create_key = key or f"id:{item.id}"
        item.create_fingerprint = fingerprint({**fields, "stock": stock})
        try:
            item.save(force_insert=True)
        except IntegrityError as error:
            made = self.filter(owner_id=owner_id, create_key=item.create_key).first()
            if made is None:
                raise SkuTaken from error
            if made.create_fingerprint != item.create_fingerprint:
                raise IdempotencyKeyReused from error
            return self.read(made.id)
        # Asked again after the insert: the closing either sees the item, or is seen here.
        if ClosedOwner.among(owner_id):
            item.leave()
            raise AccountClosed
        return item

    def read(self, pk: str) -> "Item":
        """get(), with `taken` from the ledger's end. Raises Item.DoesNotExist."""
        item = self.get(pk=pk)
        hint = item.taken
        item.read_ledger()
        if item.taken > hint:
            item.settle()
        return item

    def act_on_latest(self, pk: str, act: Callable[["Item"], None]) -> None:
        """`act` on the item as it is now, for those who state no version.

        Raises what `act` does, ItemWithdrawn or Overloaded.
        """
        for _ in range(MAX_TRIES):
            try:
                return act(self.filter(withdrawn_at__isnull=True).read(pk))
            except ItemChanged:
                continue
            except Item.DoesNotExist as error:
                raise ItemWithdrawn from error
        raise Overloaded


class Item(models.Model):
    id = ObjectIdField(primary_key=True, default=new_object_id, editable=False)
    position = PositionField()
    owner_id = models.UUIDField()
    owner = models.CharField(max_length=150)  # the handle; empty once the account is closed
    name = models.CharField(max_length=200)
    description = models.TextField(max_length=4000, blank=True)
    sku = models.CharField(max_length=64, blank=True)
    sku_key = models.CharField(max_length=255, editable=False)
    price = models.DecimalField(
        max_digits=12, decimal_places=2, validators=[MinValueValidator(MIN_PRICE)]
    )
    offered = models.BigIntegerField(default=1)  # units ever put on sale
    taken = models.BigIntegerField(default=0, editable=False)
    on_sale = models.BooleanField(default=True, editable=False)
    withdrawn_at = TimestampField(null=True, editable=False)
    created = TimestampField(auto_now_add=True)
    updated = TimestampField(auto_now=True)
    version = models.BigIntegerField(default=1, editable=False)
    create_key = models.CharField(max_length=255, editable=False)
    create_fingerprint = models.CharField(max_length=64, editable=False)

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner_id", "sku_key"], name="item_sku"),
            models.UniqueConstraint(fields=["owner_id", "create_key"], name="item_create_key"),
        ]
        indexes = [
            models.Index(fields=["on_sale", "position"], name="item_sale"),
            models.Index(fields=["on_sale", "price", "position"], name="item_sale_price"),
            models.Index(fields=["owner", "on_sale", "position"], name="item_owner"),
            models.Index(fields=["owner", "on_sale", "price", "position"], name="item_owner_price"),
            models.Index(fields=["owner_id", "position"], name="item_mine"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stock(self) -> int:
        return 0 if self.withdrawn_at else max(self.offered - self.taken, 0)

    @property
    def etag(self) -> str:
        return f'"{self.version}-{self.taken}"'

    def read_ledger(self) -> None:
        """Set `taken` to the ledger's end."""
        ranges = Entry.objects.filter(item_id=self.id).order_by("-first_unit")
        self.taken = sum(ranges.values_list("first_unit", "quantity").first() or ())

    def buy(self, buyer: Principal, quantity: int = 1, key: str = "") -> Entry:
        """Sell `quantity` units. With the same `key` again, the sale that it made.

        Raises OwnItem, ItemWithdrawn, SoldOut, AccountClosed, IdempotencyKeyReused or Overloaded.
        """
        if buyer.id == self.owner_id:
            raise OwnItem
        for _ in range(MAX_TRIES):
            # The ledger first: what the same request bought since then makes the insert fail.
            self.read_ledger()
            if key and (made := Entry.objects.filter(buyer_id=buyer.id, key=key).first()):
                return made.repeated(self.id, quantity)
            self._check_left(buyer, quantity)
            sale = self._append(Entry.Kind.SALE, quantity, buyer.id, buyer.handle, key)
            if sale is not None:
                # As in offer(): the closing either sees the entry, or is seen here.
                if ClosedOwner.among(buyer.id):
                    sale.forget_buyer()
                self.settle()
                return sale
        raise Overloaded

    def _check_left(self, buyer: Principal, quantity: int) -> None:
        if self.withdrawn_at:
            raise ItemWithdrawn
        closed = ClosedOwner.among(self.owner_id, buyer.id)
        if self.owner_id in closed:
            self.leave()  # as it was put on sale by a process that ended before it did this
            raise ItemWithdrawn
        if buyer.id in closed:
            raise AccountClosed
        if self.stock < quantity:
            if self.on_sale:
                self.settle()
            raise SoldOut(self.stock)

    def change(self, *, stock: int | None = None, **fields: Any) -> None:
        """Set fields and the units on sale, for an item as read() gave it.

        Units sold meanwhile are not put back. Raises ItemChanged or SkuTaken.
        """
        left = self.offered - self.taken
        if "sku" in fields:
            fields["sku_key"] = sku_key(fields["sku"], self.id)
        if stock is not None and stock > left:
            # True whatever is sold at this moment: nobody can take units not yet offered.
            fields |= {"offered": self.offered + stock - left, "on_sale": True}
        self._update(**fields)
        if stock is not None and stock < left:
            self.take_back(keep=stock)

    def withdraw(self) -> None:
        """Take the item off sale for good: once this has returned, nothing more is sold.

        Raises ItemChanged or Overloaded.
        """
        # First no units can be added, then the last of them are taken.
        self._update(withdrawn_at=now(), on_sale=False, sku_key=sku_key("", self.id))
        self.take_back(keep=0)

    def leave(self) -> None:
        """Go the way of a closed account. Raises Overloaded."""
        self.owner = ""  # the ledger would keep the name
        with suppress(ItemChanged):
            self.withdraw()
        Item.objects.filter(pk=self.pk).update(owner="")

    def _update(self, **changes: Any) -> None:
        changes |= {"version": self.version + 1, "updated": now()}
        rows = Item.objects.filter(pk=self.pk, version=self.version, withdrawn_at__isnull=True)
        try:
            updated = rows.update(**changes)
        except IntegrityError as error:
            raise SkuTaken from error
        if not updated:
            raise ItemChanged
        for name, value in changes.items():
            setattr(self, name, value)

    def take_back(self, keep: int) -> None:
        """Take from the ledger what is left beyond `keep` units."""
        for _ in range(MAX_TRIES):
            self.read_ledger()
            surplus = self.offered - self.taken - keep
            if surplus <= 0 or self._append(
                Entry.Kind.WITHDRAWAL, surplus, self.owner_id, self.owner
            ):
                return self.settle()
        raise Overloaded

    def _append(
        self, kind: Entry.Kind, quantity: int, buyer_id: UUID, buyer: str, key: str = ""
    ) -> Entry | None:
        """Take the units after the ledger's end; None when somebody was faster."""
        entry = Entry(
            item_id=self.id,
            first_unit=self.taken,
            quantity=quantity,
            kind=kind,
            name=self.name,
            price=self.price,
            buyer_id=buyer_id,
            buyer=buyer,
            seller_id=self.owner_id,
            seller=self.owner,
        )
        entry.key = key or f"id:{entry.id}"
        try:
            entry.save(force_insert=True)
        except IntegrityError:
            return None
        self.taken = entry.end
        return entry

    def settle(self) -> None:
        """Bring the hints up to the ledger. `taken` only grows, and the version guards what
        `on_sale` depends on.
        """
        end = self.taken
        for _ in range(3):
            hints = Item.objects.filter(pk=self.pk, version=self.version, taken__lt=end)
            if hints.update(taken=end, on_sale=self.stock > 0):
                self.on_sale = self.stock > 0
                return
            self.refresh_from_db()
            if self.taken >= end:
                return
            self.taken = end
