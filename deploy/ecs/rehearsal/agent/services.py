"""Services and their deployments, and how DescribeServices shows them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import SystemRandom
from typing import Any

from deploy.ecs.rehearsal.agent.definitions import Definition
from deploy.ecs.rehearsal.agent.region import Region, new_id
from deploy.ecs.rehearsal.agent.tasks import PENDING, RUNNING, Feed, Task, Wish

IN_PROGRESS, COMPLETED, FAILED = "IN_PROGRESS", "COMPLETED", "FAILED"
KEPT_EVENTS = 100  # as AWS keeps
# What of a service is fixed at a deployment, so that another value makes a new one.
OF_A_DEPLOYMENT = (
    "taskDefinition",
    "networkConfiguration",
    "capacityProviderStrategy",
    "platformVersion",
    "loadBalancers",
    "serviceRegistries",
    "enableExecuteCommand",
)


@dataclass
class Deployment:
    wish: Wish
    at: datetime
    id: str = field(default_factory=lambda: f"ecs-svc/{SystemRandom().randrange(10**18, 10**19)}")
    state: str = IN_PROGRESS
    reason: str = ""
    failed: int = 0
    failures: int = 0  # in a row
    retry_at: datetime | None = None
    tasks: list[Task] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.wish = replace(self.wish, started_by=self.id)
        self.reason = f"ECS deployment {self.id} in progress."

    def alive(self) -> list[Task]:
        return [each for each in self.tasks if each.is_alive]

    def unfinished(self) -> list[Task]:
        return [each for each in self.tasks if not each.ended.is_set()]

    def describe(self, service: "Service") -> dict[str, Any]:
        alive = self.alive()
        running = sum(each.status == RUNNING for each in alive)
        is_primary = self is service.primary
        described = {
            "id": self.id,
            "status": "PRIMARY" if is_primary else "ACTIVE",
            "taskDefinition": self.wish.definition.arn,
            "desiredCount": service.desired if is_primary else len(alive),
            "pendingCount": len(alive) - running,
            "runningCount": running,
            "failedTasks": self.failed,
            "rolloutState": self.state,
            "rolloutStateReason": self.reason,
            "createdAt": self.at,
            "updatedAt": service.region.now(),
        }
        return described | service.launch() | service.network()


@dataclass
class Service:
    region: Region
    cluster: str
    name: str
    given: dict[str, Any]  # as CreateService and UpdateService have it
    deployments: list[Deployment] = field(default_factory=list)  # the newest first
    events: list[dict[str, Any]] = field(default_factory=list)  # the newest first
    status: str = "ACTIVE"
    asked_for: Deployment | None = None  # by the last call, whatever has become of it
    completed: Deployment | None = None  # the last one, for a rollback

    def __post_init__(self) -> None:
        self.at = self.region.now()

    @property
    def arn(self) -> str:
        return self.region.arn("ecs", f"service/{self.cluster}/{self.name}")

    @property
    def primary(self) -> Deployment:
        return self.deployments[0]

    @property
    def desired(self) -> int:
        return int(self.given.get("desiredCount") or 0)

    @property
    def configuration(self) -> Mapping[str, Any]:
        return self.given.get("deploymentConfiguration") or {}

    @property
    def fewest(self) -> int:
        """How many healthy tasks there have to be during a deployment."""
        percent = int(self.configuration.get("minimumHealthyPercent", 100))
        return math.ceil(percent * self.desired / 100)

    @property
    def most(self) -> int:
        percent = int(self.configuration.get("maximumPercent", 200))
        return percent * self.desired // 100

    @property
    def breaker(self) -> Mapping[str, Any]:
        return self.configuration.get("deploymentCircuitBreaker") or {}

    @property
    def tolerated(self) -> int:
        """Failures in a row before the circuit breaker opens."""
        return min(max(math.ceil(self.desired / 2), 3), 200)

    @property
    def grace(self) -> int:
        return int(self.given.get("healthCheckGracePeriodSeconds") or 0)

    def tasks(self) -> list[Task]:
        return [task for each in self.deployments for task in each.alive()]

    def event(self, text: str) -> None:
        """Not again what was said last."""
        message = f"(service {self.name}) {text}"
        if self.events and self.events[0]["message"] == message:
            return
        self.events.insert(0, {"id": new_id(), "createdAt": self.region.now(), "message": message})
        del self.events[KEPT_EVENTS:]
        self.region.timeline.add(f"service {self.name}", text)

    def wish(self, definition: Definition) -> Wish:
        strategy = self.given.get("capacityProviderStrategy") or []
        network = self.given.get("networkConfiguration") or {}
        return Wish(
            cluster=self.cluster,
            definition=definition,
            group=f"service:{self.name}",
            launch_type=str(self.given.get("launchType") or ""),
            provider=str(strategy[0]["capacityProvider"]).rpartition("/")[2] if strategy else "",
            network=network.get("awsvpcConfiguration") or {},
            strategy=tuple(self.given.get("placementStrategy") or ()),
            tags=tuple(self.given.get("tags") or ()),
            can_exec=bool(self.given.get("enableExecuteCommand")),
            feeds=tuple(
                Feed(each["containerName"], int(each["containerPort"]), each["targetGroupArn"])
                for each in self.given.get("loadBalancers") or []
            ),
            registries=tuple(
                str(each["registryArn"]) for each in self.given.get("serviceRegistries") or []
            ),
            announce=self.event,
        )

    def deploy(self, definition: Definition) -> None:
        deployment = Deployment(self.wish(definition), self.region.now())
        self.deployments.insert(0, deployment)
        self.asked_for = deployment

    def reopen(self) -> None:
        """For another number of tasks, which takes its time too."""
        primary = self.primary
        if primary.state == COMPLETED and len(primary.alive()) != self.desired:
            primary.state = IN_PROGRESS
            primary.reason = f"ECS deployment {primary.id} in progress."

    def launch(self) -> dict[str, Any]:
        strategy = self.given.get("capacityProviderStrategy")
        if strategy:
            return {"capacityProviderStrategy": strategy}
        return {"launchType": self.given.get("launchType") or "EC2"}

    def network(self) -> dict[str, Any]:
        given = self.given.get("networkConfiguration")
        return {"networkConfiguration": given} if given else {}

    def describe(self) -> dict[str, Any]:
        tasks = self.tasks()
        running = sum(each.status == RUNNING for each in tasks)
        shown = {
            name: self.given[name]
            for name in (
                "loadBalancers",
                "serviceRegistries",
                "placementConstraints",
                "placementStrategy",
                "availabilityZoneRebalancing",
                "propagateTags",
            )
            if self.given.get(name)
        }
        on_fargate = self.deployments and self.primary.wish.on_fargate
        return {
            "serviceArn": self.arn,
            "serviceName": self.name,
            "clusterArn": self.region.arn("ecs", f"cluster/{self.cluster}"),
            "status": self.status,
            "desiredCount": self.desired,
            "runningCount": running,
            "pendingCount": sum(each.status in {"PROVISIONING", PENDING} for each in tasks),
            "taskDefinition": self.given["taskDefinition"],
            "deploymentConfiguration": {
                "minimumHealthyPercent": 100,
                "maximumPercent": 200,
                "deploymentCircuitBreaker": {"enable": False, "rollback": False},
            }
            | dict(self.configuration),
            "deployments": [each.describe(self) for each in self.deployments],
            "events": list(self.events),
            "createdAt": self.at,
            "healthCheckGracePeriodSeconds": self.grace,
            "schedulingStrategy": "REPLICA",
            "deploymentController": {"type": "ECS"},
            "enableECSManagedTags": bool(self.given.get("enableECSManagedTags")),
            "enableExecuteCommand": bool(self.given.get("enableExecuteCommand")),
            "platformFamily": "Linux" if on_fargate else None,
            "platformVersion": "LATEST" if on_fargate else None,
            "tags": self.given.get("tags") or [],
            **shown,
            **self.launch(),
            **self.network(),
        }
