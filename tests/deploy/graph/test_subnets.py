"""What a condition, or something beyond these stacks, decides about a subnet."""

import pytest

from deploy.ecs.graph import Graph, Subnet, VpcEndpoint
from tests.deploy.evaluator.writing import Folder

AROUND = """
    Parameters: {{Open: {{Type: String}}}}
    Conditions: {{Unclear: !Equals [!Ref Open, x]}}
    Resources:
      Vpc: {{Type: "AWS::EC2::VPC", Properties: {{CidrBlock: 10.0.0.0/16}}}}
      A: {{Type: "AWS::EC2::Subnet", Properties: {{VpcId: !Ref Vpc}}}}
      B: {{Type: "AWS::EC2::Subnet", Properties: {{VpcId: !Ref Vpc}}}}
      Table: {{Type: "AWS::EC2::RouteTable", Properties: {{VpcId: !Ref Vpc}}}}
      Gateway: {{Type: "AWS::EC2::InternetGateway"}}
      Associated:
        Type: AWS::EC2::SubnetRouteTableAssociation
        {condition}
        Properties: {{SubnetId: !Ref A, RouteTableId: !Ref Table}}
      Out:
        Type: AWS::EC2::Route
        Properties: {{RouteTableId: !Ref Table, {route}}}
"""
TO_GATEWAY = "DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway"


def subnets(folder: Folder, condition: str = "", route: str = TO_GATEWAY) -> tuple[Subnet, ...]:
    text = AROUND.format(condition=condition, route=route)
    return Graph.of([folder.stack(text, {"Open": None})]).all(Subnet)


def test_association_that_may_be_there(folder: Folder) -> None:
    a, b = subnets(folder, "Condition: Unclear")
    assert (a.route_table, a.uses_main_table, a.internet.truth) == (None, None, None)
    assert b.uses_main_table is True


@pytest.mark.parametrize(
    ("route", "public", "leads"),
    [
        (TO_GATEWAY, True, True),
        ("DestinationCidrBlock: 0.0.0.0/0, GatewayId: igw-1", True, True),
        ("DestinationCidrBlock: 0.0.0.0/0, GatewayId: !ImportValue g", None, None),
        ("DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !ImportValue n", False, None),
        ("DestinationCidrBlock: 0.0.0.0/0, TransitGatewayId: tgw-1", False, None),
        ("DestinationCidrBlock: 10.1.0.0/16, GatewayId: !Ref Gateway", False, False),
        ("DestinationIpv6CidrBlock: '::/0', GatewayId: !Ref Gateway", False, False),
        ("DestinationCidrBlock: !Ref Open, GatewayId: !Ref Gateway", None, None),
        ("DestinationPrefixListId: pl-1, TransitGatewayId: tgw-1", False, None),
        (
            "DestinationCidrBlock: !If [Unclear, 0.0.0.0/0, 10.9.0.0/16], GatewayId: igw-1",
            None,
            None,
        ),
    ],
)
def test_routes(folder: Folder, route: str, public: bool | None, leads: bool | None) -> None:
    a, _ = subnets(folder, route=route)
    assert (a.is_public, a.internet.truth) == (public, leads)


def test_own_network(folder: Folder) -> None:
    a, _ = subnets(folder)
    [route] = a.way("10.0.3.4").because
    assert (route.kind, route.leads) == ("local", True)


@pytest.mark.parametrize(
    ("name", "service", "region"),
    [
        ("com.amazonaws.eu-west-1.ecr.api", "ecr.api", "eu-west-1"),
        ("!Sub 'com.amazonaws.${AWS::Region}.s3'", "s3", "eu-central-1"),
        ("cn.com.amazonaws.cn-north-1.ecr.dkr", "ecr.dkr", "cn-north-1"),
        ("com.amazonaws.vpce.eu-west-1.vpce-svc-1", "eu-west-1.vpce-svc-1", "vpce"),
        ("!ImportValue service", None, None),
        ("[a]", None, None),
    ],
)
def test_endpoint_names(folder: Folder, name: str, service: str | None, region: str | None) -> None:
    stack = folder.stack(f"""
        Resources:
          Door: {{Type: "AWS::EC2::VPCEndpoint", Properties: {{ServiceName: {name}}}}}
    """)
    [door] = Graph.of([stack]).all(VpcEndpoint)
    assert (door.service, door.service_region) == (service, region)
