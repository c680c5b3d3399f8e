from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django_mongodb_backend.fields import ArrayField, EmbeddedModelField
from django_mongodb_backend.models import EmbeddedModel

from tests.settings_documentdb import ON_SQLITE


class Shelf(models.Model):
    objects: ClassVar[models.Manager[Shelf]] = models.Manager()

    name = models.CharField(max_length=80)
    code = models.SlugField(unique=True)

    def __str__(self) -> str:
        return self.name


class Topic(models.Model):
    objects: ClassVar[models.Manager[Topic]] = models.Manager()

    name = models.CharField(max_length=40, unique=True)
    book_set: Any

    def __str__(self) -> str:
        return self.name


class Book(models.Model):
    objects: ClassVar[models.Manager[Book]] = models.Manager()

    title = models.CharField(max_length=200)
    seller = models.CharField(max_length=99, db_index=True)
    price = models.DecimalField(max_digits=12, decimal_places=2)
    copies = models.IntegerField(default=1)
    score = models.FloatField(null=True, blank=True)
    isbn = models.CharField(max_length=30, null=True, blank=True, unique=True)
    details = models.JSONField(default=dict, blank=True)
    reference = models.UUIDField(default=uuid.uuid4)
    shelf = models.ForeignKey(Shelf, null=True, blank=True, on_delete=models.SET_NULL)
    shelf_id: Any
    topics = models.ManyToManyField(Topic, blank=True)
    opinions: Any
    listed = models.BooleanField(default=True)
    added = models.DateTimeField()
    printed = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-added"]
        indexes = [models.Index(fields=["seller", "-added"], name="of_seller")]
        constraints = [models.UniqueConstraint(fields=["seller", "title"], name="one_title")]

    def __str__(self) -> str:
        return self.title


class Opinion(models.Model):
    objects: ClassVar[models.Manager[Opinion]] = models.Manager()

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="opinions")
    stars = models.IntegerField()
    text = models.TextField(default="")

    def __str__(self) -> str:
        return f"{self.stars} stars"


class Voucher(models.Model):
    """Its primary key is not the document's _id."""

    objects: ClassVar[models.Manager[Voucher]] = models.Manager()

    code = models.CharField(max_length=20, primary_key=True)
    worth = models.DecimalField(max_digits=6, decimal_places=2)

    def __str__(self) -> str:
        return self.code


class Parcel(models.Model):
    objects: ClassVar[models.Manager[Parcel]] = models.Manager()

    number = models.UUIDField(primary_key=True, default=uuid.uuid4)
    voucher = models.ForeignKey(Voucher, null=True, on_delete=models.CASCADE)
    replaces = models.OneToOneField("self", null=True, on_delete=models.SET_NULL)
    parcel: Parcel
    travelled = models.DurationField(null=True)

    def __str__(self) -> str:
        return str(self.number)


class Ticket(models.Model):
    seat = models.CharField(max_length=9)
    price = models.IntegerField(null=True)
    cancelled = models.DateTimeField(null=True)
    notes = GenericRelation("Note")

    objects: ClassVar[models.Manager[Ticket]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seat"], condition=Q(cancelled__isnull=True), name="one_holder"
            ),
            models.CheckConstraint(condition=Q(price__gte=0) & ~Q(price=13), name="fair_price"),
        ]

    def __str__(self) -> str:
        return self.seat


class BoxTicket(Ticket):
    guests = models.IntegerField(default=1)

    objects: ClassVar[models.Manager[BoxTicket]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.seat} for {self.guests}"


class Note(models.Model):
    text = models.CharField(max_length=80)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.CharField(max_length=80)
    about = GenericForeignKey()

    objects: ClassVar[models.Manager[Note]] = models.Manager()

    def __str__(self) -> str:
        return self.text


if not ON_SQLITE:

    class Format(EmbeddedModel):
        width = models.IntegerField(default=0)
        unit = models.CharField(max_length=4, default="mm")

        def __str__(self) -> str:
            return f"{self.width} {self.unit}"

    class Edition(models.Model):
        """What only documents can hold."""

        objects: ClassVar[models.Manager[Edition]] = models.Manager()

        title = models.CharField(max_length=200)
        labels = ArrayField(models.CharField(max_length=20), default=list)
        format = EmbeddedModelField(Format, null=True)

        def __str__(self) -> str:
            return self.title
