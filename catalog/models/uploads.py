from django.db import models

from catalog.fields import ObjectIdField, TimestampField, new_object_id


class UploadPart(models.Model):
    """A piece of a file that staff uploaded and have not confirmed yet. Any process may read it.

    A document of MongoDB holds at most 16 MB, so that a file is kept in pieces.
    """

    id = ObjectIdField(primary_key=True, default=new_object_id, editable=False)
    upload = models.CharField(max_length=32)
    number = models.PositiveIntegerField()
    content = models.BinaryField()
    created = TimestampField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="upload_part")]

    def __str__(self) -> str:
        return f"{self.upload} {self.number}"
