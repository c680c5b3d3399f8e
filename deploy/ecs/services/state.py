"""A service as ECS and the load balancer have it, and why it is not well."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.errors import DeploymentError
from deploy.ecs.image import Images, shortened
from deploy.ecs.logs.stream import CONTAINER
from deploy.ecs.services.causes import Evidence, first_cause
from deploy.ecs.services.stopped import StoppedTask, stopped_task
from deploy.ecs.services.watch import ServiceWatch

RECENT = timedelta(hours=1)  # of events; for as long ECS knows a stopped task, however old
EVENTS = 3
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ServiceState:
    name: str
    running: int
    desired: int
    pending: int
    rollout: str  # COMPLETED, IN_PROGRESS, FAILED
    rollout_reason: str
    revision: str
    image: str
    image_name: str  # for a person
    healthy: int
    targets: int
    events: tuple[str, ...]
    stopped: tuple[str, ...]
    problem: DeploymentError | None


@dataclass
class Services:
    aws: AWS
    clock: Clock
    cluster: str
    log_group: str
    images: Images | None

    def state(self, name: str) -> ServiceState | None:
        since = self.clock.now() - RECENT
        watch = ServiceWatch(self.aws, self.cluster, name, self.log_group, since)
        found = watch.described()
        if found is None or found["status"] == "INACTIVE":
            return None
        watch.look_at_service(found)
        watch.stopped = self.failed(serviceName=name)
        deployment: Mapping[str, Any] = next(
            (each for each in found["deployments"] if each["status"] == "PRIMARY"), {}
        )
        definition = deployment.get("taskDefinition") or found["taskDefinition"]
        image = self.image(definition)
        healthy, targets = self.health(found)
        return ServiceState(
            name,
            found["runningCount"],
            found["desiredCount"],
            found["pendingCount"],
            deployment.get("rolloutState", ""),
            deployment.get("rolloutStateReason", ""),
            definition.rpartition("/")[2],
            image,
            shortened(image, self.images.tags(image) if self.images else ()),
            healthy,
            targets,
            tuple(each["message"] for each in found["events"][:EVENTS]),
            tuple(f"{each.id}: {each.why}" for each in watch.stopped.values()),
            first_cause(watch.evidence) if is_unwell(found, deployment, healthy) else None,
        )

    def last_failure(self, name: str, family: str) -> DeploymentError | None:
        """Of a service that was rolled back and is there no more; its tasks are still known."""
        failed = list(self.failed(family=family).values())
        return first_cause(Evidence(f"the service {name}", stopped=failed)) if failed else None

    def failed(self, **which: str) -> dict[str, StoppedTask]:
        """By ARN, the last first."""
        client = self.aws.client("ecs")
        arns = client.list_tasks(cluster=self.cluster, desiredStatus="STOPPED", **which)["taskArns"]
        if not arns:
            return {}
        tasks = client.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"]
        # Not those that `manage` ran of the same family.
        tasks = [each for each in tasks if each.get("group", "").startswith("service:")]
        tasks.sort(key=lambda each: each.get("stoppedAt", NEVER), reverse=True)
        found = {
            each["taskArn"]: stopped_task(self.aws, each, self.log_group, prefix(each))
            for each in tasks
        }
        return {arn: task for arn, task in found.items() if task.failed}

    def image(self, definition: str) -> str:
        described = self.aws.client("ecs").describe_task_definition(taskDefinition=definition)
        containers = described["taskDefinition"]["containerDefinitions"]
        return next((str(each["image"]) for each in containers if each["name"] == CONTAINER), "")

    def health(self, service: Mapping[str, Any]) -> tuple[int, int]:
        """Of the targets behind the load balancers, how many are healthy, and of how many."""
        states = [
            target["TargetHealth"]["State"]
            for each in service.get("loadBalancers", [])
            for target in self.aws.client("elbv2").describe_target_health(
                TargetGroupArn=each["targetGroupArn"]
            )["TargetHealthDescriptions"]
        ]
        return states.count("healthy"), len(states)


def prefix(task: Mapping[str, Any]) -> str:
    """Of its log stream: the name of its service."""
    return str(task.get("group", "")).removeprefix("service:")


def is_unwell(service: Mapping[str, Any], deployment: Mapping[str, Any], healthy: int) -> bool:
    """While it is deployed fewer tasks than desired are as should be; tasks that fail are not."""
    state = deployment.get("rolloutState")
    if state == "FAILED" or deployment.get("failedTasks"):
        return True
    if state == "IN_PROGRESS":
        return False
    return bool(service["runningCount"] < service["desiredCount"]) or (
        service["desiredCount"] > 0 and not healthy
    )
