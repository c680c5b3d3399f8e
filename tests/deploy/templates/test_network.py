import re
from typing import Any

import pytest

from tests.deploy.templates.stack import Stack, read

ALWAYS = {"ecr.api", "ecr.dkr", "logs", "secretsmanager"}
INSTANCES = {"ecs", "ecs-agent", "ecs-telemetry"}
SESSIONS = {"ssmmessages"}
BASTION = {"ssm", "ec2messages"}


def endpoints(stack: Stack, kind: str) -> dict[str, dict[str, Any]]:
    return {
        re.sub(r"^com\.amazonaws\.\$\{AWS::Region\}\.", "", each["ServiceName"]["Fn::Sub"]): each
        for each in stack.of_type("AWS::EC2::VPCEndpoint").values()
        if each["VpcEndpointType"] == kind
    }


def routes(stack: Stack) -> dict[str, dict[str, Any]]:
    return {each["RouteTableId"]["Ref"]: each for each in stack.of_type("AWS::EC2::Route").values()}


@pytest.mark.parametrize("egress", ["none", "endpoints", "nat"])
def test_names_resolve(egress: str) -> None:
    vpc = Stack("network", Egress=egress).properties("Vpc")
    assert vpc["EnableDnsSupport"] is vpc["EnableDnsHostnames"] is True


def test_four_subnets_in_two_zones() -> None:
    stack = Stack("network")
    subnets = stack.of_type("AWS::EC2::Subnet")
    assert list(subnets) == [
        "PublicSubnetFirst",
        "PublicSubnetSecond",
        "PrivateSubnetFirst",
        "PrivateSubnetSecond",
    ]
    for number, (name, subnet) in enumerate(subnets.items()):
        assert subnet["CidrBlock"] == {"Fn::Select": [number, {"Fn::Cidr": ["10.0.0.0/16", 4, 8]}]}
        zone = 0 if name.endswith("First") else 1
        assert subnet["AvailabilityZone"] == {"Fn::Select": [zone, {"Fn::GetAZs": ""}]}
        assert subnet["MapPublicIpOnLaunch"] is False
    associations = stack.of_type("AWS::EC2::SubnetRouteTableAssociation").values()
    assert {each["SubnetId"]["Ref"] for each in associations} == set(subnets)


def test_given_zones() -> None:
    stack = Stack("network", Zones="us-east-1b,us-east-1d")
    zone = stack.properties("PrivateSubnetSecond")["AvailabilityZone"]
    assert zone == {"Fn::Select": [1, {"Fn::Split": [",", "us-east-1b,us-east-1d"]}]}


@pytest.mark.parametrize(
    ("parameter", "value", "allowed"),
    [
        ("Zones", "eu-central-1a,eu-central-1b", True),
        ("Zones", "us-gov-west-1a,us-gov-west-1b", True),
        ("Zones", "eu-central-1a,eu-central-1a", False),
        ("Zones", "eu-central-1a", False),
        ("VpcCidr", "10.20.0.0/16", True),
        ("VpcCidr", "172.31.0.0/16", True),
        ("VpcCidr", "192.168.4.0/22", True),
        ("VpcCidr", "172.17.0.0/16", False),
        ("VpcCidr", "8.8.0.0/16", False),
        ("VpcCidr", "10.0.0.0/24", False),
    ],
)
def test_allowed(parameter: str, value: str, allowed: bool) -> None:
    pattern = read("network")["Parameters"][parameter]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, value)) is allowed


@pytest.mark.parametrize("egress", ["none", "endpoints"])
def test_private_subnets_have_no_way_to_the_internet(egress: str) -> None:
    stack = Stack("network", Egress=egress)
    assert set(routes(stack)) == {"PublicRouteTable"}
    assert not stack.of_type("AWS::EC2::NatGateway")
    assert not stack.of_type("AWS::EC2::EIP")


@pytest.mark.parametrize(
    ("zones", "gateways"), [("one", ["First", "First"]), ("both", ["First", "Second"])]
)
def test_nat(zones: str, gateways: list[str]) -> None:
    stack = Stack("network", Egress="nat", NatZones=zones)
    found = [
        routes(stack)[table]["NatGatewayId"]["Ref"]
        for table in ("PrivateRouteTableFirst", "PrivateRouteTableSecond")
    ]
    assert found == [f"NatGateway{zone}" for zone in gateways]
    for name in found:
        assert stack.properties(name)["SubnetId"]["Ref"].startswith("Public")
    assert len(stack.of_type("AWS::EC2::EIP")) == len(set(found))
    assert not endpoints(stack, "Interface")


def test_what_needs_the_internet_gateway_waits_for_it() -> None:
    stack = Stack("network", Egress="nat", NatZones="both")
    for name, resource in stack.resources.items():
        if name.startswith("NatAddress") or name == "PublicRoute":
            assert resource["DependsOn"] == "InternetGatewayAttachment"
        if name.startswith("NatGateway"):
            assert resource["DependsOn"][0] == "PublicRoute"


@pytest.mark.parametrize("egress", ["none", "endpoints", "nat"])
def test_s3_is_on_every_route_table(egress: str) -> None:
    stack = Stack("network", Egress=egress)
    gateway = endpoints(stack, "Gateway")["s3"]
    tables = {each["Ref"] for each in gateway["RouteTableIds"]}
    assert tables == set(stack.of_type("AWS::EC2::RouteTable"))
    assert "PolicyDocument" not in gateway


@pytest.mark.parametrize("launch", ["fargate", "ec2"])
@pytest.mark.parametrize("execute", ["yes", "no"])
@pytest.mark.parametrize("bastion", ["yes", "no"])
def test_endpoints(launch: str, execute: str, bastion: str) -> None:
    expected = set(ALWAYS)
    expected |= INSTANCES if launch == "ec2" else set()
    expected |= SESSIONS if "yes" in (execute, bastion) else set()
    expected |= BASTION if bastion == "yes" else set()
    stack = Stack("network", Egress="endpoints", Launch=launch, Exec=execute, Bastion=bastion)
    assert set(endpoints(stack, "Interface")) == expected


@pytest.mark.parametrize(("zones", "subnets"), [("one", 1), ("both", 2)])
def test_endpoints_can_be_used_by_everybody_inside(zones: str, subnets: int) -> None:
    stack = Stack("network", Egress="endpoints", EndpointZones=zones, VpcCidr="10.9.0.0/16")
    for endpoint in endpoints(stack, "Interface").values():
        assert endpoint["PrivateDnsEnabled"] is True
        assert endpoint["SecurityGroupIds"] == [{"Ref": "EndpointsSecurityGroup"}]
        assert len(endpoint["SubnetIds"]) == subnets
        assert all(each["Ref"].startswith("Private") for each in endpoint["SubnetIds"])
        assert "PolicyDocument" not in endpoint
    [rule] = stack.properties("EndpointsSecurityGroup")["SecurityGroupIngress"]
    assert (rule["FromPort"], rule["ToPort"], rule["CidrIp"]) == (443, 443, "10.9.0.0/16")


def test_outputs() -> None:
    always = {
        "VpcId",
        "VpcCidr",
        "PublicSubnets",
        "PrivateSubnets",
        "PublicRouteTable",
        "PrivateRouteTables",
        "S3Endpoint",
    }
    assert set(Stack("network").outputs) == always
    endpoints = Stack("network", Egress="endpoints").outputs
    assert set(endpoints) == {*always, "EndpointsSecurityGroup"}
