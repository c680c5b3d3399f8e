"""All that was found out of a service at one time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deploy.ecs.diagnose.seen import Seen
from deploy.ecs.diagnose.subject import Subject

Described = Mapping[str, Any]  # as boto3 describes it
EC2 = "EC2"


@dataclass
class Gathered:
    subject: Subject
    seen: list[Seen] = field(default_factory=list)
    service: Described = field(default_factory=dict)  # empty where it is gone
    definition: Described = field(default_factory=dict)  # of the deployment that is wanted
    running: Sequence[Described] = ()  # tasks that run or are to run
    targets: Sequence[Described] = ()  # of all target groups
    instances: Sequence[Described] | None = None  # None: not asked for, or not allowed
    stack_status: str = ""
    not_looked_at: list[str] = field(default_factory=list)

    @property
    def primary(self) -> Described:
        deployments: Sequence[Described] = self.service.get("deployments", ())
        return next((each for each in deployments if each["status"] == "PRIMARY"), {})

    @property
    def desired(self) -> int:
        return int(self.service.get("desiredCount", 0))

    @property
    def count(self) -> int:
        """Of tasks that run."""
        return int(self.service.get("runningCount", 0))

    @property
    def is_hidden(self) -> bool:
        """Whether it may not be asked for."""
        return any(each.startswith("service: ") for each in self.not_looked_at)

    @property
    def is_there(self) -> bool:
        return self.service.get("status") == "ACTIVE"

    @property
    def is_on_instances(self) -> bool:
        if launch_type := self.service.get("launchType"):
            return bool(launch_type == EC2)
        strategy = self.service.get("capacityProviderStrategy") or ()
        return bool(strategy) and not any(
            "FARGATE" in each["capacityProvider"] for each in strategy
        )

    @property
    def unhealthy(self) -> list[Described]:
        wrong = ("unhealthy", "unused", "unavailable")
        return [each for each in self.targets if each["TargetHealth"]["State"] in wrong]

    @property
    def healthy(self) -> int:
        return sum(each["TargetHealth"]["State"] == "healthy" for each in self.targets)
