"""Instances of another kind than a task asks for."""

import pytest

from deploy.ecs.preflight.placement import CHECKS
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found, ids
from tests.deploy.preflight.placement.ground import INSTANCES, Change, awsvpc, changed, line_of

ONE = ("DesiredCount: 2", "DesiredCount: 1")
RESERVED = "            echo ECS_RESERVED_MEMORY=128 >> /etc/ecs/ecs.config\n"


def platform(written: str) -> Change:
    return "ContainerDefinitions:", f"RuntimePlatform: {written}\n      ContainerDefinitions:"


def container(written: str) -> Change:
    return "          Cpu: 256\n", f"          Cpu: 256\n          {written}\n"


def setting(written: str) -> Change:
    return RESERVED, f"{RESERVED}            echo '{written}' >> /etc/ecs/ecs.config\n"


def driver(name: str) -> Change:
    return container(f"LogConfiguration: {{LogDriver: {name}}}")


@pytest.mark.parametrize(
    ("kind", "wanted", "told"),
    [
        ("t3.small", "ARM64", ["error I07", "note P14"]),
        ("t4g.small", "X86_64", ["error I07", "note P14"]),
        ("t4g.small", "ARM64", []),
        ("t3.small", "X86_64", []),
        ("t4g.small", "!Ref Size", []),
        ("!Ref Size", "ARM64", []),
    ],
)
def test_architecture(folder: Folder, kind: str, wanted: str, told: list[str]) -> None:
    template = changed(
        INSTANCES,
        ("InstanceType: t3.small", f"InstanceType: {kind}"),
        platform(f"{{CpuArchitecture: {wanted}}}"),
    )
    findings = found(folder, CHECKS, template)
    assert ids(findings) == told
    if told:
        assert findings[0].property == "RuntimePlatform.CpuArchitecture"
        assert findings[0].place.line == line_of(template, "RuntimePlatform")
        assert "exec format error" in findings[0].message
        assert f"Task is for {wanted}." in findings[0].why


def test_architecture_that_is_not_said(folder: Folder) -> None:
    """The image may be for both."""
    findings = found(folder, CHECKS, changed(INSTANCES, ("t3.small", "t4g.small")))
    assert ids(findings) == ["note I07"]
    assert "Web runs on t4g.small, which is ARM64." in findings[0].why


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([("Subnets: [!Ref A]", "Subnets: [!Ref B]")], ["error P14"]),
        ([("Subnets: [!Ref A]", "Subnets: [!Ref A, !Ref B]")], []),
        ([("Subnets: [!Ref A]", "Subnets: [!Ref B, !Ref Size]")], []),
        ([("Subnets: [!Ref A]", "Subnets: !Ref Size")], []),
        (
            [
                ("Subnets: [!Ref A]", "Subnets: [!Ref B]"),
                ("VPCZoneIdentifier: [!Ref A]", "VPCZoneIdentifier: !Ref Size"),
            ],
            [],
        ),
        (
            [
                ("Subnets: [!Ref A]", "Subnets: [!Ref B]"),
                ("AvailabilityZone: eu-central-1b", "AvailabilityZone: !Ref Size"),
            ],
            [],
        ),
        (
            [
                ("Subnets: [!Ref A]", "Subnets: [!Ref B]"),
                ("AvailabilityZone: eu-central-1b", "AvailabilityZone: eu-central-1a"),
                ("!Ref Network, CidrBlock: 10.0.1", "!Ref Second, CidrBlock: 10.0.1"),
                ("Resources:\n", 'Resources:\n  Second: {Type: "AWS::EC2::VPC"}\n'),
            ],
            ["error P14"],
        ),
    ],
)
def test_zones(folder: Folder, changes: list[Change], told: list[str]) -> None:
    template = changed(awsvpc(changed(INSTANCES, ONE)), *changes)
    findings = found(folder, CHECKS, template)
    assert ids(findings) == told
    for each in findings:
        assert each.resource == "Web"
        assert each.property == "NetworkConfiguration.AwsvpcConfiguration.Subnets"
        assert "missing an attribute required by your task" in each.message


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([driver("awslogs")], []),
        ([driver("gelf")], ["warning P14"]),
        ([driver("gelf"), setting('ECS_AVAILABLE_LOGGING_DRIVERS=["awslogs","gelf"]')], []),
        (
            [driver("awslogs"), setting('ECS_AVAILABLE_LOGGING_DRIVERS=["json-file"]')],
            ["error P14"],
        ),
        ([driver("awslogs"), setting("ECS_AVAILABLE_LOGGING_DRIVERS=$DRIVERS")], []),
        ([driver("awsfirelens"), setting('ECS_AVAILABLE_LOGGING_DRIVERS=["json-file"]')], []),
        ([driver("!Ref Size")], []),
        ([driver("gelf"), (RESERVED, f"{RESERVED}            cp drivers /etc/ecs/x\n")], []),
        ([container("Privileged: true"), setting("ECS_DISABLE_PRIVILEGED=true")], ["error P14"]),
        ([container("Privileged: true")], []),
        ([container("Privileged: false"), setting("ECS_DISABLE_PRIVILEGED=true")], []),
        ([container("ResourceRequirements: [{Type: GPU, Value: '1'}]")], ["error P14"]),
        (
            [
                container("ResourceRequirements: [{Type: GPU, Value: '1'}]"),
                ("InstanceType: t3.small", "InstanceType: g5.xlarge"),
            ],
            [],
        ),
        ([platform("{OperatingSystemFamily: WINDOWS_SERVER_2022_CORE}")], ["error P14"]),
        ([platform("{OperatingSystemFamily: LINUX}")], []),
    ],
)
def test_attributes(folder: Folder, changes: list[Change], told: list[str]) -> None:
    findings = found(folder, CHECKS, changed(INSTANCES, *changes))
    assert ids(findings) == told
    assert all(each.resource == "Task" for each in findings)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ECS_ENABLE_TASK_ENI", "false", ["NetworkMode"]),
        ("ECS_ENABLE_TASK_ENI", "true", []),
        ("ECS_ENABLE_TASK_IAM_ROLE", "false", ["TaskRoleArn"]),
        ("ECS_ENABLE_TASK_IAM_ROLE", "$IT", []),
    ],
)
def test_what_the_agent_turns_off(folder: Folder, name: str, value: str, told: list[str]) -> None:
    template = changed(
        INSTANCES,
        ONE,
        setting(f"{name}={value}"),
        ("ContainerDefinitions:", "TaskRoleArn: !Ref Role\n      ContainerDefinitions:"),
    )
    findings = found(folder, CHECKS, awsvpc(template))
    assert [each.property for each in findings] == told
