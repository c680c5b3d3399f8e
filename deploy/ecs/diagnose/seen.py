"""What was seen, each with its time: a line of the timeline and of the kept file."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from deploy.ecs.services.stopped import StoppedTask

SERVICE, STACK, TASK, TARGET, LOG = "service", "stack", "task", "target", "log"
DEPLOYMENT, CAPACITY = "deployment", "capacity"
ONE_OFF = "one-off task"
# https://datatracker.ietf.org/doc/html/rfc3986#section-3.2.1: an application may log an address
PASSWORD = re.compile(r"(://[^\s:/@]*):[^\s/@]+@")


@dataclass(frozen=True)
class Seen:
    at: datetime
    source: str
    subject: str  # of the source, such as a task's id
    text: str
    id: str = ""  # the same, seen again, is the same
    task: StoppedTask | None = None

    @property
    def key(self) -> tuple[str, ...]:
        if self.id:
            return self.source, self.id
        return self.source, self.subject, self.text, self.at.isoformat()

    def members(self) -> dict[str, Any]:
        """As an object of JSON."""
        found = {"at": self.at.isoformat(), "source": self.source, "subject": self.subject}
        found |= {"text": without_password(self.text)} | ({"id": self.id} if self.id else {})
        if self.task is None:
            return found
        lines = [without_password(each) for each in self.task.lines]
        return {**found, "task": asdict(self.task) | {"lines": lines}}

    @classmethod
    def of(cls, members: dict[str, Any]) -> "Seen":
        """Raises KeyError, TypeError or ValueError where it is none."""
        task = members.get("task")
        return cls(
            datetime.fromisoformat(members["at"]),
            str(members["source"]),
            str(members["subject"]),
            str(members["text"]),
            str(members.get("id", "")),
            StoppedTask(**task | {"lines": tuple(task["lines"])}) if task else None,
        )


def task_seen(task: StoppedTask, at: datetime, source: str = TASK) -> Seen:
    """One that is over."""
    return Seen(at, source, task.id, f"stopped: {task.why}", task.id, task)


def without_password(text: str) -> str:
    return PASSWORD.sub(r"\1:…@", text)


def merged(*parts: Iterable[Seen]) -> list[Seen]:
    """By time, each once: as it was seen last, but a task with the lines that it had."""
    found: dict[tuple[str, ...], Seen] = {}
    for each in (seen for part in parts for seen in part):
        before = found.get(each.key)
        if before and before.task and each.task and len(before.task.lines) > len(each.task.lines):
            continue
        found[each.key] = each
    return sorted(found.values(), key=lambda each: each.at)


def with_logs(seen: Iterable[Seen]) -> Iterator[Seen]:
    """Each task that is over, after its last lines; their own times are no longer known."""
    for each in seen:
        if each.task:
            for number, line in enumerate(each.task.lines):
                yield Seen(each.at, LOG, each.subject, line, f"{each.subject}/{number}")
        yield each
