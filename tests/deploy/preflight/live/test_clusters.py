"""Services in a cluster that is there: its instances, and what they have left."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.deploy.amazon import ACCOUNT, REGION
from tests.deploy.diagnose.replay import Answer
from tests.deploy.preflight.live.account import REFUSED, Asked, of

ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/old"
TEMPLATE = """
Parameters:
  Open: {Type: String}
Conditions:
  Unclear: !Equals [!Ref Open, x]
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: bridge
      ContainerDefinitions:
        - {Name: web, Image: "nginx:1.27", Cpu: 256, Memory: 512}
  Web:
    Type: AWS::ECS::Service
    Properties:
      Cluster: old
      LaunchType: EC2
      DesiredCount: 2
      TaskDefinition: !Ref Task
"""
GROUP = """
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {MinSize: 1, MaxSize: 1, LaunchTemplate: {LaunchTemplateId: !Ref Open}}
"""
HOST_PORT = {"Memory: 512": "Memory: 512, PortMappings: [{ContainerPort: 80, HostPort: 80}]"}
AWSVPC = {
    "NetworkMode: bridge": "NetworkMode: awsvpc",
    "DesiredCount: 2": "DesiredCount: 2\n      NetworkConfiguration: "
    "{AwsvpcConfiguration: {Subnets: [subnet-1]}}",
}
THREE_OF_THEM = {old: new.replace("Count: 2", "Count: 3") for old, new in AWSVPC.items()}
ATTRIBUTES = {
    "ecs.availability-zone": "eu-central-1a",
    "ecs.instance-type": "t3.small",
    "ecs.cpu-architecture": "x86_64",
    "ecs.capability.task-eni": None,
}


def resources(cpu: int, memory: int, ports: tuple[int, ...] = ()) -> list[Mapping[str, Any]]:
    taken = [str(each) for each in (22, 2375, 2376, 51678, 51679, *ports)]
    return [
        {"name": "CPU", "type": "INTEGER", "integerValue": cpu},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": memory},
        {"name": "PORTS", "type": "STRINGSET", "stringSetValue": taken},
    ]


def instance(
    *, left: tuple[int, int] = (2048, 1900), connected: bool = True, **changes: Any
) -> dict[str, Any]:
    attributes: dict[str, Any] = {**ATTRIBUTES, **changes.get("attributes", {})}
    return {
        "ec2InstanceId": "i-1",
        "status": "ACTIVE",
        "agentConnected": connected,
        "registeredResources": resources(2048, 1900),
        "remainingResources": resources(*left, ports=changes.get("ports", ())),
        "attributes": [
            {"name": name} | ({"value": value} if value else {})
            for name, value in attributes.items()
            if value != "lacking"
        ],
    }


def cluster(*instances: Mapping[str, Any], **settings: Any) -> dict[str, Answer]:
    told = {"clusterArn": ARN, "clusterName": "old", "status": "ACTIVE", **settings}
    arns = [f"{ARN}/{number}" for number, _ in enumerate(instances)]
    return {
        "ecs.DescribeClusters": {"clusters": [told]},
        "ecs.ListContainerInstances": {"containerInstanceArns": arns},
        "ecs.DescribeContainerInstances": {"containerInstances": list(instances)},
        "ec2.DescribeSubnets": {
            "Subnets": [
                {
                    "SubnetId": "subnet-1",
                    "AvailabilityZone": "eu-central-1a",
                    "AvailableIpAddressCount": 100,
                }
            ]
        },
    }


def edited(changes: Mapping[str, str]) -> str:
    template = TEMPLATE
    for old, new in changes.items():
        assert template.count(old) == 1, old
        template = template.replace(old, new)
    return template


IDS = ("P01", "P02", "P03", "P05", "P11", "P13", "P14")


def test_room(asked: Asked) -> None:
    assert not of(asked(TEMPLATE, cluster(instance())), *IDS)


def test_no_cluster(asked: Asked) -> None:
    [found] = of(asked(TEMPLATE), "P11")
    assert (found.severity, found.resource, found.property) == ("error", "Web", "Cluster")
    assert found.why[1] == "eu-central-1 has no cluster old."


def test_inactive(asked: Asked) -> None:
    [found] = of(asked(TEMPLATE, cluster(status="INACTIVE")), "P11")
    assert found.why[1] == "The cluster old is INACTIVE."


def test_no_instances(asked: Asked) -> None:
    [found] = of(asked(TEMPLATE, cluster()), "P11")
    assert found.severity == "error"
    assert found.message.endswith("No Container Instances were found in your cluster.")


@pytest.mark.parametrize(
    "changes",
    [{"DesiredCount: 2": "DesiredCount: 0"}, {"DesiredCount: 2": "SchedulingStrategy: DAEMON"}],
)
def test_service_that_wants_none(asked: Asked, changes: dict[str, str]) -> None:
    assert not of(asked(edited(changes), cluster()), *IDS)


def test_default_cluster_of_the_template(asked: Asked) -> None:
    own = '  Own: {Type: "AWS::ECS::Cluster", Properties: {ClusterName: default}}\n'
    template = TEMPLATE.replace("      Cluster: old\n", "") + own
    assert not of(asked(template, {"ecs.DescribeClusters": {"clusters": []}}), "P11")


def test_by_arn(asked: Asked) -> None:
    assert of(asked(edited({"Cluster: old": f"Cluster: {ARN}"}), cluster()), "P11")


@pytest.mark.parametrize(
    "changes",
    [
        {"LaunchType: EC2": "LaunchType: FARGATE"},
        {"LaunchType: EC2": "CapacityProviderStrategy: [{CapacityProvider: scaled, Weight: 1}]"},
        {"LaunchType: EC2": "LaunchType: !If [Unclear, EC2, FARGATE]"},
        {"LaunchType: EC2": "LaunchType: !If [Unclear, FARGATE, !Ref AWS::NoValue]"},
        {"Cluster: old": "Cluster: !Ref Open"},
        {"Cluster: old": f"Cluster: {ARN.replace(REGION, 'us-east-1')}"},
        {"TaskDefinition: !Ref Task": "TaskDefinition: !Ref Task\n" + GROUP},
    ],
    ids=["fargate", "provider", "either", "perhaps", "open", "elsewhere", "group"],
)
def test_where_instances_are_no_matter(asked: Asked, changes: dict[str, str]) -> None:
    assert not of(asked(edited(changes), cluster()), *IDS)


def test_providers_of_the_cluster(asked: Asked) -> None:
    answers = cluster(defaultCapacityProviderStrategy=[{"capacityProvider": "scaled"}])
    assert not of(asked(edited({"      LaunchType: EC2\n": ""}), answers), *IDS)


def test_agents(asked: Asked) -> None:
    lost = instance(connected=False)
    [found] = of(asked(TEMPLATE, cluster(lost)), "P13")
    assert (found.severity, found.property) == ("error", "Cluster")
    assert "The agents of 1 of its 1 instances are not connected: i-1" in found.why
    [found] = of(asked(TEMPLATE, cluster(lost, instance())), "P13")
    assert found.severity == "warning"


@pytest.mark.parametrize(
    ("changes", "instances", "expected"),
    [
        ({"Memory: 512": "Memory: 2000"}, [instance()], "error P01 They register 1900 MiB."),
        ({"Memory: 512": "Memory: 950"}, [instance()], None),
        ({"Memory: 512": "Memory: 951"}, [instance()], "error P01 They register 1900 MiB."),
        ({}, [instance(left=(2048, 1023))], "warning P01 They have left 1023 MiB."),
        ({}, [instance(left=(2048, 1024))], None),
        ({"Cpu: 256": "Cpu: 1025"}, [instance()], "error P02 They register 2048 CPU units."),
        ({}, [instance(left=(511, 1900))], "warning P02 They have left 511 CPU units."),
        (HOST_PORT, [instance()], "error P05 Each has it once."),
        (HOST_PORT, [instance(), instance()], None),
        (HOST_PORT, [instance(), instance(ports=(80,))], "warning P05 It is taken on 1 of them."),
        (THREE_OF_THEM, [instance()], "error P03 They have 2 interfaces for tasks."),
        (AWSVPC, [instance()], None),
    ],
)
def test_what_is_left(
    asked: Asked, changes: dict[str, str], instances: list[dict[str, Any]], expected: str | None
) -> None:
    found = of(asked(edited(changes), cluster(*instances)), "P01", "P02", "P03", "P05")
    told = [f"{each.severity} {each.id} {each.why[-1]}" for each in found]
    assert told == ([expected] if expected else [])
    assert {(each.resource, each.property) for each in found} <= {("Web", "DesiredCount")}


def test_trunk(asked: Asked) -> None:
    template = edited(AWSVPC).replace("DesiredCount: 2", "DesiredCount: 5").replace("512", "128")
    plain, trunk = instance(), instance(attributes={"ecs.awsvpc-trunk-id": "eni-1"})
    assert of(asked(template, cluster(plain)), "P03")
    assert not of(asked(template, cluster(trunk)), "P03")


@pytest.mark.parametrize(
    ("changes", "attributes", "sentence"),
    [
        (AWSVPC, {"ecs.capability.task-eni": "lacking"}, "requires the attribute ecs.capability"),
        (AWSVPC, {}, ""),
        ({}, {"ecs.capability.task-eni": "lacking"}, ""),
        (AWSVPC, {"ecs.availability-zone": "eu-central-1b"}, "The subnets of Web are in eu-cen"),
        (
            {"NetworkMode: bridge": "RuntimePlatform: {CpuArchitecture: ARM64}"},
            {},
            "requires the attribute ecs.cpu-architecture arm64.",
        ),
        ({"NetworkMode: bridge": "RuntimePlatform: {CpuArchitecture: X86_64}"}, {}, ""),
        ({"Memory: 512": "Memory: 512, LogConfiguration: {LogDriver: splunk}"}, {}, ".splunk"),
    ],
)
def test_attributes(
    asked: Asked, changes: dict[str, str], attributes: dict[str, str], sentence: str
) -> None:
    found = of(asked(edited(changes), cluster(instance(attributes=attributes))), "P14")
    assert len(found) == bool(sentence)
    for each in found:
        assert (each.severity, each.resource) == ("error", "Web")
        assert sentence in each.why[0]


@pytest.mark.parametrize(
    "operation", ["DescribeClusters", "ListContainerInstances", "DescribeContainerInstances"]
)
def test_refused(asked: Asked, operation: str) -> None:
    found = asked(TEMPLATE, cluster(instance(connected=False)) | {f"ecs.{operation}": REFUSED})
    assert not of(found, *IDS)
    assert [each.resource for each in of(found, "T05")] == [f"ecs:{operation}"]
