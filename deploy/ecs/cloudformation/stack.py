"""One stack of CloudFormation: created, updated, brought back from every state it may be in.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.errors import DeploymentError

POLL = 5  # seconds
LARGEST = 51_200  # bytes of a template in a request
REPLACEABLE = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}
COMPLETE = {
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
}
NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
# Events that only follow from another resource's failure.
CONSEQUENCES = ("Resource creation cancelled", "Resource update cancelled")
Values = Mapping[str, str]


@dataclass(frozen=True)
class Change:
    """A line of a change set. `replacement` is True, False or Conditional."""

    action: str  # Add, Modify, Remove, Import, Dynamic
    logical_id: str
    type: str
    physical_id: str
    replacement: str
    properties: tuple[str, ...]

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> "Change":
        change = described["ResourceChange"]
        targets = [each.get("Target", {}) for each in change.get("Details", [])]
        names = {each.get("Name") or each.get("Attribute") for each in targets}
        return cls(
            change["Action"],
            change["LogicalResourceId"],
            change["ResourceType"],
            change.get("PhysicalResourceId", ""),
            change.get("Replacement", "False"),
            tuple(sorted(filter(None, names))),
        )


@dataclass(frozen=True)
class Event:
    at: datetime
    logical_id: str
    type: str
    physical_id: str
    status: str
    reason: str

    @property
    def failed(self) -> bool:
        return self.status.endswith("_FAILED") and not self.reason.startswith(CONSEQUENCES)


class StackFailedError(Exception):
    """An operation ended otherwise than wished. `events` say why, the first first."""

    def __init__(self, stack: str, status: str, reason: str, events: list[Event]) -> None:
        super().__init__(f"{stack} is {status}: {reason}")
        self.stack = stack
        self.status = status
        self.reason = reason
        self.events = events

    def of_type(self, kind: str) -> bool:
        return any(each.type == kind for each in self.events)


@dataclass
class CloudFormationStack:
    """`watch` is called with each new event, and `meanwhile` at each look, as long as it waits."""

    aws: AWS
    name: str
    clock: Clock
    watch: Callable[[Event], None] = lambda event: None
    meanwhile: Callable[[], None] = lambda: None
    seen: set[str] = field(default_factory=set)

    @property
    def client(self) -> Any:
        return self.aws.client("cloudformation")

    def describe(self) -> dict[str, Any] | None:
        try:
            [stack] = self.client.describe_stacks(StackName=self.name)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":  # "does not exist"
                return None
            raise
        return dict(stack) if stack["StackStatus"] != "DELETE_COMPLETE" else None

    @property
    def status(self) -> str | None:
        stack = self.describe()
        return stack["StackStatus"] if stack else None

    def parameters(self) -> dict[str, str]:
        found = (self.describe() or {}).get("Parameters", [])
        return {each["ParameterKey"]: each["ParameterValue"] for each in found}

    def outputs(self) -> dict[str, str]:
        found = (self.describe() or {}).get("Outputs", [])
        return {each["OutputKey"]: each["OutputValue"] for each in found}

    def deploy(self, template: Path | None, parameters: Values, tags: Values) -> bool:
        """Whether there was anything to change. From whatever state an earlier attempt left.
        `template` None is the one that it has.

        Raises StackFailedError, DeploymentError.
        """
        self.settle()
        changes = self.propose(template, parameters, tags)
        if changes is None:
            return False
        self.execute(changes)
        return True

    def settle(self) -> None:
        """Until the stack is absent or can be updated. Raises StackFailedError."""
        self.note_events()
        while (status := self.status) not in {None, "REVIEW_IN_PROGRESS"} | COMPLETE:
            if status in REPLACEABLE:
                self.delete()
            elif status == "UPDATE_ROLLBACK_FAILED":
                self.client.continue_update_rollback(StackName=self.name)
                if (ended := self.wait()) == status:
                    raise self.failure(ended)
            elif status == "UPDATE_FAILED":  # only without rollback, which is not ours
                self.client.rollback_stack(StackName=self.name)
                self.wait()
            elif (ended := self.wait()) == status:  # at rest, and in no state of ours
                raise self.failure(ended)

    def propose(
        self, template: Path | None, parameters: Values, tags: Values
    ) -> "ChangeSet | None":
        """What would change, or None. Raises DeploymentError."""
        present = self.describe() or {}
        status = present.get("StackStatus")
        self.check_owner(tags_of(present), tags)
        name = f"deploy-{self.clock.now():%Y%m%d%H%M%S%f}"
        self.client.create_change_set(
            StackName=self.name,
            ChangeSetName=name,
            ChangeSetType="CREATE" if status in {None, "REVIEW_IN_PROGRESS"} else "UPDATE",
            **body_of(template),
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        return self.described(name)

    def check_owner(self, present: Values, wanted: Values) -> None:
        """Two may come to one name: x of a-b in c, and a service c-x of a in b."""
        if other := {key: each for key, each in present.items() if wanted.get(key, each) != each}:
            said = " and ".join(f"{key} {value}" for key, value in other.items())
            raise DeploymentError(
                f"The stack {self.name} is another deployment's: it has {said}.",
                "Call this project or its service by another name in deployment.toml.",
            )

    def described(self, name: str) -> "ChangeSet | None":
        asked = {"StackName": self.name, "ChangeSetName": name}
        while True:
            found = self.client.describe_change_set(**asked)
            if found["Status"] == "CREATE_COMPLETE":
                break
            if found["Status"] == "FAILED":
                reason = found.get("StatusReason", "")
                self.client.delete_change_set(**asked)
                if any(each in reason for each in NO_CHANGES):
                    return None
                raise DeploymentError(
                    f"CloudFormation takes the stack {self.name} not: {reason}",
                    "Correct what it names in deployment.toml.",
                )
            self.clock.sleep(1)
        pages = [found]
        while "NextToken" in pages[-1]:
            token = pages[-1]["NextToken"]
            pages.append(self.client.describe_change_set(**asked, NextToken=token))
        changes = [Change.of(each) for page in pages for each in page["Changes"]]
        return ChangeSet(self, name, changes)

    def execute(self, changes: "ChangeSet") -> None:
        """Raises StackFailedError."""
        self.note_events()
        self.client.execute_change_set(StackName=self.name, ChangeSetName=changes.name)
        status = self.wait()
        if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            raise self.failure(status)

    def delete(self) -> None:
        """Raises StackFailedError where something of it stays."""
        self.note_events()
        found = self.describe()
        if found is None:
            return
        # By its name it is not to be found once it is gone.
        self.client.delete_stack(StackName=self.name)
        status = self.wait()
        self.report(found["StackId"])
        if status:
            raise self.failure(status)

    def cancel(self) -> None:
        """What is under way is undone."""
        self.note_events()
        status = self.status
        if status == "UPDATE_IN_PROGRESS":
            self.client.cancel_update_stack(StackName=self.name)
        elif status == "CREATE_IN_PROGRESS":
            self.client.delete_stack(StackName=self.name)
        self.wait()

    def wait(self) -> str | None:
        """The status in which it comes to rest; None where it is gone."""
        while True:
            self.report()
            self.meanwhile()
            status = self.status
            if status is None or not status.endswith("_IN_PROGRESS"):
                self.report()
                return status
            self.clock.sleep(POLL)

    def note_events(self) -> None:
        """Those that are there already are not reported."""
        if not self.seen:
            self.seen = {each["EventId"] for each in islice(self._pages(), 1)}
            self.seen.add("")

    def report(self, name: str = "") -> None:
        """Read as far back as to what is known: a stack has up to 90 days of events."""
        fresh = list(takewhile(lambda each: each["EventId"] not in self.seen, self._pages(name)))
        for each in reversed(fresh):
            self.seen.add(each["EventId"])
            self.watch(event_of(each))

    def failure(self, status: str | None) -> StackFailedError:
        described = self.describe() or {}
        reason = described.get("StackStatusReason", "")
        return StackFailedError(self.name, status or "gone", reason, self.failures())

    def failures(self) -> list[Event]:
        """Of the last operation, the first first."""
        found: list[Event] = []
        for event in self.history():
            if event.logical_id == self.name and event.status in {
                "CREATE_IN_PROGRESS",
                "UPDATE_IN_PROGRESS",
                "DELETE_IN_PROGRESS",
            }:
                break
            if event.failed and event.logical_id != self.name:
                found.append(event)
        return found[::-1]

    def history(self) -> Iterator[Event]:
        """All events, the newest first, fetched as they are needed."""
        yield from map(event_of, self._pages())

    def _pages(self, name: str = "") -> Iterator[dict[str, Any]]:
        paginator = self.client.get_paginator("describe_stack_events")
        pages = paginator.paginate(StackName=name or self.name)
        with suppress(ClientError):  # there is no such stack yet, or any more
            for page in pages:
                yield from page["StackEvents"]


def body_of(template: Path | None) -> dict[str, Any]:
    """Raises DeploymentError."""
    if template is None:
        return {"UsePreviousTemplate": True}
    body = template.read_text()
    if len(body.encode()) > LARGEST:
        raise DeploymentError(
            f"{template} has {len(body.encode())} bytes, and CloudFormation takes {LARGEST}.",
            "Make it shorter, or split it.",
        )
    return {"TemplateBody": body}


@dataclass(frozen=True)
class ChangeSet:
    stack: CloudFormationStack
    name: str
    changes: list[Change]

    def discard(self) -> None:
        self.stack.client.delete_change_set(StackName=self.stack.name, ChangeSetName=self.name)


def stack_names(aws: AWS, prefix: str, tags: Values) -> list[str]:
    """Of those that are there. The prefix alone may be the beginning of another project's name."""
    pages = aws.client("cloudformation").get_paginator("describe_stacks").paginate()
    found = (stack for page in pages for stack in page["Stacks"])
    return sorted(
        each["StackName"]
        for each in found
        if each["StackName"].startswith(prefix)
        and each["StackStatus"] != "DELETE_COMPLETE"
        and is_tagged(each, tags)
    )


def is_tagged(stack: Mapping[str, Any], tags: Values) -> bool:
    """Or has nothing yet, not even tags."""
    present = tags_of(stack)
    if not present and stack["StackStatus"] == "REVIEW_IN_PROGRESS":
        return True
    return tags.items() <= present.items()


def tags_of(stack: Mapping[str, Any]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in stack.get("Tags", [])}


def event_of(described: Mapping[str, Any]) -> Event:
    return Event(
        described["Timestamp"],
        described["LogicalResourceId"],
        described["ResourceType"],
        described.get("PhysicalResourceId", ""),
        described["ResourceStatus"],
        described.get("ResourceStatusReason", ""),
    )
