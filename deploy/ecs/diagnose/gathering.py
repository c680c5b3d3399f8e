"""Asks AWS for all that it knows of a service. Only asks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from botocore.exceptions import ClientError

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.diagnose.asking import Asking
from deploy.ecs.diagnose.capacity import Capacity
from deploy.ecs.diagnose.gathered import Described, Gathered
from deploy.ecs.diagnose.seen import DEPLOYMENT, SERVICE, TARGET, Seen
from deploy.ecs.diagnose.stack import Stack
from deploy.ecs.diagnose.subject import Subject
from deploy.ecs.diagnose.tasks import Tasks
from deploy.ecs.diagnose.there import no_cluster

STACK_TAG = "aws:cloudformation:stack-name"


@dataclass
class Gathering:
    aws: AWS
    clock: Clock
    subject: Subject
    say: Callable[[str], None] = lambda text: None
    asking: Asking = field(init=False)

    def __post_init__(self) -> None:
        self.asking = Asking()

    def gather(self, since: datetime) -> Gathered:
        """Raises DeploymentError where there is no such cluster."""
        found = Gathered(self.subject, not_looked_at=self.asking.refused)
        tasks = Tasks(self.aws, self.asking, self.subject)
        self.say("service")
        with self.asking.part("service"):
            found.service = self.service()
        found.seen += [*self.events(found.service), *self.deployments(found.service)]
        self.say("stack")
        found.stack_status, failures = self.stack(found.service).look(since)
        found.seen += failures
        self.say("tasks and their logs")
        found.running = tasks.running()
        found.seen += tasks.over(self.clock.now())
        found.seen += tasks.one_off(self.clock.now())
        if arn := found.primary.get("taskDefinition"):
            with self.asking.part("task definitions"):
                found.definition = tasks.definitions.of(arn)
        self.say("targets of the load balancer")
        found.targets = [
            each for group in self.groups(found.service) for each in self.health(group)
        ]
        found.seen += (self.target(each) for each in found.unhealthy)
        self.say("capacity")
        found.seen += self.capacity(found)
        return found

    # The service.

    def service(self) -> Described:
        """Empty where there is none. Raises DeploymentError where there is no cluster."""
        client = self.aws.client("ecs")
        try:
            answer = client.describe_services(
                cluster=self.subject.cluster, services=[self.subject.service], include=["TAGS"]
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ClusterNotFoundException":
                raise no_cluster(self.aws, self.subject.cluster) from error
            raise
        return next(iter(answer["services"]), {})

    def events(self, service: Described) -> Iterator[Seen]:
        """The newest come first; of one second they keep their order."""
        name = self.subject.service
        for each in reversed(service.get("events", ())):
            yield Seen(each["createdAt"], SERVICE, name, each["message"], each["id"])

    def deployments(self, service: Described) -> Iterator[Seen]:
        for each in service.get("deployments", ()):
            if "createdAt" not in each:
                continue
            revision = str(each.get("taskDefinition", "")).rpartition("/")[2]
            began, name = f"begins, with {revision}", str(each["id"])
            yield Seen(each["createdAt"], DEPLOYMENT, name, began, f"{name} begins")
            text = ": ".join(
                filter(None, [each.get("rolloutState", ""), each.get("rolloutStateReason", "")])
            )
            if failed := each.get("failedTasks"):
                text += f" {failed} tasks have failed."
            if text:
                at = each.get("updatedAt", each["createdAt"])
                yield Seen(at, DEPLOYMENT, name, f"{each['status']} {text}", f"{name} {text}")
        if service:
            yield from self.former_deployments(service)

    def former_deployments(self, service: Described) -> Iterator[Seen]:
        """AWS knows those for 90 days, also what was rolled back."""
        with self.asking.part("former deployments"):
            answer = self.aws.client("ecs").list_service_deployments(
                cluster=self.subject.cluster, service=self.subject.service
            )
            for each in answer["serviceDeployments"]:
                name = str(each["serviceDeploymentArn"]).rpartition("/")[2]
                text = ": ".join(filter(None, [each["status"], each.get("statusReason", "")]))
                if "ROLLBACK" in each["status"]:
                    began = each.get("startedAt") or each["createdAt"]
                    yield Seen(began, DEPLOYMENT, name, "begins", f"{name} begins")
                at = each.get("finishedAt") or each.get("startedAt") or each["createdAt"]
                yield Seen(at, DEPLOYMENT, name, text, f"{name} {each['status']}")

    def stack(self, service: Described) -> Stack:
        tags = {each["key"]: each["value"] for each in service.get("tags", ())}
        return Stack(self.aws, self.asking, self.subject.stack or tags.get(STACK_TAG, ""))

    # Its load balancers.

    def groups(self, service: Described) -> list[str]:
        """ARNs; those of a deployment by CodeDeploy are in its task sets."""
        parts = [service, *service.get("taskSets", ())]
        found = [each for part in parts for each in part.get("loadBalancers", ())]
        arns = [each["targetGroupArn"] for each in found if each.get("targetGroupArn")]
        return list(dict.fromkeys(arns))

    def health(self, group: str) -> list[Described]:
        with self.asking.part("target health"):
            client = self.aws.client("elbv2")
            answer = client.describe_target_health(TargetGroupArn=group)
            return [{**each, "group": group} for each in answer["TargetHealthDescriptions"]]
        return []

    def target(self, described: Described) -> Seen:
        health, target = described["TargetHealth"], described["Target"]
        name = f"{target['Id']}:{target.get('Port', '')}"
        text = " ".join(filter(None, [health.get("Reason"), health.get("Description")]))
        text = f"{health['State']}: {text}"
        return Seen(self.clock.now(), TARGET, name, text, f"{name} {text}")

    # What it runs on.

    def capacity(self, found: Gathered) -> list[Seen]:
        capacity = Capacity(self.aws, self.asking, self.subject)
        seen = list(capacity.of_service()) if found.service else []
        strategy = found.service.get("capacityProviderStrategy") or ()
        if found.is_on_instances:
            found.instances = capacity.instances()
            seen += capacity.of_groups([each["capacityProvider"] for each in strategy])
        return seen
