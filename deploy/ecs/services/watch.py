"""What ECS says of a service while it is deployed, kept as it comes: when the circuit breaker has
rolled back, the tasks that say why are gone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from deploy.ecs.aws import AWS
from deploy.ecs.diagnose.kept import Kept
from deploy.ecs.diagnose.seen import SERVICE, Seen, task_seen
from deploy.ecs.services.causes import WAITS, Evidence
from deploy.ecs.services.stopped import StoppedTask, stopped_task

UNPLACED = "unable to place a task"
PLACED = ("registered", "steady state")
TAKEN_BACK = "rolling back to"
GONE = {"ClusterNotFoundException", "ServiceNotFoundException", "ServiceNotActiveException"}


@dataclass
class ServiceWatch:
    aws: AWS
    cluster: str
    service: str
    log_group: str
    since: datetime
    say: Callable[[str], None] = lambda text: None
    events: dict[str, str] = field(default_factory=dict)
    targets: dict[str, None] = field(default_factory=dict)
    stopped: dict[str, StoppedTask] = field(default_factory=dict)
    refused_since: datetime | None = None  # a place, until a task is seen to run
    waiting_since: datetime | None = None  # for an instance that a capacity provider starts
    fresh: list[Seen] = field(default_factory=list)  # to be kept

    @property
    def client(self) -> Any:
        return self.aws.client("ecs")

    @property
    def unplaced_since(self) -> datetime | None:
        return min(filter(None, [self.refused_since, self.waiting_since]), default=None)

    @property
    def evidence(self) -> Evidence:
        has_failed = any(each.failed for each in self.stopped.values())
        waits = self.waiting_since and not has_failed
        waiting = [f"(service {self.service}) {WAITS}"] if waits else []
        return Evidence(
            f"the service {self.service}",
            [*self.events.values(), *waiting],
            list(self.targets),
            list(self.stopped.values()),
        )

    @property
    def has_started_tasks(self) -> bool:
        return any("has started" in each for each in self.events.values())

    @property
    def is_taken_back(self) -> bool:
        """Whether ECS went back to the deployment before."""
        return any(TAKEN_BACK in each for each in self.events.values())

    def look(self) -> None:
        service = self.described()
        if service:
            self.look_at_service(service)
        self.look_at_waiting()
        self.look_at_stopped()
        if service:
            self.keep(service["serviceArn"].split(":")[4])

    def keep(self, account: str) -> None:
        """For `diagnose`, when ECS has forgotten it."""
        if self.fresh:
            kept = Kept.of(account, self.aws.region, self.cluster, self.service)
            if wrong := kept.add(self.fresh):
                self.say(wrong)
            self.fresh.clear()

    def look_at_service(self, service: Mapping[str, Any]) -> None:
        for event in reversed(service["events"]):
            if event["createdAt"] >= self.since and event["id"] not in self.events:
                self.events[event["id"]] = event["message"]
                at, text = event["createdAt"], event["message"]
                self.fresh.append(Seen(at, SERVICE, self.service, text, event["id"]))
                self.say(event["message"])
                self.look_for_place(event)
        for each in service.get("loadBalancers", []):
            self.look_at_targets(each["targetGroupArn"])

    def look_for_place(self, event: Mapping[str, Any]) -> None:
        """A task that has "started" may still wait for its place, with a capacity provider."""
        if UNPLACED in event["message"]:
            self.refused_since = self.refused_since or event["createdAt"]
        elif any(each in event["message"] for each in PLACED):
            self.refused_since = None

    def described(self) -> dict[str, Any] | None:
        try:
            answer = self.client.describe_services(cluster=self.cluster, services=[self.service])
        except ClientError as error:
            if error.response["Error"]["Code"] == "ClusterNotFoundException":
                return None
            raise
        return next(iter(answer["services"]), None)

    def tasks(self, desired: str) -> list[str]:
        """ARNs. None of a service that is still to be made, or was taken back."""
        try:
            answer = self.client.list_tasks(
                cluster=self.cluster, serviceName=self.service, desiredStatus=desired
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                return []
            raise
        return list(answer["taskArns"])

    def look_at_targets(self, group: str) -> None:
        try:
            targets = self.aws.client("elbv2").describe_target_health(TargetGroupArn=group)
        except ClientError as error:
            if error.response["Error"]["Code"] == "TargetGroupNotFound":
                return
            raise
        for each in targets["TargetHealthDescriptions"]:
            health = each["TargetHealth"]
            if health["State"] == "unhealthy":
                self.targets[f"{health.get('Reason', '')} {health.get('Description', '')}"] = None

    def look_at_waiting(self) -> None:
        arns = self.tasks("RUNNING")
        found = self.client.describe_tasks(cluster=self.cluster, tasks=arns) if arns else {}
        waiting = [
            each["createdAt"]
            for each in found.get("tasks", [])
            if each["lastStatus"] == "PROVISIONING" and each["createdAt"] >= self.since
        ]
        self.waiting_since = min(waiting, default=None)

    def look_at_stopped(self) -> None:
        fresh = [each for each in self.tasks("STOPPED") if each not in self.stopped]
        if not fresh:
            return
        tasks = self.client.describe_tasks(cluster=self.cluster, tasks=fresh)["tasks"]
        for each in tasks:
            if each["lastStatus"] != "STOPPED" or each["createdAt"] < self.since:
                continue
            task = stopped_task(self.aws, each, self.log_group, self.service)
            self.stopped[each["taskArn"]] = task
            self.fresh.append(task_seen(task, each.get("stoppedAt", each["createdAt"])))
            if task.failed:
                self.say(f"(task {task.id}) stopped: {task.why}")
                for line in task.lines:
                    self.say(f"  {line}")
