from uuid import UUID

from django.db import models

from catalog.fields import TimestampField


class ClosedOwner(models.Model):
    """An account that is closed. Written first, so that nothing it still offers stays on sale."""

    owner_id = models.UUIDField(primary_key=True)
    closed_at = TimestampField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.owner_id)

    @classmethod
    def among(cls, *owner_ids: UUID) -> set[UUID]:
        """Those of the accounts that are closed."""
        return set(cls.objects.filter(pk__in=owner_ids).values_list("pk", flat=True))
