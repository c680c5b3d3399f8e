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
    def includes(cls, owner_id: UUID) -> bool:
        return cls.objects.filter(pk=owner_id).exists()
