"""What a stack would consist of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.ecs.evaluator.places import Object, Place, Problem
from deploy.ecs.evaluator.pseudo import Environment
from deploy.ecs.evaluator.symbols import Choice, Value


@dataclass(frozen=True)
class Resource:
    stack: str
    logical_id: str
    type: str
    attributes: Object  # Properties, DeletionPolicy, Metadata and so on, evaluated
    depends_on: tuple[str, ...]  # as written
    condition: str | None
    exists: bool | None  # None: its condition is not known
    refers_to: frozenset[str]  # through the chosen branches, and both where none is chosen
    declared_at: Place

    @property
    def properties(self) -> Object:
        found = self.attributes.get("Properties")
        return found if isinstance(found, Object) else Object(self.declared_at)

    def place(self, *path: str | int) -> Place:
        """Of what is at `path` in the attributes, or of the closest around it."""
        return _closest(self.attributes, path, self.declared_at)[1]


def _closest(value: Value, path: tuple[str | int, ...], found: Place) -> tuple[int, Place]:
    """With the number of steps of the path that are left there."""
    if not path:
        return 0, found
    if isinstance(value, Choice):
        branches = (value.then, value.otherwise)
        return min((_closest(each, path, found) for each in branches), key=lambda each: each[0])
    step, *rest = path
    try:
        inner: Any = value[step]
        place = value.places[step]
    except (KeyError, IndexError, TypeError, AttributeError):
        return len(path), found
    return _closest(inner, tuple(rest), place)


@dataclass(frozen=True)
class Output:
    name: str
    value: Value
    export: Value  # its name, or None
    condition: str | None
    exists: bool | None
    place: Place


@dataclass(frozen=True)
class Stack:
    name: str
    environment: Environment
    parameters: Mapping[str, Value]
    conditions: Mapping[str, bool | None]
    resources: dict[str, Resource]
    absent: dict[str, Resource]  # whose condition is false; without attributes
    outputs: dict[str, Output]
    nested: dict[str, "Stack"] = field(repr=False)  # by the logical id of each
    problems: list[Problem]

    @property
    def exports(self) -> dict[Value, Value]:
        exported = (each for each in self.outputs.values() if each.export is not None)
        return {each.export: each.value for each in exported}
