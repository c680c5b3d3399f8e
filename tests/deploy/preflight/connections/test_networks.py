import pytest

from deploy.ecs.preflight.connections import CHECKS
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found
from tests.deploy.preflight.connections.shop import GIVEN, WITH_DATABASE, edited, line, told

OF_DATABASE = "SubnetIds: [!Ref PrivateA, !Ref PrivateB]"
OTHER = """
  Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  FarA:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Far, CidrBlock: 10.1.1.0/24, AvailabilityZone: eu-central-1a}
  FarB:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Far, CidrBlock: 10.1.2.0/24, AvailabilityZone: eu-central-1b}
  FarGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Far
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 0.0.0.0/0}]
"""
FAR = edited(
    WITH_DATABASE,
    (OF_DATABASE, "SubnetIds: [!Ref FarA, !Ref FarB]"),
    ("VPCSecurityGroups: [!Ref DbGroup]", "VPCSecurityGroups: [!Ref FarGroup]"),
)
FAR += OTHER
PEERING = "  Peering: {Type: AWS::EC2::VPCPeeringConnection, Properties: {VpcId: !Ref Far}}\n"
ROUTE = """
  ToFar:
    Type: AWS::EC2::Route
    Properties:
      {RouteTableId: !Ref Inner, DestinationCidrBlock: 10.1.0.0/16, TransitGatewayId: !Ref Open}
"""
GATEWAY = """
  FarAttached:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Far, InternetGatewayId: !Ref Gateway}
"""


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", ["error D10 Db.DBSubnetGroupName"]),
        (PEERING, []),
        (ROUTE, []),
        (GATEWAY, []),  # it may have a public address
    ],
)
def test_database_in_another_network(folder: Folder, more: str, expected: list[str]) -> None:
    assert told(found(folder, CHECKS, FAR + more, GIVEN)) == expected


def test_private_database_behind_a_gateway(folder: Folder) -> None:
    private = edited(
        FAR,
        ("      Engine: postgres\n", "      Engine: postgres\n      PubliclyAccessible: false\n"),
    )
    [finding] = found(folder, CHECKS, private + GATEWAY, GIVEN)
    assert finding.place.line == line(private, "DBSubnetGroupName: !Ref Subnets")
    assert finding.why[1:] == (
        "The service Web is in the network Vpc.",
        "Db is in Far, and nothing connects the two.",
    )


@pytest.mark.parametrize(
    ("subnets", "expected"),
    [
        ("!Ref Opened", []),
        ("[!If [Unclear, !Ref FarA, !Ref PrivateA], !If [Unclear, !Ref FarB, !Ref PrivateB]]", []),
        ("[!Ref FarA, !Ref Open]", ["error D10 Db.DBSubnetGroupName"]),  # one tells of all
    ],
)
def test_network_of_database(folder: Folder, subnets: str, expected: list[str]) -> None:
    template = edited(FAR, ("[!Ref FarA, !Ref FarB]", subnets))
    assert told(found(folder, CHECKS, template, GIVEN)) == expected


VPC_OF_GROUP = "DbGroup:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      VpcId: !Ref "


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ((), ["error D10 Db.DBSubnetGroupName"]),
        ((("Engine: postgres", "SourceDBInstanceIdentifier: other"),), []),
        (((f"{VPC_OF_GROUP}Vpc", f"{VPC_OF_GROUP}Open"),), []),
    ],
)
def test_database_without_a_subnet_group(
    folder: Folder, edits: tuple[tuple[str, str], ...], expected: list[str]
) -> None:
    without = ("      DBSubnetGroupName: !Ref Subnets\n", "")
    template = edited(WITH_DATABASE, without, *edits)
    assert told(found(folder, CHECKS, template, GIVEN)) == expected
