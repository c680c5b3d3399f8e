"""All settings of deployment.toml with their defaults, as docs/deployment.md has them."""

import types
from collections.abc import Iterator
from typing import Any, TypeGuard, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from deploy.ecs.configuration import PRESETS, Deployment

Rows = dict[str, tuple[str, ...]]


def rows() -> Rows:
    """By name, the cells from the default on."""
    presets = [dict(flat(values)) for values in PRESETS.values()]
    return {
        name: (default, *(written(preset[name]) if name in preset else "" for preset in presets))
        for name, default in settings(Deployment)
    }


def settings(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, field in model.model_fields.items():
        inner, is_named = table(field)
        if inner is None:
            yield prefix + name, default(field, prefix + name)
        else:
            yield from settings(inner, f"{prefix}{name}.NAME." if is_named else f"{prefix}{name}.")


def table(field: FieldInfo) -> tuple[type[BaseModel] | None, bool]:
    """The model of a setting that is a table, and whether its keys are names."""
    kind = field.annotation
    if get_origin(kind) is dict:
        kind = get_args(kind)[1]
        return (kind, True) if is_model(kind) else (None, False)
    choices = get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    found = [each for each in choices if is_model(each)]
    return (found[0], False) if found else (None, False)


def is_model(kind: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def default(field: FieldInfo, name: str) -> str:
    if field.is_required():
        return (
            "preset" if all(name in dict(flat(each)) for each in PRESETS.values()) else "required"
        )
    return written(field.default)


def written(value: Any) -> str:
    """As in TOML; empty where there is none."""
    if value is None or value in ("", [], {}):
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`"


def flat(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
