"""A stack as it is now, what it is to become, and what has happened to it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from deploy.ecs.evaluator import Output, Resource, Template
from deploy.ecs.evaluator import Stack as Evaluated
from deploy.ecs.evaluator.places import Object

STACK = "AWS::CloudFormation::Stack"
ENDED = "DELETE_COMPLETE"


@dataclass(frozen=True)
class Wanted:
    """What a stack is to become."""

    body: str
    template: Template
    given: Mapping[str, str]  # the parameters' values
    tags: Mapping[str, str]
    evaluated: Evaluated

    @property
    def needs(self) -> dict[str, set[str]]:
        """Which resources each has to wait for."""
        resources = self.evaluated.resources
        return {
            name: ({*each.refers_to, *each.depends_on} & resources.keys()) - {name}
            for name, each in resources.items()
        }


class Whose(NamedTuple):
    """A resource, or the stack itself."""

    logical_id: str
    physical_id: str
    type: str


@dataclass(frozen=True)
class Made:
    """A resource that exists, with the values that it was made of."""

    resource: Resource
    given: Mapping[str, Any]  # to its service: the properties, with a name where it had none
    physical_id: str
    attributes: Mapping[str, Any]  # for Fn::GetAtt

    @property
    def properties(self) -> Object:
        return self.resource.properties

    @property
    def whose(self) -> Whose:
        return Whose(self.resource.logical_id, self.physical_id, self.resource.type)


@dataclass(frozen=True)
class Event:
    """The newest of a resource tells its state."""

    at: datetime
    whose: Whose
    status: str
    reason: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True)
class Former:
    """What an update set out from."""

    wanted: Wanted
    made: Mapping[str, Made]


@dataclass
class Stack:
    id: str
    name: str
    created_at: datetime
    wanted: Wanted | None  # None: in review, there has been nothing yet
    status: str
    status_reason: str = ""
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    is_protected: bool = False
    is_kept_on_failure: bool = False  # no roll-back
    made: dict[str, Made] = field(default_factory=dict)
    former: "Former | None" = None  # while it can be rolled back to it
    leftover: list[tuple[str, Made]] = field(default_factory=list)  # to delete in the end
    states: dict[str, Event] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)  # with what Parameter Store keeps
    outputs: dict[str, Output] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)  # the newest last

    @property
    def in_progress(self) -> bool:
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    @property
    def description(self) -> str | None:
        found = self.wanted.template.body.get("Description") if self.wanted else None
        return None if found is None else str(found)
