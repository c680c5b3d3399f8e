import pytest

from deploy.ecs.preflight.connections import CHECKS
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found
from tests.deploy.preflight.connections.shop import FARGATE, GIVEN, edited, line, told

OF_ALB = "Subnets: [!Ref PublicA, !Ref PublicB]"
PRIVATE = "Subnets: [!Ref PrivateA, !Ref PrivateB]"
NAT = """
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref PublicA}}
  Through:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Inner, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}
"""


def ask(folder: Folder, subnets: str, more: str = "") -> list[str]:
    template = edited(
        FARGATE, ("[!Ref AlbGroup]\n      " + OF_ALB, f"[!Ref AlbGroup]\n      {subnets}")
    )
    return told(found(folder, CHECKS, template + more, GIVEN))


@pytest.mark.parametrize(
    ("subnets", "expected"),
    [
        (PRIVATE, ["error B15 Alb.Subnets"]),
        (f"{PRIVATE}\n      Scheme: internet-facing", ["error B15 Alb.Subnets"]),
        (f"{PRIVATE}\n      Scheme: internal", []),
        (f"{PRIVATE}\n      Scheme: !Ref Open", []),
        (f"{PRIVATE}\n      IpAddressType: dualstack-without-public-ipv4", []),
        ("Subnets: [!Ref PublicA, !Ref PrivateB]", ["error B15 Alb.Subnets"]),
        (
            "SubnetMappings: [{SubnetId: !Ref PublicA}, {SubnetId: !Ref PrivateB}]",
            ["error B15 Alb.SubnetMappings"],
        ),
        # Its network's main table, which has no route, unless another stack associates it.
        ("Subnets: [!Ref PublicA, !Ref PublicB, !Ref Elsewhere]", ["warning B15 Alb.Subnets"]),
        ("Subnets: !Ref Opened", []),
        ("Subnets: [!Ref PublicA, !If [Unclear, !Ref PrivateB, !Ref PublicB]]", []),
    ],
)
def test_subnets(folder: Folder, subnets: str, expected: list[str]) -> None:
    assert ask(folder, subnets) == expected


def test_association_that_is_not_known(folder: Folder) -> None:
    association = """
  Other:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Open, RouteTableId: !Ref Table}
"""
    assert ask(folder, "Subnets: [!Ref PublicA, !Ref PublicB, !Ref Elsewhere]", association) == []


def test_says_why(folder: Folder) -> None:
    template = edited(FARGATE, (OF_ALB, PRIVATE.replace("!Ref PrivateB", "!Ref PublicB"))) + NAT
    [finding] = found(folder, CHECKS, template, GIVEN)
    assert finding.place.line == line(template, "Subnets: [!Ref PrivateA, !Ref PublicB]")
    assert finding.why == (
        "Alb is internet-facing, since it has no Scheme, and in PrivateA.",
        "The route table of PrivateA, Inner, leads out by nat gateway.",
    )
    assert "time out" in finding.message
