import pytest

from deploy.ecs.preflight.connections import CHECKS
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found
from tests.deploy.preflight.connections.shop import (
    BRIDGE,
    GIVEN,
    WITH_BASTION,
    edited,
    line,
    told,
)

OF_ALB = "FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0"
FROM_BASTION = "      ToPort: 5432\n      SourceSecurityGroupId: !Ref BastionGroup\n"
FAR = "  Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("CidrIpv6: '::/0'", []),
        ("SourcePrefixListId: pl-1", []),
        ("SourceSecurityGroupName: web", []),
        ("CidrIp: !Ref Open", []),
        ("CidrIp: !If [Unclear, 0.0.0.0/0, !Ref AWS::NoValue]", []),
        ("Description: everybody", ["warning X02 AlbGroup.SecurityGroupIngress.0"]),
        ("CidrIp: !Ref AWS::NoValue", ["warning X02 AlbGroup.SecurityGroupIngress.0"]),
    ],
)
def test_source(folder: Folder, source: str, expected: list[str]) -> None:
    template = edited(WITH_BASTION, (OF_ALB, f"FromPort: 80, ToPort: 80, {source}"))
    assert told(found(folder, CHECKS, template, GIVEN)) == expected


def test_source_says_why(folder: Folder) -> None:
    template = edited(WITH_BASTION, (OF_ALB, "FromPort: 80, ToPort: 80"))
    [finding] = found(folder, CHECKS, template, GIVEN)
    assert finding.place.line == line(template, "FromPort: 80, ToPort: 80}")
    assert "A rule of AlbGroup is for tcp, port 80, and has neither CidrIp" in finding.why[0]


def test_source_of_a_rule_of_its_own(folder: Folder) -> None:
    """And what comes of it: the database does not admit the bastion."""
    template = edited(WITH_BASTION, (FROM_BASTION, "      ToPort: 5432\n"))
    assert told(found(folder, CHECKS, template, GIVEN)) == [
        "warning D01 DbGroup.SecurityGroupIngress",
        "warning X02 DbFromBastion.",
    ]


def of_network(template: str, group: str, vpc: str) -> str:
    start = template.index(f"  {group}:\n")
    return template[:start] + template[start:].replace("VpcId: !Ref Vpc", vpc, 1)


@pytest.mark.parametrize("group", ["AlbGroup", "TaskGroup", "DbGroup", "BastionGroup"])
@pytest.mark.parametrize(
    ("vpc", "why"),
    [
        ("VpcId: !Ref Far", "of Far."),
        ("GroupName: x", "of the account's default network, since it has no VpcId."),
    ],
)
def test_group_of_another_network(folder: Folder, group: str, vpc: str, why: str) -> None:
    findings = found(folder, CHECKS, of_network(WITH_BASTION, group, vpc) + FAR, GIVEN)
    assert told(findings) == [f"error X03 {group}.VpcId"]
    assert findings[0].why[0].endswith(why)


@pytest.mark.parametrize("vpc", ["VpcId: !Ref Open", "VpcId: vpc-1", "VpcId: !GetAtt Vpc.VpcId"])
def test_group_of_a_network_that_is_not_known(folder: Folder, vpc: str) -> None:
    template = of_network(WITH_BASTION, "TaskGroup", vpc)
    assert told(found(folder, CHECKS, template, GIVEN)) == []


def test_messages(folder: Folder) -> None:
    def message(template: str, group: str) -> str:
        return found(folder, CHECKS, of_network(template, group, "GroupName: x"), GIVEN)[0].message

    assert message(WITH_BASTION, "TaskGroup") == (
        "Security group TaskGroup and subnet PrivateA belong to different networks."
    )
    assert message(BRIDGE, "HostGroup") == (
        "Security group HostGroup and subnet PrivateA belong to different networks."
    )
    assert message(WITH_BASTION, "AlbGroup") == "One or more security groups are invalid"
    assert "different VPCs" in message(WITH_BASTION, "DbGroup")


def test_subnets_that_are_not_known(folder: Folder) -> None:
    template = of_network(WITH_BASTION, "TaskGroup", "GroupName: x")
    where = ("          Subnets: [!Ref PrivateA, !Ref PrivateB]", "          Subnets: !Ref Opened")
    assert told(found(folder, CHECKS, edited(template, where), GIVEN)) == []
