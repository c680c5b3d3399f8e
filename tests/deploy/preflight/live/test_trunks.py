"""Tasks that find a place only with trunk interfaces."""

from typing import Any

import pytest

from tests.deploy.preflight.asking import ids
from tests.deploy.preflight.live.account import REFUSED, Asked, of

TEMPLATE = """
Resources:
  Cluster: {Type: "AWS::ECS::Cluster", Properties: {ClusterName: shop}}
  Role: {Type: "AWS::IAM::Role", Properties: {AssumeRolePolicyDocument: {}}}
  Profile: {Type: "AWS::IAM::InstanceProfile", Properties: {Roles: [!Ref Role]}}
  Launch:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        InstanceType: c5.large
        IamInstanceProfile: {Arn: !GetAtt Profile.Arn}
        UserData: !Base64 "echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config"
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {MinSize: 1, MaxSize: 1, LaunchTemplate: {LaunchTemplateId: !Ref Launch}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: awsvpc
      ContainerDefinitions: [{Name: web, Image: "nginx:1.27", Memory: 64}]
  Web:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      LaunchType: EC2
      DesiredCount: 6
      TaskDefinition: !Ref Task
"""


def setting(value: str) -> dict[str, Any]:
    told = {"name": "awsvpcTrunking", "value": value}
    return {"ecs.ListAccountSettings": {"settings": [told]}}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (setting("enabled"), []),
        (setting("disabled"), ["error P04", "note P03"]),
        ({"ecs.ListAccountSettings": REFUSED}, ["note P03", "note P04"]),
    ],
)
def test_setting(asked: Asked, answers: dict[str, Any], expected: list[str]) -> None:
    found = of(asked(TEMPLATE, answers), "P03", "P04")
    assert ids(found) == expected
    if "error P04" in expected:
        assert found[0].why[-1] == "It is off in account 123456789012."


def test_refused(asked: Asked) -> None:
    found = asked(TEMPLATE, {"ecs.ListAccountSettings": REFUSED})
    assert [each.resource for each in of(found, "T05")] == ["ecs:ListAccountSettings"]


def test_role_that_may_have_a_setting_of_its_own(asked: Asked) -> None:
    template = TEMPLATE.replace("!GetAtt Profile.Arn", "arn:aws:iam::123456789012:profile/old")
    assert ids(of(asked(template, setting("disabled")), "P04")) == ["note P04"]


def test_types_that_cannot_have_them(asked: Asked) -> None:
    template = TEMPLATE.replace("c5.large", "t3.medium")
    told = {each.id: each.severity for each in asked(template, setting("enabled"))}
    assert (told["P03"], told["P04"]) == ("error", "note")
