"""What all operations on stacks share."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from botocore.exceptions import ClientError

from deploy.ecs.clock import Clock
from deploy.ecs.evaluator import Environment, Template, evaluate
from deploy.ecs.evaluator import Stack as Evaluated
from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.rehearsal.cloud.cloudformation.failures import Faults
from deploy.ecs.rehearsal.cloud.cloudformation.physical import Physical, UnresolvedError
from deploy.ecs.rehearsal.cloud.cloudformation.stack import (
    ENDED,
    STACK,
    Event,
    Stack,
    Whose,
)
from deploy.ecs.rehearsal.cloud.resources.calls import Aws
from deploy.ecs.rehearsal.cloud.scheduler import Scheduler
from deploy.ecs.rehearsal.timeline import Timeline


@dataclass
class Engine:
    aws: Aws
    clock: Clock
    timeline: Timeline
    scheduler: Callable[[], Scheduler | None]
    folder: Path  # for the files of templates
    faults: Faults = field(default_factory=Faults)
    stacks: list[Stack] = field(default_factory=list)  # deleted ones too
    lock: threading.RLock = field(default_factory=threading.RLock)
    _templates: int = 0

    def template(self, body: str) -> Template:
        """Raises TemplateError."""
        with self.lock:
            self._templates += 1
            path = self.folder / f"template-{self._templates}.yaml"
        path.write_text(body)
        return Template.read(path)

    def evaluated(self, template: Template, given: dict[str, str], name: str) -> Evaluated:
        return evaluate(template, given, Environment(self.aws.region, self.aws.account, name))

    def physical(self, stack: Stack) -> Physical:
        def attribute(name: str, wanted: str) -> Value:
            try:
                return stack.made[name].attributes[wanted]
            except KeyError as error:
                raise UnresolvedError(
                    f"Template error: resource {name} does not support attribute type {wanted} "
                    "in Fn::GetAtt"
                ) from error

        def reference(name: str) -> Value:
            try:
                return stack.made[name].physical_id
            except KeyError as error:
                raise UnresolvedError(f"Unresolved resource dependencies [{name}]") from error

        pseudo = {"AWS::StackId": stack.id, "AWS::NotificationARNs": []}.__getitem__
        return Physical(reference, attribute, pseudo, self.stored, self.imported, self.zones)

    def stored(self, name: str) -> str:
        try:
            found = self.aws.call("ssm", "get_parameter", Name=name)
        except ClientError as error:
            raise UnresolvedError(
                f"Unable to fetch parameters [{name}] from parameter store for this account."
            ) from error
        return str(found["Parameter"]["Value"])

    def zones(self, region: str) -> list[str]:
        found = self.aws.call("ec2", "describe_availability_zones")["AvailabilityZones"]
        return sorted(each["ZoneName"] for each in found)

    def imported(self, name: str) -> Value:
        for stack in self.stacks:
            for output in stack.outputs.values():
                if stack.status != ENDED and output.export == name:
                    return output.value
        raise UnresolvedError(f"No export named {name} found.")

    def record(self, stack: Stack, whose: Whose, status: str, reason: str = "") -> None:
        with self.lock:
            event = Event(self.clock.now(), whose, status, reason)
            stack.events.append(event)
            made = stack.made.get(whose.logical_id)
            was_replaced = made is not None and made.physical_id != whose.physical_id
            if whose.type != STACK and not (was_replaced and status.startswith("DELETE_")):
                stack.states[whose.logical_id] = event
            name = "" if whose.type == STACK else f" {whose.logical_id}"
            why = f": {reason}" if reason else ""
            self.timeline.add(f"stack {stack.name}", f"{status}{name}{why}")

    def turn(self, stack: Stack, status: str, reason: str = "") -> None:
        """A stack's own status."""
        with self.lock:
            stack.status, stack.status_reason = status, reason
            if status == ENDED:
                stack.deleted_at = self.clock.now()
            self.record(stack, Whose(stack.name, stack.id, STACK), status, reason)
