"""What a change set says would happen."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from deploy.ecs.evaluator import Resource
from deploy.ecs.evaluator.places import Object
from deploy.ecs.evaluator.references import in_order, resources_in
from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.rehearsal.cloud.cloudformation.engine import Engine
from deploy.ecs.rehearsal.cloud.cloudformation.physical import Physical
from deploy.ecs.rehearsal.cloud.cloudformation.replacement import changed, recreation
from deploy.ecs.rehearsal.cloud.cloudformation.stack import Made, Stack, Wanted

NO_CHANGES = (
    "The submitted information didn't contain changes. "
    "Submit different information to create a change set."
)
REPLACEMENTS = {"Never": "False", "Conditionally": "Conditional", "Always": "True"}
ATTRIBUTES = ("CreationPolicy", "DeletionPolicy", "Metadata", "UpdatePolicy", "UpdateReplacePolicy")


@dataclass(frozen=True)
class Pending:
    """What will have another value, that nobody knows yet."""

    logical_id: str
    attribute: str = ""

    @property
    def entity(self) -> str:
        return f"{self.logical_id}.{self.attribute}" if self.attribute else self.logical_id


class PendingError(Exception):
    def __init__(self, logical_id: str, attribute: str = "") -> None:
        super().__init__(logical_id, attribute)
        self.pending = Pending(logical_id, attribute)


@dataclass
class ChangeSet:
    id: str
    name: str
    stack: Stack
    type: str  # CREATE or UPDATE
    wanted: Wanted
    created_at: datetime
    description: str | None
    changes: list[dict[str, Any]] = field(default_factory=list)
    status: str = "CREATE_COMPLETE"
    status_reason: str | None = None
    execution_status: str = "AVAILABLE"


class Comparison:
    """Of what is with what is wanted."""

    def __init__(self, engine: Engine, stack: Stack, wanted: Wanted) -> None:
        self.stack = stack
        self.wanted = wanted
        self.replaced: dict[str, str] = {}  # the verdict on each that is modified
        own = engine.physical(stack)
        self.physical = Physical(
            self.reference, self.attribute, own.pseudo, own.stored, own.imported, own.zones
        )

    def changes(self) -> list[dict[str, Any]]:
        resources = self.wanted.evaluated.resources
        order, _ = in_order(self.wanted.needs)
        found = {name: change for name in order if (change := self.change(resources[name]))}
        removed = [made for name, made in self.stack.made.items() if name not in resources]
        return [*map(removal, removed), *(found[name] for name in resources if name in found)]

    def changes_anything(self, changes: list[dict[str, Any]]) -> bool:
        """Outputs too, which no change tells of."""
        if changes or self.stack.wanted is None or self.stack.wanted.tags != self.wanted.tags:
            return True
        after = self.wanted.evaluated.outputs
        before = self.stack.outputs
        return after.keys() != before.keys() or any(
            loosely(self.physical, [each.value, each.export])
            != [before[name].value, before[name].export]
            for name, each in after.items()
        )

    def reference(self, name: str) -> Value:
        if name not in self.stack.made or self.replaced.get(name, "False") != "False":
            raise PendingError(name)
        return self.stack.made[name].physical_id

    def attribute(self, name: str, wanted: str) -> Value:
        # Those of a changed resource may change, as far as CloudFormation can tell.
        if name not in self.stack.made or name in self.replaced:
            raise PendingError(name, wanted)
        return self.stack.made[name].attributes.get(wanted)

    def change(self, symbolic: Resource) -> dict[str, Any] | None:
        made = self.stack.made.get(symbolic.logical_id)
        if made is None:
            return told("Add", symbolic.logical_id, symbolic.type)
        details = list(self.details(made, symbolic))
        if not details:
            return None
        worst = max((each["Target"]["RequiresRecreation"] for each in details), key=SEVERITY.index)
        dynamic_only = worst == "Always" and all(
            each["Evaluation"] == "Dynamic"
            for each in details
            if each["Target"]["RequiresRecreation"] == "Always"
        )
        verdict = "Conditional" if dynamic_only else REPLACEMENTS[worst]
        self.replaced[symbolic.logical_id] = verdict
        scope = sorted({each["Target"]["Attribute"] for each in details})
        return told(
            "Modify",
            symbolic.logical_id,
            symbolic.type,
            PhysicalResourceId=made.physical_id,
            Replacement=verdict,
            Scope=scope,
            Details=details,
        )

    def details(self, made: Made, symbolic: Resource) -> Iterator[dict[str, Any]]:
        after = pending(self.physical, symbolic.properties)
        for name in changed(made.properties, after):
            kind = recreation(symbolic.type, name, made.properties, after)
            scope = "Tags" if name == "Tags" else "Properties"
            target = {"Attribute": scope, "RequiresRecreation": kind}
            if scope == "Properties":
                target["Name"] = name
            for cause in self.causes(symbolic.logical_id, name, after.get(name)):
                yield {"Target": target, **cause}
        for name in ATTRIBUTES:
            if self.physical_attribute(symbolic, name) != made.resource.attributes.get(name):
                target = {"Attribute": name, "RequiresRecreation": "Never"}
                cause = {"Evaluation": "Static", "ChangeSource": "DirectModification"}
                yield {"Target": target, **cause}

    def physical_attribute(self, symbolic: Resource, name: str) -> Value:
        return loosely(self.physical, symbolic.attributes.get(name))

    def causes(self, logical_id: str, name: str, after: Value) -> Iterator[dict[str, str]]:
        waited = list(pendings(after))
        for each in waited:
            source = "ResourceAttribute" if each.attribute else "ResourceReference"
            yield {"Evaluation": "Dynamic", "ChangeSource": source, "CausingEntity": each.entity}
        node = self.wanted.template.section("Resources").get(logical_id, {})
        properties = node.get("Properties", {}) if isinstance(node, dict) else {}
        parameters = set(names_in(properties.get(name))) & self.changed_parameters()
        for parameter in sorted(parameters):
            source = "ParameterReference"
            yield {"Evaluation": "Static", "ChangeSource": source, "CausingEntity": parameter}
        if not waited and not parameters:
            yield {"Evaluation": "Static", "ChangeSource": "DirectModification"}

    def changed_parameters(self) -> set[str]:
        before = self.stack.wanted.evaluated.parameters if self.stack.wanted else {}
        after = self.wanted.evaluated.parameters
        return {name for name in after if before.get(name) != after[name]}


SEVERITY = ["Never", "Conditionally", "Always"]


def loosely(physical: Physical, value: Value) -> Value:
    """Where something is pending within a string, so is the whole."""
    if isinstance(value, dict):
        return {key: loosely(physical, each) for key, each in value.items()}
    if isinstance(value, list):
        return [loosely(physical, each) for each in value]
    try:
        return physical.value(value)
    except PendingError as error:
        return error.pending


def pending(physical: Physical, properties: Object) -> Object:
    result = Object(properties.place)
    for name, value, place in properties.located():
        result.put(name, loosely(physical, value), place)
    return result


def pendings(value: Value) -> Iterator[Pending]:
    if isinstance(value, Pending):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from pendings(each)


def names_in(node: Any) -> Iterator[str]:
    """Of resources too."""
    yield from resources_in(node)
    yield from references_in(node)


def references_in(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("Ref"), str):
            yield node["Ref"]
        for each in node.values():
            yield from references_in(each)
    elif isinstance(node, list):
        for each in node:
            yield from references_in(each)


def removal(made: Made) -> dict[str, Any]:
    resource = made.resource
    policy = resource.attributes.get("DeletionPolicy", "Delete")
    return told(
        "Remove",
        resource.logical_id,
        resource.type,
        PhysicalResourceId=made.physical_id,
        PolicyAction=policy,
    )


def told(action: str, logical_id: str, type_name: str, **more: Any) -> dict[str, Any]:
    change = {"Action": action, "LogicalResourceId": logical_id, "ResourceType": type_name}
    return {"Type": "Resource", "ResourceChange": {**change, "Scope": [], "Details": [], **more}}
