"""Instances that join no cluster, or another."""

import pytest

from deploy.ecs.preflight.placement import CHECKS
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found, ids
from tests.deploy.preflight.placement.ground import (
    BY_PROVIDER,
    FARGATE,
    INSTANCES,
    PROVIDED,
    Change,
    changed,
)

GROWN = changed(INSTANCES, BY_PROVIDER) + PROVIDED
JOINS = "            echo ECS_CLUSTER=${Cluster} >> /etc/ecs/ecs.config\n"
PROFILE = "        IamInstanceProfile: {Arn: !GetAtt Profile.Arn}\n"
NAMED = '{Type: "AWS::ECS::Cluster", Properties: {ClusterName: NAME}}'
UNNAMED = '  Cluster: {Type: "AWS::ECS::Cluster"}\n'
IMAGE = '"{{resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended}}"'


def named(name: str) -> Change:
    return UNNAMED, f"  Cluster: {NAMED.replace('NAME', name)}\n"


@pytest.mark.parametrize("template", [INSTANCES, GROWN])
@pytest.mark.parametrize(
    ("changes", "told", "at"),
    [
        ([(JOINS, "")], "error P11", ("LaunchTemplateData.UserData", "join the cluster default")),
        (
            [(JOINS, ""), (IMAGE, "ami-1")],  # which may bring the agent's settings with it
            "warning P11",
            ("LaunchTemplateData.UserData", "do not set ECS_CLUSTER"),
        ),
        (
            [("ECS_CLUSTER=${Cluster}", "ECS_CLUSTER=shop")],
            "error P11",
            ("LaunchTemplateData.UserData", "say ECS_CLUSTER=shop"),
        ),
        (
            [named("web"), ("ECS_CLUSTER=${Cluster}", "ECS_CLUSTER=shop")],
            "error P11",
            ("LaunchTemplateData.UserData", "say ECS_CLUSTER=shop"),
        ),
        (
            [
                ("ECS_CLUSTER=${Cluster}", "ECS_CLUSTER=${Second}"),
                (UNNAMED, f'{UNNAMED}  Second: {{Type: "AWS::ECS::Cluster"}}\n'),
            ],
            "error P11",
            ("LaunchTemplateData.UserData", "join the cluster Second."),
        ),
        (
            [(PROFILE, "")],
            "error P11",
            ("LaunchTemplateData.IamInstanceProfile", "no instance profile"),
        ),
        (
            [("MaxSize: 4", "MaxSize: 0"), ("MinSize: 2", "MinSize: 0")],
            "error P11",
            ("MaxSize", "Group"),
        ),
    ],
)
def test_no_instance_joins(
    folder: Folder, template: str, changes: list[Change], told: str, at: tuple[str, str]
) -> None:
    where, why = at
    first, *others = found(folder, CHECKS, changed(template, *changes))
    assert (ids([first]), ids(others)) == ([told], [])
    assert (first.resource, first.property) == (
        "Group" if where == "MaxSize" else "Template",
        where,
    )
    assert why in " ".join(first.why)
    assert "No Container Instances were found in your cluster." in first.message


@pytest.mark.parametrize("template", [INSTANCES, GROWN])
@pytest.mark.parametrize(
    "changes",
    [
        [named("web"), ("ECS_CLUSTER=${Cluster}", "ECS_CLUSTER=web")],
        [named("default"), (JOINS, "")],
        [named("!Ref Size"), ("ECS_CLUSTER=${Cluster}", "ECS_CLUSTER=web")],
        [("ECS_CLUSTER=${Cluster}", "ECS_CLUSTER=${Size}")],
        [("ECS_CLUSTER=${Cluster}", "ECS_CLUSTER=shop-Cluster-1A2B3C4D5E6F")],
        [(JOINS, "            aws s3 cp s3://settings/ecs.config /etc/ecs/ecs.config\n")],
        [(PROFILE, "        IamInstanceProfile: !If [Unclear, {Name: x}, !Ref AWS::NoValue]\n")],
        [("MaxSize: 4", "MaxSize: !Ref Size"), ("MinSize: 2", "MinSize: !Ref Size")],
        [(JOINS, ""), ("DesiredCount: 2", "DesiredCount: 0")],
    ],
)
def test_joins_or_not_known(folder: Folder, template: str, changes: list[Change]) -> None:
    assert found(folder, CHECKS, changed(template, *changes)) == []


@pytest.mark.parametrize(
    ("status", "told"), [("ENABLED", []), ("DISABLED", ["error P11"]), ("!Ref Size", [])]
)
def test_group_that_starts_empty(folder: Folder, status: str, told: list[str]) -> None:
    template = changed(GROWN, ("MinSize: 2", "MinSize: 0"), ("ENABLED", status))
    findings = found(folder, CHECKS, template)
    assert ids(findings) == told
    assert [each.property for each in findings] == ["DesiredCapacity"] * len(told)


def test_bastion_is_not_meant(folder: Folder) -> None:
    """With a launch type the instances may be elsewhere; only those of ECS are told of."""
    group = INSTANCES[INSTANCES.index("  Role:") : INSTANCES.index("  Task:")]
    bastion = "  Bastion: {Type: AWS::EC2::Instance, Properties: {InstanceType: t3.nano}}\n"
    assert found(folder, CHECKS, changed(INSTANCES, (group, bastion))) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([("      LaunchType: FARGATE\n", "")], ["error P11"]),
        ([("LaunchType: FARGATE", "LaunchType: EC2")], ["error P11"]),
        (
            [
                ("      LaunchType: FARGATE\n", ""),
                ("      RequiresCompatibilities: [FARGATE]\n", ""),
            ],
            ["warning P11"],
        ),
        ([("LaunchType: FARGATE", "LaunchType: !Ref Open")], []),
        ([("      LaunchType: FARGATE\n", ""), ("!Ref Cluster", "!ImportValue cluster")], []),
    ],
)
def test_launch_type_without_instances(
    folder: Folder, changes: list[Change], told: list[str]
) -> None:
    findings = found(folder, CHECKS, changed(FARGATE, *changes))
    assert ids(findings) == told
    assert all(each.resource == "Web" for each in findings)
