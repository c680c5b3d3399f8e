"""Ids with the form of a MongoDB ObjectId: 24 hex digits, sorted by the time they were made."""

import re
import secrets
import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from ecom.databases import DOCUMENTDB

OBJECT_ID = r"\A[0-9a-f]{24}\Z"


def new_object_id() -> str:
    """4 bytes of seconds since the epoch, 3 of their fraction, 5 random ones."""
    seconds, nanoseconds = divmod(time.time_ns(), 10**9)
    fraction = (nanoseconds << 24) // 10**9
    return f"{seconds:08x}{fraction:06x}{secrets.token_hex(5)}"


def to_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def now() -> datetime:
    return to_milliseconds(timezone.now())


class ObjectIdField(models.CharField):  # type: ignore[type-arg]
    """Text in Python and in SQL; on DocumentDB an ObjectId, and the primary key its `_id`."""

    default_validators = [RegexValidator(OBJECT_ID, "An id is 24 hex digits.")]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "max_length": 24})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def get_attname_column(self) -> Any:
        attname, column = super().get_attname_column()
        on_documentdb = settings.DATABASES["default"]["ENGINE"] == DOCUMENTDB
        return attname, "_id" if self.primary_key and on_documentdb else column

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "objectId" if connection.vendor == "mongodb" else super().db_type(connection)

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        value = super().get_db_prep_value(value, connection, prepared)
        if connection.vendor != "mongodb" or value is None:
            return value
        from bson import ObjectId

        # What has not the form of an id is nobody's: as text it equals none.
        return ObjectId(value) if re.match(OBJECT_ID, value) else value

    def from_db_value(self, value: Any, *args: Any) -> str | None:
        return None if value is None else str(value)


class TimestampField(models.DateTimeField):  # type: ignore[type-arg]
    """To the millisecond, as DocumentDB keeps it: what a call answers is what others read later."""

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        moment = super().pre_save(model_instance, add)
        if moment is not None:
            moment = to_milliseconds(moment)
            setattr(model_instance, self.attname, moment)
        return moment


class PositionField(ObjectIdField):
    """A copy of the id, by which lists are ordered, with no index that begins with it.

    Ordered by the id itself, PostgreSQL would rather walk along the primary key and throw away
    the rows that a filter excludes, however many.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "editable": False})

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        setattr(model_instance, self.attname, model_instance.pk)
        return model_instance.pk
