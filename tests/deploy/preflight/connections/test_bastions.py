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

PROFILE = "      IamInstanceProfile: !Ref Profile\n"
KEY = "      KeyName: shop\n"
GROUP = "BastionGroup:\n    Type: AWS::EC2::SecurityGroup\n    Properties: {VpcId: !Ref Vpc"
WAY = "error D12 Bastion.IamInstanceProfile"
MANAGED = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
NOBODY = "warning X02 BastionGroup.SecurityGroupIngress.0"
PULL = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly"
ENDPOINT = """
  Door:
    Type: AWS::EC2::InstanceConnectEndpoint
    Properties: {SubnetId: !Ref PrivateA, SecurityGroupIds: [!Ref DoorGroup]}
  DoorGroup: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc}}
"""
FROM_BASTION = """\
      GroupId: !Ref DbGroup
      IpProtocol: tcp
      FromPort: 5432
      ToPort: 5432
      SourceSecurityGroupId: !Ref BastionGroup
"""


def ssh(source: str, port: int = 22) -> tuple[str, str]:
    rule = f"{{IpProtocol: tcp, FromPort: {port}, ToPort: {port}, {source}}}"
    return GROUP, f"{GROUP}, SecurityGroupIngress: [{rule}]"


def ask(folder: Folder, *edits: tuple[str, str], more: str = "") -> list[str]:
    return told(found(folder, CHECKS, edited(WITH_BASTION, *edits) + more, GIVEN))


def test_right(folder: Folder) -> None:
    assert ask(folder) == []


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        # By Session Manager.
        (((PROFILE, ""),), [WAY]),
        (((PROFILE, KEY),), [WAY]),
        (((MANAGED, PULL),), [WAY]),
        (((MANAGED, "!Ref Open"),), []),
        (((PROFILE, "      IamInstanceProfile: !Ref Open\n"),), []),
        # By SSH.
        (((PROFILE, KEY), ssh("CidrIp: 203.0.113.0/24")), []),
        (((PROFILE, KEY), ssh("CidrIp: !Ref Open")), []),
        (((PROFILE, KEY), ssh("CidrIp: 0.0.0.0/0", 2222)), []),
        (((PROFILE, KEY), ssh("Description: mine")), [WAY, NOBODY]),
        (((PROFILE, ""), ssh("CidrIp: 0.0.0.0/0")), ["note D12 Bastion.KeyName"]),
        (
            (
                (PROFILE, KEY),
                ssh("CidrIp: 0.0.0.0/0"),
                ("SubnetId: !Ref PublicA\n      S", "SubnetId: !Ref PrivateA\n      S"),
            ),
            ["warning D12 Bastion.SubnetId"],
        ),
        # By what its user data bring.
        (
            ((PROFILE, "      UserData: !Base64 'echo ssh-ed25519 A > ~/.ssh/authorized_keys'\n"),),
            [],
        ),
        (((PROFILE, "      UserData: !Base64 'yum install -y postgresql'\n"),), [WAY]),
        (((PROFILE, "      UserData: !Ref Open\n"),), []),
        # It routes, or runs tasks, or is not called a bastion.
        (((PROFILE, "      SourceDestCheck: false\n"),), []),
        (((PROFILE, "      UserData: !Base64 'ECS_CLUSTER=x'\n"),), []),
    ],
)
def test_ways_in(folder: Folder, edits: tuple[tuple[str, str], ...], expected: list[str]) -> None:
    assert ask(folder, *edits) == expected


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ((ssh("SourceSecurityGroupId: !Ref DoorGroup"),), []),
        ((ssh("CidrIp: 10.0.0.0/16"),), []),
        ((ssh("SourceSecurityGroupId: !Ref AlbGroup", 80),), []),
        ((), [WAY]),
    ],
)
def test_way_by_instance_connect(
    folder: Folder, edits: tuple[tuple[str, str], ...], expected: list[str]
) -> None:
    assert ask(folder, (PROFILE, ""), *edits, more=ENDPOINT) == expected


def test_says_why(folder: Folder) -> None:
    template = edited(WITH_BASTION, (PROFILE, ""))
    [finding] = found(folder, CHECKS, template, GIVEN)
    assert finding.place.line == line(template, "  Bastion:") + 2
    assert finding.why == (
        "It has no KeyName, and nobody is admitted by SSH.",
        "The bastion Bastion has BastionGroup, which admits nothing.",
        "It has no instance profile, so Session Manager does not get in.",
        "No EC2 Instance Connect endpoint gets to its port 22.",
    )
    denied = edited(WITH_BASTION, (MANAGED, PULL))
    [finding] = found(folder, CHECKS, denied, GIVEN)
    assert "Its role Role may not ssm:UpdateInstanceInformation, ssmmessages" in finding.why[2]


@pytest.mark.parametrize(
    ("name", "tag", "groups", "is_told"),
    [
        ("Bastion", "x", "!Ref OtherGroup", True),
        ("Machine", "x", "!Ref OtherGroup", False),
        ("Machine", "shop-jump-host", "!Ref OtherGroup", True),
        ("Machine", "!Sub '${Open}-bastion'", "!Ref OtherGroup", True),
        ("Machine", "x", "!Ref BastionGroup", True),
        ("Machine", "x", "!Ref OtherGroup, !Ref BastionGroup", False),
    ],
)
def test_who_is_a_bastion(folder: Folder, name: str, tag: str, groups: str, is_told: bool) -> None:
    tags = f"      Tags: [{{Key: Name, Value: {tag}}}]\n"
    other = "  OtherGroup: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc}}\n"
    template = edited(
        WITH_BASTION,
        ("  Bastion:\n", f"{other}  {name}:\n"),
        (PROFILE, tags),
        ("SecurityGroupIds: [!Ref BastionGroup]", f"SecurityGroupIds: [{groups}]"),
    )
    findings = [each for each in told(found(folder, CHECKS, template, GIVEN)) if "D12" in each]
    assert findings == ([f"error D12 {name}.IamInstanceProfile"] if is_told else [])


def test_group_of_bastions(folder: Folder) -> None:
    template = BRIDGE.replace("  Hosts:", "  Bastion:").replace("!Ref Hosts", "!Ref Bastion")
    assert told(found(folder, CHECKS, template, GIVEN)) == []  # it runs tasks
    template = template.replace("ECS_CLUSTER", "CLUSTER")
    assert told(found(folder, CHECKS, template, GIVEN)) == []  # and is not called so
    template = template.replace("  Fleet:", "  BastionFleet:").replace("32768", "22")
    assert told(found(folder, CHECKS, template, GIVEN)) == [
        "note D12 Bastion.LaunchTemplateData.KeyName"
    ]


OTHER_GROUP = FROM_BASTION.replace("!Ref BastionGroup", "!Ref AlbGroup")
TO_HOSTS = """
  HostGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress: [{IpProtocol: -1, SourceSecurityGroupId: !Ref BastionGroup}]
"""
TO_DATABASE = (
    "{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, DestinationSecurityGroupId: !Ref DbGroup}"
)
HOST = "      UserData: !Base64 {'Fn::Sub': 'psql ${Db.Endpoint.Address}'}\n"


@pytest.mark.parametrize(
    ("edits", "more", "severity"),
    [
        ((), "", "warning"),  # nothing else admits it
        ((), TO_HOSTS, "note"),
        (((PROFILE, PROFILE + HOST),), TO_HOSTS, "error"),
        (((GROUP, f"{GROUP}, SecurityGroupEgress: [{TO_DATABASE}]"),), TO_HOSTS, "error"),
    ],
)
def test_database_that_does_not_admit_it(
    folder: Folder, edits: tuple[tuple[str, str], ...], more: str, severity: str
) -> None:
    assert ask(folder, (FROM_BASTION, OTHER_GROUP), *edits, more=more) == [
        f"{severity} D01 DbGroup.SecurityGroupIngress"
    ]
    assert ask(folder, *edits, more=more) == []


@pytest.mark.parametrize("source", ["!Ref Open", "!If [Unclear, !Ref BastionGroup, !Ref AlbGroup]"])
def test_database_that_may_admit_it(folder: Folder, source: str) -> None:
    rule = FROM_BASTION.replace("!Ref BastionGroup", source)
    assert ask(folder, (FROM_BASTION, rule)) == []
