"""Tasks that are over: why, and what they said last. ECS forgets it after an hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy.ecs.aws import AWS
from deploy.ecs.logs.stream import CONTAINER, LogStream

LAST_LINES = 20


@dataclass(frozen=True)
class StoppedTask:
    id: str
    definition: str
    code: str  # TaskFailedToStart, EssentialContainerExited, ServiceSchedulerInitiated, …
    reason: str
    container_reason: str
    exit_code: int | None
    lines: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """Not where ECS or somebody ended it on purpose."""
        if "health checks" in self.reason or self.code == "TaskFailedToStart":
            return True
        return self.code == "EssentialContainerExited" and self.exit_code != 0

    @property
    def why(self) -> str:
        ended = "" if self.exit_code is None else f"exit code {self.exit_code}"
        said = dict.fromkeys(filter(None, [self.reason, self.container_reason, ended]))
        return "; ".join(said) or self.code


def stopped_task(aws: AWS, described: Mapping[str, Any], group: str, prefix: str) -> StoppedTask:
    name = described["taskArn"].rpartition("/")[2]
    containers = described.get("containers", [])
    app: dict[str, Any] = next((each for each in containers if each["name"] == CONTAINER), {})
    stream = LogStream(aws, group, f"{prefix}/{CONTAINER}/{name}")
    return StoppedTask(
        id=name,
        definition=described["taskDefinitionArn"],
        code=described.get("stopCode", ""),
        reason=described.get("stoppedReason", ""),
        container_reason=app.get("reason", ""),
        exit_code=app.get("exitCode"),
        lines=tuple(stream.last(LAST_LINES)),
    )
