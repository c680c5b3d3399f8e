"""Ids with the form of a MongoDB ObjectId: 24 hex digits, sorted by the time they were made."""

import secrets
import time
from typing import Any

from django.core.validators import RegexValidator
from django.db import models


def new_object_id() -> str:
    """4 bytes of seconds since the epoch, 3 of their fraction, 5 random ones."""
    seconds, nanoseconds = divmod(time.time_ns(), 10**9)
    fraction = (nanoseconds << 24) // 10**9
    return f"{seconds:08x}{fraction:06x}{secrets.token_hex(5)}"


class ObjectIdField(models.CharField):  # type: ignore[type-arg]
    default_validators = [RegexValidator(r"\A[0-9a-f]{24}\Z", "An id is 24 hex digits.")]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "max_length": 24})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs


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
