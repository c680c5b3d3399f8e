"""What a task may be placed on: container instances, and what starts more of them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.ecs.aws import AWS
from deploy.ecs.diagnose.asking import Asking
from deploy.ecs.diagnose.gathered import Described
from deploy.ecs.diagnose.seen import CAPACITY, Seen
from deploy.ecs.diagnose.subject import Subject

MOST = 100  # instances that ECS describes at once
LAST = 20  # activities


@dataclass
class Capacity:
    aws: AWS
    asking: Asking
    subject: Subject

    def instances(self) -> list[Described] | None:
        with self.asking.part("container instances"):
            client = self.aws.client("ecs")
            pages = client.get_paginator("list_container_instances")
            found = pages.paginate(cluster=self.subject.cluster)
            arns = [arn for page in found for arn in page["containerInstanceArns"]]
            described: list[Described] = []
            for start in range(0, len(arns), MOST):
                answer = client.describe_container_instances(
                    cluster=self.subject.cluster, containerInstances=arns[start : start + MOST]
                )
                described += answer["containerInstances"]
            return described
        return None

    def of_groups(self, providers: Sequence[str]) -> Iterator[Seen]:
        """What the auto scaling groups behind capacity providers did."""
        with self.asking.part("capacity providers"):
            names = [each for each in providers if not each.startswith("FARGATE")]
            if not names:
                return
            client = self.aws.client("ecs")
            answer = client.describe_capacity_providers(capacityProviders=names)
            for each in answer["capacityProviders"]:
                group = (each.get("autoScalingGroupProvider") or {}).get("autoScalingGroupArn", "")
                yield from self.of_group(group.rpartition("/")[2])

    def of_group(self, name: str) -> Iterator[Seen]:
        with self.asking.part("activity of the auto scaling group"):
            client = self.aws.client("autoscaling")
            answer = client.describe_scaling_activities(AutoScalingGroupName=name, MaxRecords=LAST)
            yield from (activity(name, each) for each in answer["Activities"])

    def of_service(self) -> Iterator[Seen]:
        """How many tasks auto scaling wanted."""
        with self.asking.part("auto scaling of the service"):
            client = self.aws.client("application-autoscaling")
            cluster = self.subject.cluster.rpartition("/")[2]
            answer = client.describe_scaling_activities(
                ServiceNamespace="ecs",
                ResourceId=f"service/{cluster}/{self.subject.service}",
                MaxResults=LAST,
            )
            yield from (activity(cluster, each) for each in answer["ScalingActivities"])


def activity(subject: str, described: dict[str, Any]) -> Seen:
    """Of either kind of auto scaling."""
    said = [str(described.get(key, "")).rstrip(".") for key in ("Description", "StatusMessage")]
    text = f"{described['StatusCode']}: {'. '.join(filter(None, said))}"
    return Seen(described["StartTime"], CAPACITY, subject, text, str(described["ActivityId"]))
