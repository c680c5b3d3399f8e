"""A template as it is written, before any function is evaluated."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from deploy.ecs.evaluator import parse
from deploy.ecs.evaluator.places import Array, Object, Place, Problem, Problems, TemplateError

OBJECTS = ("Conditions", "Mappings", "Metadata", "Outputs", "Parameters", "Resources", "Rules")
# Hooks and Globals are for the macros that CodeDeploy and SAM bring.
SECTIONS = {*OBJECTS, "AWSTemplateFormatVersion", "Description", "Globals", "Hooks", "Transform"}
EXTENSIONS = "AWS::LanguageExtensions"


@dataclass(frozen=True)
class Template:
    path: Path
    body: Object
    problems: tuple[Problem, ...]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises TemplateError where the file is no template."""
        problems = Problems()
        body = parse.read(path, problems)
        if not isinstance(body, Object) or not isinstance(body.get("Resources"), Object):
            place = body.place if isinstance(body, Object | Array) else Place(path, 1, 1)
            raise TemplateError(place, "It is no CloudFormation template: it has no Resources.")
        _check(body, problems)
        return cls(path, body, tuple(problems))

    def section(self, name: str) -> Object:
        found = self.body.get(name)
        return found if isinstance(found, Object) else Object(self.body.place)

    @property
    def extended(self) -> bool:
        return any(name == EXTENSIONS for name, _ in _transforms(self.body))


def _check(body: Object, problems: Problems) -> None:
    transforms = [each for each in _transforms(body) if each[0] != EXTENSIONS]
    for name, place in transforms:
        problems.note(place, f"Not expanded: the macro {name}.")
    for name, value, place in body.located():
        if name in OBJECTS and not isinstance(value, Object | None):
            problems.refuse(place, f"{name} takes names and what they stand for.")
        elif name not in SECTIONS and not transforms:
            problems.refuse(place, f"There is no section {name}.")


def _transforms(body: Object) -> Iterator[tuple[str, Place]]:
    """With their places, whether there is one, a list, or objects with a Name."""
    wanted = body.get("Transform", Array(body.place))
    located = wanted.located() if isinstance(wanted, Array) else [(wanted, _place(body))]
    for each, place in located:
        yield str(each.get("Name") if isinstance(each, Object) else each), place


def _place(body: Object) -> Place:
    return body.places.get("Transform", body.place)


def entities(section: Any, problems: Problems, kind: str) -> Iterator[tuple[str, Object, Place]]:
    """What a section declares, as far as it is an object."""
    for name, node, place in section:
        if isinstance(node, Object):
            yield name, node, place
        else:
            problems.refuse(place, f"{kind} {name} is no object.")
