"""Fargate's quota and zones, and subnets that are there."""

from typing import Any

import pytest

from tests.deploy.amazon import Amazon
from tests.deploy.preflight.live.account import REFUSED, Asked, of

TEMPLATE = """
Parameters:
  Open: {Type: String}
Resources:
  Cluster: {Type: "AWS::ECS::Cluster"}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      RequiresCompatibilities: [FARGATE]
      NetworkMode: awsvpc
      Cpu: 2048
      Memory: 4096
      ContainerDefinitions: [{Name: web, Image: "nginx:1.27"}]
  Web:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      LaunchType: FARGATE
      DesiredCount: 4
      DeploymentConfiguration: {MaximumPercent: 150, MinimumHealthyPercent: 50}
      TaskDefinition: !Ref Task
      NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [SUBNET]}}
"""


def template(subnet: str = "!Ref Open") -> str:
    return TEMPLATE.replace("SUBNET", subnet)


def quota(processors: float) -> dict[str, Any]:
    return {"service-quotas.GetServiceQuota": {"Quota": {"Value": processors}}}


@pytest.mark.parametrize(
    ("processors", "expected"),
    [(7.0, ["error"]), (8.0, ["warning"]), (11.0, ["warning"]), (12.0, [])],
)
def test_quota(asked: Asked, processors: float, expected: list[str]) -> None:
    found = of(asked(template(), quota(processors)), "P17")
    assert [each.severity for each in found] == expected
    for each in found:
        assert (each.resource, each.property) == ("Web", "DesiredCount")
        assert each.why[0].startswith("The services on Fargate want 8 vCPUs, and up to 12 ")


@pytest.mark.parametrize(
    "launch",
    ["EC2", "!Ref Open", "FARGATE\n      DesiredCount: !Ref Open"],
    ids=["instances", "open", "count"],
)
def test_what_takes_no_quota(asked: Asked, launch: str) -> None:
    written = template().replace("LaunchType: FARGATE", f"LaunchType: {launch}")
    if "DesiredCount: !Ref" in launch:
        written = written.replace("      DesiredCount: 4\n", "")
    assert not of(asked(written, quota(1.0)), "P17")


def test_spot_has_a_quota_of_its_own(asked: Asked) -> None:
    strategy = "CapacityProviderStrategy: [{CapacityProvider: FARGATE_SPOT, Weight: 1}]"
    assert not of(asked(template().replace("LaunchType: FARGATE", strategy), quota(1.0)), "P17")


def test_quota_refused(asked: Asked) -> None:
    found = asked(template(), {"service-quotas.GetServiceQuota": REFUSED})
    assert not of(found, "P17")
    assert [each.resource for each in of(found, "T05")] == ["servicequotas:GetServiceQuota"]


def subnet(free: int, zone: str = "euc1-az1") -> dict[str, Any]:
    told = {"SubnetId": "subnet-1", "AvailabilityZoneId": zone, "AvailableIpAddressCount": free}
    return {"ec2.DescribeSubnets": {"Subnets": [told]}}


@pytest.mark.parametrize(("free", "expected"), [(0, ["error"]), (3, ["warning"]), (4, [])])
def test_addresses(asked: Asked, free: int, expected: list[str]) -> None:
    found = of(asked(template("subnet-1"), subnet(free)), "P18")
    assert [each.severity for each in found] == expected
    for each in found:
        assert each.property == "NetworkConfiguration.AwsvpcConfiguration.Subnets"
        assert each.why[1] == f"subnet-1 have {free} left."


def test_addresses_of_a_real_subnet(asked: Asked, amazon: Amazon) -> None:
    ec2 = amazon.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/28")["Subnet"]["SubnetId"]
    assert not of(asked(template(made)), "P18", "X04")
    assert of(asked(template(made).replace("Count: 4", "Count: 40")), "P18")


def test_no_such_subnet(asked: Asked) -> None:
    [found] = of(asked(template("subnet-0a1b2c3d4e5f67890")), "X04", "P18")
    assert (found.severity, found.id, found.resource) == ("error", "X04", "Web")
    assert found.property == "NetworkConfiguration.AwsvpcConfiguration.Subnets"
    assert found.why[1] == "Account 123456789012 has no such subnet in eu-central-1."


def test_addresses_of_version_6(asked: Asked) -> None:
    """Which are not counted."""
    answers = subnet(0)
    answers["ec2.DescribeSubnets"]["Subnets"][0]["Ipv6Native"] = True
    assert not of(asked(template("subnet-1"), answers), "P18")


@pytest.mark.parametrize("written", ["!Ref Open", "subnet-1, !Ref Open"])
def test_subnets_that_are_not_known(asked: Asked, written: str) -> None:
    assert not of(asked(template(written), subnet(0)), "P18")


def test_subnets_refused(asked: Asked) -> None:
    found = asked(template("subnet-1"), {"ec2.DescribeSubnets": "UnauthorizedOperation"})
    assert not of(found, "P18", "P16", "X04")
    assert [each.resource for each in of(found, "T05")] == ["ec2:DescribeSubnets"]


@pytest.mark.parametrize(
    ("region", "zone", "expected"),
    [
        ("ap-northeast-1", "apne1-az3", ["error"]),
        ("ap-northeast-1", "apne1-az1", []),
        ("eu-central-1", "euc1-az1", []),
    ],
)
def test_zones(asked: Asked, region: str, zone: str, expected: list[str]) -> None:
    found = of(asked(template("subnet-1"), subnet(50, zone), region=region), "P16")
    assert [each.severity for each in found] == expected
    for each in found:
        assert each.why[0] == f"Web runs on Fargate in {zone}."
