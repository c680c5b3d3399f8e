from django.db import models

from catalog.fields import ObjectIdField, PositionField, TimestampField, new_object_id
from ecom.errors import IdempotencyKeyReused


class Entry(models.Model):
    """Units of an item that are gone: `first_unit` and the `quantity` - 1 after it."""

    class Kind(models.TextChoices):
        SALE = "sale"
        WITHDRAWAL = "withdrawal"

    id = ObjectIdField(primary_key=True, default=new_object_id, editable=False)
    position = PositionField()
    item_id = ObjectIdField()
    first_unit = models.BigIntegerField()
    quantity = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=200)  # as it was when sold, like the price
    price = models.DecimalField(max_digits=12, decimal_places=2)
    buyer_id = models.UUIDField()  # of a withdrawal, the seller
    buyer = models.CharField(max_length=150, blank=True)
    seller_id = models.UUIDField()
    seller = models.CharField(max_length=150, blank=True)
    key = models.CharField(max_length=255)
    created = TimestampField(auto_now_add=True)

    class Meta:
        verbose_name = "ledger entry"
        verbose_name_plural = "ledger entries"
        constraints = [
            models.UniqueConstraint(fields=["item_id", "first_unit"], name="entry_unit"),
            models.UniqueConstraint(fields=["buyer_id", "key"], name="entry_key"),
        ]
        indexes = [
            models.Index(fields=["buyer_id", "kind", "position"], name="entry_buyer"),
            models.Index(fields=["item_id", "buyer_id", "kind", "position"], name="entry_bought"),
            models.Index(fields=["seller_id", "kind", "position"], name="entry_seller"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.name}"

    @property
    def end(self) -> int:
        return self.first_unit + self.quantity

    def forget_buyer(self) -> None:
        Entry.objects.filter(pk=self.pk).update(buyer="")

    def repeated(self, item_id: str, quantity: int) -> "Entry":
        """This entry, for the request that made it. Raises IdempotencyKeyReused for another."""
        if (self.item_id, self.quantity) != (item_id, quantity):
            raise IdempotencyKeyReused
        return self
