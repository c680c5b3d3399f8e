"""Parameters as `aws cloudformation create-stack --parameters file://` takes them."""

from pathlib import Path
from typing import Any

from deploy.ecs.evaluator import parse
from deploy.ecs.evaluator.places import Array, Object, Place, Problems, TemplateError

KEYS = {"ParameterKey", "ParameterValue", "UsePreviousValue", "ResolvedValue"}


def read_parameters(path: Path) -> dict[str, str | None]:
    """None for what keeps its previous value. Raises TemplateError."""
    entries = parse.read(path, Problems())
    if not isinstance(entries, Array):
        text = 'It should be a list of {"ParameterKey": ..., "ParameterValue": ...}.'
        raise TemplateError(Place(path, 1, 1), text)
    result: dict[str, str | None] = {}
    for entry, place in entries.located():
        name, value = _parameter(entry, place)
        if name in result:
            raise TemplateError(place, f"{name} is here twice.")
        result[name] = value
    return result


def _parameter(entry: Any, place: Place) -> tuple[str, str | None]:
    name = entry.get("ParameterKey") if isinstance(entry, Object) else None
    if not isinstance(name, str):
        raise TemplateError(place, "An entry has no ParameterKey.")
    if unknown := entry.keys() - KEYS:
        raise TemplateError(place, f"{name} has {', '.join(sorted(unknown))}, which means nothing.")
    value = entry.get("ParameterValue")
    if value is None and entry.get("UsePreviousValue") is True:
        return name, None
    if not isinstance(value, str):
        raise TemplateError(place, f"The ParameterValue of {name} is no string. Put it in quotes.")
    return name, value
