"""A service of ECS whose deployment does what a test says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.deploy.amazon import Amazon, Request
from tests.deploy.cluster import arn, now


@dataclass
class Service:
    """Its new deployment has each of `states` in turn, each time it is looked at."""

    amazon: Amazon
    name: str
    states: Sequence[str]
    says: str = ""  # the service's event
    exec: bool = False
    rolled_back: bool = False
    updates: list[Request] = field(default_factory=list)
    looks: int = 0

    def __post_init__(self) -> None:
        self.amazon.answers |= {
            "UpdateService": self.update,
            "DescribeServices": self.look,
            "ListTasks": lambda request: {"taskArns": []},
        }

    def update(self, request: Request) -> Mapping[str, Any]:
        self.updates.append(request)
        return {"service": self.described("IN_PROGRESS")}

    def look(self, request: Request) -> Mapping[str, Any]:
        state = self.states[min(self.looks // 2, len(self.states) - 1)]  # it is asked twice
        self.looks += 1
        return {"services": [self.described(state)], "failures": []}

    def described(self, state: str) -> dict[str, Any]:
        new = {"id": "ecs-svc/2", "status": "PRIMARY", "rolloutState": state}
        old = {"id": "ecs-svc/1", "status": "ACTIVE", "rolloutState": "COMPLETED"}
        if self.rolled_back and state == "FAILED":
            new, old = new | {"status": "ACTIVE"}, old | {"status": "PRIMARY"}
        events = [{"id": "1", "createdAt": now() + 1e6, "message": self.says}] if self.says else []
        return {
            "serviceName": self.name,
            "serviceArn": arn(f"service/shop/{self.name}"),
            "status": "ACTIVE",
            "enableExecuteCommand": self.exec,
            "deployments": [new, old],
            "events": events,
            "loadBalancers": [],
        }
