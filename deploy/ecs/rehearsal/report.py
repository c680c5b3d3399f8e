"""What happened in a rehearsal, by AWS's clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rich.console import Console

from deploy.ecs.clock import Clock
from deploy.ecs.errors import DeploymentError
from deploy.ecs.rehearsal.customers import Load
from deploy.ecs.rehearsal.timeline import Event, Timeline
from deploy.ecs.services.events import brief

DETAILS = ("log ", "resource ")  # sources of which the timeline has too much to read


def is_told(event: Event) -> bool:
    """Of a stack's resources only what failed."""
    if event.source.startswith(DETAILS) or event.text.startswith("REVIEW_IN_PROGRESS"):
        return False
    status, _, resource = event.text.partition(" ")
    is_whole = not resource or status.endswith(":")
    return not event.source.startswith("stack ") or is_whole or "_FAILED" in status


@dataclass(frozen=True)
class Report:
    events: Sequence[Event]
    clock: Clock
    load: Load

    @classmethod
    def of(cls, timeline: Timeline, clock: Clock, load: Load) -> "Report":
        return cls(list(timeline), clock, load)

    def since_start(self, event: Event) -> str:
        seconds = int((event.at - self.clock.began_at) / timedelta(seconds=1))
        return f"{seconds // 60:02}:{seconds % 60:02}"

    def as_json(self) -> dict[str, Any]:
        return {
            "timeline": [
                {"at": each.at, "source": each.source, "text": each.text} for each in self.events
            ],
            "requests": dict(self.load.answers),
            "failures": self.load.failures,
        }

    def show(self, out: Console) -> None:
        told = [each for each in self.events if is_told(each)]
        width = max((len(each.source) for each in told), default=0)
        out.print("Timeline (minutes of AWS)")
        for each in told:
            text = brief(each.source.removeprefix("service "), each.text)
            out.print(f"{self.since_start(each)} {each.source:{width}} {text}", markup=False)
        answers = ", ".join(f"{count} with {status}" for status, count in self.load.answers.items())
        out.print(f"Requests while the second revision was deployed: {answers}")

    def check(self) -> None:
        """Raises DeploymentError where a request failed during the update."""
        if self.load.failures:
            raise DeploymentError(
                f"{len(self.load.failures)} requests failed while the service was updated.",
                "Something ends connections too early: stop time-out, deregistration delay, or "
                "the minimum of healthy tasks.",
                self.load.failures[:10],
            )
