"""What the status of a stack means, and what the next `up` does about it."""

import re
from dataclasses import dataclass

from deploy.ecs.cloudformation.stack import CloudFormationStack

DOES_AGAIN = "up deletes what is left of it and creates it again."
WAITS = "up waits for that and goes on from there."
MEANINGS = {
    "REVIEW_IN_PROGRESS": "Only planned; nothing of it is there.",
    "CREATE_IN_PROGRESS": f"Being created; {WAITS}",
    "UPDATE_IN_PROGRESS": f"Being updated; {WAITS}",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": f"Updated; what was replaced is being deleted; {WAITS}",
    "ROLLBACK_IN_PROGRESS": f"Its creation failed and is being taken back; {WAITS}",
    "UPDATE_ROLLBACK_IN_PROGRESS": f"An update failed and is being taken back; {WAITS}",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": f"An update was taken back; {WAITS}",
    "DELETE_IN_PROGRESS": f"Being deleted; {WAITS}",
    "CREATE_FAILED": f"Its creation failed; {DOES_AGAIN}",
    "ROLLBACK_COMPLETE": f"Its first creation failed and was taken back; {DOES_AGAIN}",
    "ROLLBACK_FAILED": f"Its first creation failed and could not be taken back; {DOES_AGAIN}",
    "DELETE_FAILED": f"Something of it could not be deleted; {DOES_AGAIN}",
    "UPDATE_FAILED": "An update failed; up takes it back first.",
    "UPDATE_ROLLBACK_COMPLETE": (
        "The last update failed and was taken back: it is as it was before; up tries again."
    ),
    "UPDATE_ROLLBACK_FAILED": (
        "An update failed and could not be taken back; up goes on with that first, once what "
        "stopped it is mended."
    ),
}
TOKEN = re.compile(r" \(RequestToken: [^)]*\)")  # only AWS's support knows it
EXPLAINED = ("ROLLBACK", "FAILED")  # by the events that led there


@dataclass(frozen=True)
class StackState:
    part: str
    name: str
    status: str | None
    failures: tuple[str, ...] = ()

    @classmethod
    def of(cls, part: str, stack: CloudFormationStack) -> "StackState":
        status = stack.status
        if status is None or not any(each in status for each in EXPLAINED):
            return cls(part, stack.name, status)
        events = [
            f"{each.logical_id} ({each.type}) {each.status}: {TOKEN.sub('', each.reason)}"
            for each in stack.failures()
        ]
        return cls(part, stack.name, status, tuple(dict.fromkeys(events)))

    @property
    def is_there(self) -> bool:
        return self.status not in {None, "REVIEW_IN_PROGRESS"}

    @property
    def is_busy(self) -> bool:
        return self.is_there and str(self.status).endswith("_IN_PROGRESS")

    @property
    def is_wrong(self) -> bool:
        """Not where an update was taken back: what was there before is there."""
        return str(self.status).endswith("_FAILED") or self.status == "ROLLBACK_COMPLETE"

    @property
    def meaning(self) -> str:
        return MEANINGS.get(self.status or "", "")
