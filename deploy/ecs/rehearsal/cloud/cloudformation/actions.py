"""Making, changing and deleting one resource of a stack, with the events that it brings."""

import threading
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from deploy.ecs.evaluator import Resource
from deploy.ecs.rehearsal.cloud.cloudformation.durations import duration
from deploy.ecs.rehearsal.cloud.cloudformation.engine import Engine
from deploy.ecs.rehearsal.cloud.cloudformation.failures import ERRORS, ActionError, reason, taken
from deploy.ecs.rehearsal.cloud.cloudformation.names import generated, random_suffix
from deploy.ecs.rehearsal.cloud.cloudformation.replacement import is_replaced
from deploy.ecs.rehearsal.cloud.cloudformation.stack import Made, Stack, Whose
from deploy.ecs.rehearsal.cloud.resources import KINDS
from deploy.ecs.rehearsal.cloud.resources.kind import Kind, Properties
from deploy.ecs.rehearsal.cloud.scheduler import NotStabilizedError, Scheduler

SERVICE = "AWS::ECS::Service"
REVISIONS = "AWS::ECS::TaskDefinition"  # of one name there may be many
REPLACING = "Requested update requires the creation of a new physical resource; hence creating one."
STEP = 5.0  # seconds of sleep between two looks at whether it was cancelled
LOOK = 0.02  # the same while a service settles, in real seconds


@dataclass(frozen=True)
class Actions:
    """All raise ActionError, when the event that says so is written."""

    engine: Engine
    stack: Stack
    stopped: threading.Event  # when what is still being made or changed is cancelled

    def create(self, resource: Resource) -> Made:
        return self._made(resource, "CREATE", "")

    def replace(self, before: Made, resource: Resource) -> Made:
        kind = KINDS[resource.type]
        name = resource.properties.get(kind.name)
        if name and name == before.given.get(kind.name) and resource.type != REVISIONS:
            text = (
                "CloudFormation cannot update a stack when a custom-named resource requires "
                f"replacing. Rename {name} and update the stack again."
            )
            self._tell(resource, before.physical_id, "UPDATE_FAILED", text)
            raise ActionError(text)
        return self._made(resource, "UPDATE", REPLACING)

    def _made(self, resource: Resource, verb: str, why: str) -> Made:
        kind, physical_id = KINDS[resource.type], ""
        given = self._named(kind, resource)
        self._tell(resource, "", f"{verb}_IN_PROGRESS", why)
        try:
            self.engine.faults.check(resource.logical_id, resource.type, "create")
            if kind.is_taken(self.engine.aws, given):
                raise ActionError(taken(resource, given))
            physical_id = kind.create(self.engine.aws, given)
            # Before it is waited for: a roll-back has to delete it.
            self.stack.made[resource.logical_id] = Made(resource, given, physical_id, {})
            self._tell(resource, physical_id, f"{verb}_IN_PROGRESS", "Resource creation Initiated")
            self._settle(resource, "create", "Resource creation cancelled", given)
            attributes = kind.read(self.engine.aws, physical_id, given)
        except (ActionError, *ERRORS) as error:
            self._fail(error, Made(resource, given, physical_id, {}), verb)
        self._tell(resource, physical_id, f"{verb}_COMPLETE", "")
        return Made(resource, given, physical_id, attributes)

    def _named(self, kind: Kind, resource: Resource) -> dict[str, Any]:
        given = dict(resource.properties)
        if kind.name and kind.name not in given:
            whose = self.stack.name, resource.logical_id, resource.type, kind.longest
            given[kind.name] = generated(*whose)
        return given

    def update(self, before: Made, resource: Resource) -> Made:
        kind, physical_id = KINDS[resource.type], before.physical_id
        given = dict(resource.properties)
        if kind.name and kind.name not in given:
            given[kind.name] = before.given.get(kind.name)
        self._tell(resource, physical_id, "UPDATE_IN_PROGRESS", "")
        # Not what it was any more, whatever comes of it: a roll-back has to change it again.
        self.stack.made[resource.logical_id] = replace(before, resource=resource, given=given)
        try:
            self.engine.faults.check(resource.logical_id, resource.type, "update")
            kind.update(self.engine.aws, physical_id, before.given, given)
            self._settle(resource, "update", "Resource update cancelled", given)
            attributes = kind.read(self.engine.aws, physical_id, given)
        except (ActionError, *ERRORS) as error:
            self._fail(error, Made(resource, given, physical_id, {}), "UPDATE")
        self._tell(resource, physical_id, "UPDATE_COMPLETE", "")
        return Made(resource, given, physical_id, attributes)

    def delete(self, made: Made, policies: str = "DeletionPolicy") -> None:
        resource, kind = made.resource, KINDS[made.resource.type]
        policy = resource.attributes.get(policies, "Delete")
        if policy == "Retain":
            self._tell(resource, made.physical_id, "DELETE_SKIPPED", "")
            return
        self._tell(resource, made.physical_id, "DELETE_IN_PROGRESS", "")
        try:
            self.engine.faults.check(resource.logical_id, resource.type, "delete")
            self._remove(kind, made, with_snapshot=policy == "Snapshot")
            self._sleep(duration(resource.type, "delete"))
        except (ActionError, *ERRORS) as error:
            self._fail(error, made, "DELETE")
        self._tell(resource, made.physical_id, "DELETE_COMPLETE", "")

    def _remove(self, kind: Kind, made: Made, *, with_snapshot: bool) -> None:
        name = f"{self.stack.name}-snapshot-{made.resource.logical_id}-{random_suffix()}".lower()
        # What is protected is refused before its snapshot is taken.
        if with_snapshot and not self._is_protected(made.given):
            kind.snapshot(self.engine.aws, made.physical_id, name)
        try:
            kind.delete(self.engine.aws, made.physical_id, made.given)
        except ClientError as error:
            code = str(error.response["Error"].get("Code"))
            if "NotFound" not in code and "NoSuch" not in code:
                raise

    def _is_protected(self, properties: Properties) -> bool:
        return str(properties.get("DeletionProtection", False)).lower() == "true"

    def _settle(
        self, resource: Resource, action: str, cancelled: str, properties: Properties
    ) -> None:
        scheduler = self.engine.scheduler()
        if resource.type == SERVICE and scheduler:
            self._stabilize(scheduler, properties, cancelled)
        else:
            self._sleep(duration(resource.type, action), cancelled)

    def _stabilize(self, scheduler: Scheduler, properties: Properties, cancelled: str) -> None:
        failures: list[NotStabilizedError] = []
        settled = threading.Event()
        cluster = str(properties["Cluster"]).rpartition("/")[2]

        def wait() -> None:
            try:
                scheduler.wait_until_stable(cluster, properties["ServiceName"])
            except NotStabilizedError as error:
                failures.append(error)
            finally:
                settled.set()

        threading.Thread(target=wait, name="service settles", daemon=True).start()
        while not settled.wait(LOOK):
            self._check(cancelled)
        if failures:
            raise failures[0]

    def _sleep(self, seconds: float, cancelled: str = "") -> None:
        while seconds > 0:
            if cancelled:
                self._check(cancelled)
            self.engine.clock.sleep(min(seconds, STEP))
            seconds -= STEP

    def _check(self, cancelled: str) -> None:
        if self.stopped.is_set():
            raise ActionError(cancelled)

    def _fail(self, error: Exception, made: Made, verb: str) -> None:
        is_told = isinstance(error, ActionError)
        text = str(error) if is_told else reason(error, made.resource, made.given)
        self._tell(made.resource, made.physical_id, f"{verb}_FAILED", text)
        raise ActionError(text) from error

    def _tell(self, resource: Resource, physical_id: str, status: str, why: str) -> None:
        whose = Whose(resource.logical_id, physical_id, resource.type)
        self.engine.record(self.stack, whose, status, why)


def needs_replacement(before: Made, resource: Resource) -> bool:
    return is_replaced(resource.type, before.properties, resource.properties)
