"""Values as MongoDB writes them in its messages."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bson import Decimal128, ObjectId

from .ordering import milliseconds


def written(value: Any) -> str:
    write = NOTATIONS.get(type(value), str)
    return write(value)


def written_object(value: dict[str, Any]) -> str:
    fields = ", ".join(f"{name}: {written(item)}" for name, item in value.items())
    return f"{{ {fields} }}" if fields else "{}"


def written_array(value: list[Any]) -> str:
    return f"[ {', '.join(map(written, value))} ]" if value else "[]"


NOTATIONS: dict[type, Callable[[Any], str]] = {
    dict: written_object,
    list: written_array,
    str: lambda value: f'"{value}"',
    bool: lambda value: "true" if value else "false",
    type(None): lambda value: "null",
    ObjectId: lambda value: f"ObjectId('{value}')",
    Decimal128: lambda value: f'NumberDecimal("{value}")',
    datetime: lambda value: f"new Date({milliseconds(value)})",
}
