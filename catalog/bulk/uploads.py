"""Where an upload waits for its confirmation: in the database, which all processes share."""

from datetime import timedelta
from uuid import uuid4

from django.db.models import QuerySet
from django.utils import timezone
from import_export.tmp_storages import BaseStorage

from catalog.models import UploadPart

PART_SIZE = 1024 * 1024  # bytes
KEPT_FOR = timedelta(hours=24)


def expired() -> QuerySet[UploadPart]:
    return UploadPart.objects.filter(created__lt=timezone.now() - KEPT_FOR)


class DatabaseStorage(BaseStorage):
    def save(self, data: bytes) -> None:
        self.name = uuid4().hex
        for number, start in enumerate(range(0, len(data), PART_SIZE)):
            content = data[start : start + PART_SIZE]
            UploadPart.objects.create(upload=self.name, number=number, content=content)

    def read(self) -> bytes:
        parts = UploadPart.objects.filter(upload=self.name).order_by("number")
        return b"".join(bytes(content) for content in parts.values_list("content", flat=True))

    def remove(self) -> None:
        UploadPart.objects.filter(upload=self.name).delete()
