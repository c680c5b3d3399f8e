"""Container instances: who joins a cluster, what fits on it, when there are more."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.deploy.rehearsal.agent.ground import Ground, until

JOINS = "#!/bin/bash\necho ECS_CLUSTER=shop >>/etc/ecs/ecs.config\nECS_RESERVED_MEMORY=32\n"


class Instances:
    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    def launch(self, most: int = 1, user_data: str = JOINS, profile: bool = True) -> None:
        cloud = self.ground.cloud
        iam = cloud.client("iam")
        iam.create_role(RoleName="instance", AssumeRolePolicyDocument="{}")
        made = iam.create_instance_profile(InstanceProfileName="instance")["InstanceProfile"]
        iam.add_role_to_instance_profile(InstanceProfileName="instance", RoleName="instance")
        data: dict[str, Any] = {
            "ImageId": "ami-12c6146b",
            "InstanceType": "t3.micro",
            "NetworkInterfaces": [{"DeviceIndex": 0, "Groups": [self.ground.security_group]}],
            "UserData": base64.b64encode(user_data.encode()).decode(),
        }
        if profile:
            data["IamInstanceProfile"] = {"Arn": made["Arn"]}
        template = self.ground.ec2.create_launch_template(
            LaunchTemplateName="instances", LaunchTemplateData=data
        )["LaunchTemplate"]["LaunchTemplateId"]
        scaling = cloud.client("autoscaling")
        scaling.create_auto_scaling_group(
            AutoScalingGroupName="instances",
            MinSize=1,
            MaxSize=most,
            VPCZoneIdentifier=",".join(self.ground.subnets),
            LaunchTemplate={"LaunchTemplateId": template, "Version": "1"},
        )
        [group] = scaling.describe_auto_scaling_groups()["AutoScalingGroups"]
        self.ground.ecs.create_capacity_provider(
            name="instances",
            autoScalingGroupProvider={
                "autoScalingGroupArn": group["AutoScalingGroupARN"],
                "managedScaling": {"status": "ENABLED"},
            },
        )

    def joined(self, count: int = 1) -> list[dict[str, Any]]:
        ecs = self.ground.ecs
        arns = until(
            lambda: ecs.list_container_instances(cluster="shop")["containerInstanceArns"],
            lambda found: len(found) == count,
        )
        described = ecs.describe_container_instances(cluster="shop", containerInstances=arns)
        return list(described["containerInstances"])

    def define(self, mode: str = "bridge", **changes: Any) -> str:
        own = {"requiresCompatibilities": ["EC2"], "networkMode": mode, "cpu": "", "memory": "512"}
        return self.ground.define(**(own | changes))

    def run(self, definition: str, **more: Any) -> str:
        strategy = [{"capacityProvider": "instances"}]
        own = {"launchType": "", "networkConfiguration": {}, "capacityProviderStrategy": strategy}
        return self.ground.run(definition, **(own | more))


@pytest.fixture
def instances(ground: Ground) -> Iterator[Instances]:
    yield Instances(ground)


def amounts(described: dict[str, Any], which: str) -> dict[str, int]:
    return {
        each["name"]: each["integerValue"]
        for each in described[f"{which}Resources"]
        if each["type"] == "INTEGER"
    }


def test_joins_and_registers(instances: Instances) -> None:
    instances.launch()

    [described] = instances.joined()

    assert amounts(described, "registered") == {"CPU": 2048, "MEMORY": 942 - 32}


@pytest.mark.parametrize(
    ("user_data", "profile", "why"),
    [
        ("#!/bin/bash\n", True, "there is no cluster default"),
        (JOINS, False, "it has no instance profile"),
    ],
)
def test_does_not_join(instances: Instances, user_data: str, profile: bool, why: str) -> None:
    instances.launch(user_data=user_data, profile=profile)

    timeline = instances.ground.cloud.timeline
    until(
        lambda: [each.text for each in timeline], lambda found: any(why in each for each in found)
    )

    definition = instances.define()
    with pytest.raises(ClientError, match="No Container Instances were found in your cluster"):
        instances.ground.run(definition, launchType="EC2", networkConfiguration={})


def test_tasks_take_and_give_back(instances: Instances) -> None:
    instances.launch()
    instances.joined()

    arn = instances.run(instances.define())
    task = until(lambda: instances.ground.task(arn), lambda each: each["lastStatus"] == "RUNNING")

    [binding] = task["containers"][0]["networkBindings"]
    assert binding["hostPort"] >= 32768
    assert task["containerInstanceArn"] == instances.joined()[0]["containerInstanceArn"]
    assert amounts(instances.joined()[0], "remaining")["MEMORY"] == 910 - 512
    instances.ground.ecs.stop_task(cluster="shop", task=arn)
    instances.ground.stopped(arn)
    assert amounts(instances.joined()[0], "remaining")["MEMORY"] == 910


def test_refused_without_growth(instances: Instances) -> None:
    instances.launch()
    [described] = instances.joined()
    answer = instances.ground.ecs.run_task(
        cluster="shop", taskDefinition=instances.define(memory="1024"), launchType="EC2"
    )

    assert answer["tasks"] == []
    arn = described["containerInstanceArn"]
    assert answer["failures"] == [{"arn": arn, "reason": "RESOURCE:MEMORY"}]


def test_grows_for_a_task(instances: Instances) -> None:
    instances.launch(most=2)
    instances.joined()
    first = instances.run(instances.define())

    second = instances.run(instances.define())

    assert instances.ground.task(second)["lastStatus"] == "PROVISIONING"
    until(lambda: instances.ground.task(second), lambda each: each["lastStatus"] == "RUNNING")
    assert len(instances.joined(2)) == 2
    places = {instances.ground.task(each)["containerInstanceArn"] for each in (first, second)}
    assert len(places) == 2


def test_waits_in_vain(instances: Instances) -> None:
    """With awsvpc an instance of this size has an interface for one task."""
    instances.launch()
    instances.joined()
    network = instances.ground.network
    definition = instances.define("awsvpc", memory="256")
    instances.run(definition, networkConfiguration=network)

    task = instances.ground.stopped(instances.run(definition, networkConfiguration=network))

    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"] == "TaskFailedToStart: RESOURCE:ENI"


def test_one_host_port_for_two(instances: Instances) -> None:
    """The service says so in its events."""
    instances.launch()
    instances.joined()
    instances.ground.serve(
        instances.define("host", memory="256"),
        desiredCount=2,
        launchType="",
        networkConfiguration={},
        capacityProviderStrategy=[{"capacityProvider": "instances"}],
    )

    wanted = "is already using a port required by your task."
    until(instances.ground.messages, lambda found: any(wanted in each for each in found))
    until(instances.ground.service, lambda service: service["runningCount"] == 1)
