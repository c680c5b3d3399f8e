"""What failed in the stack that made a service, and when its last update began."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from deploy.ecs.aws import AWS
from deploy.ecs.diagnose.asking import Asking
from deploy.ecs.diagnose.seen import STACK, Seen

BEGINS = ("UPDATE_IN_PROGRESS", "CREATE_IN_PROGRESS")
FAILED = ("_FAILED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE")


@dataclass(frozen=True)
class Stack:
    aws: AWS
    asking: Asking
    name: str  # empty where it is not known

    def look(self, since: datetime) -> tuple[str, list[Seen]]:
        """Its status, and what is worth telling of its events; the oldest first."""
        status, seen = "", list[Seen]()
        if not self.name:
            return status, seen
        with self.asking.part("stack"), absent():
            described = self.aws.client("cloudformation").describe_stacks(StackName=self.name)
            status = str(described["Stacks"][0]["StackStatus"])
            seen = [stack_event(each) for each in self.events(since) if is_told(each)]
        return status, seen[::-1]

    def events(self, since: datetime) -> Iterator[dict[str, Any]]:
        """The newest come first; the last update as a whole, however long ago it was."""
        has_begun = False
        pages = self.aws.client("cloudformation").get_paginator("describe_stack_events")
        for page in pages.paginate(StackName=self.name):
            for each in page["StackEvents"]:
                if has_begun and each["Timestamp"] < since:
                    return
                yield each
                has_begun |= is_whole(each) and each["ResourceStatus"] in BEGINS


def is_whole(event: dict[str, Any]) -> bool:
    """Of the stack, not of a resource in it."""
    return bool(event.get("PhysicalResourceId") == event.get("StackId"))


def is_told(event: dict[str, Any]) -> bool:
    status = str(event["ResourceStatus"])
    return status.endswith("_FAILED") or (is_whole(event) and status.endswith((*BEGINS, *FAILED)))


def stack_event(event: dict[str, Any]) -> Seen:
    status, reason = str(event["ResourceStatus"]), str(event.get("ResourceStatusReason", ""))
    resource = f"{event['LogicalResourceId']} ({event['ResourceType']})"
    return Seen(
        event["Timestamp"],
        STACK,
        str(event["StackName"]) if is_whole(event) else resource,
        f"{status}: {reason}" if reason else status,
        str(event["EventId"]),
    )


@contextmanager
def absent() -> Iterator[None]:
    """A stack that is not there, which CloudFormation calls a ValidationError."""
    try:
        yield
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
