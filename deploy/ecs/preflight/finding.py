"""What is wrong with a deployment that does not exist yet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from deploy.ecs.evaluator import Place
from deploy.ecs.graph.parts import Part, Step


class Severity(StrEnum):
    ERROR = "error"  # it will fail
    WARNING = "warning"  # it may
    NOTE = "note"  # worth knowing; also what follows from an error that is told


ORDER = list(Severity)
FOLLOWS = "It follows from {}."


@dataclass(frozen=True)
class Finding:
    """`id` is the catalogue's (docs/preflight.md), `message` what AWS will say or, where it says
    nothing, what will be seen, `why` the reasoning, a sentence each."""

    id: str
    severity: Severity
    stack: str
    resource: str  # logical id, or the file where it is no resource
    property: str  # such as "ContainerDefinitions.0.Memory"
    message: str
    why: tuple[str, ...]
    cure: str
    place: Place

    def members(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "id": self.id,
            "severity": self.severity,
            "resource": self.resource,
            "property": self.property,
            "message": self.message,
            "why": list(self.why),
            "cure": self.cure,
            "file": str(self.place.file),
            "line": self.place.line,
        }

    def consequence(self, fault: str, message: str) -> "Finding":
        """Another fault of the catalogue that AWS will show because of this one."""
        why = (FOLLOWS.format(self.id), *self.why)
        return replace(self, id=fault, severity=Severity.NOTE, message=message, why=why)

    def follows_from(self, fault: str) -> bool:
        return self.why[:1] == (FOLLOWS.format(fault),)


class Tell(Protocol):
    def __call__(
        self, fault: str, part: Part, *path: Step, why: Sequence[str], message: str, cure: str
    ) -> Finding: ...


def _telling(severity: Severity) -> Tell:
    def tell(
        fault: str, part: Part, *path: Step, why: Sequence[str], message: str, cure: str
    ) -> Finding:
        return Finding(
            id=fault,
            severity=severity,
            stack=part.resource.stack,
            resource=part.resource.logical_id,
            property=".".join(str(each) for each in (*within(part), *path)),
            message=message,
            why=tuple(why),
            cure=cure,
            place=part.place(*path),
        )

    return tell


error = _telling(Severity.ERROR)
warning = _telling(Severity.WARNING)
note = _telling(Severity.NOTE)


def within(part: Part) -> tuple[Step, ...]:
    """Where in its resource's properties a part is: ("ContainerDefinitions", 0)."""
    return next(_search(part.resource.properties, part.body, ()), ())


def _search(value: Any, wanted: Any, path: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    if value is wanted:
        yield path
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from _search(child, wanted, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _search(child, wanted, (*path, index))
