import pytest

from deploy.ecs.preflight.connections import CHECKS
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found
from tests.deploy.preflight.connections.shop import BRIDGE, GIVEN, WITH_BASTION, line, told

ACL = """
  Wall: {{Type: AWS::EC2::NetworkAcl, Properties: {{VpcId: !Ref Vpc}}}}
  WallOf{subnet}:
    Type: AWS::EC2::SubnetNetworkAclAssociation
    Properties: {{SubnetId: !Ref {subnet}, NetworkAclId: !Ref Wall}}
"""
ENTRY = """
  {name}:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      {{NetworkAclId: !Ref Wall, RuleNumber: {number}, RuleAction: {action}, {what}}}
"""
EVERYTHING = "Protocol: -1, CidrBlock: 0.0.0.0/0"


def entry(name: str, what: str, number: int = 100, action: str = "allow") -> str:
    way = "Egress: true, " if name.startswith("Out") else ""
    return ENTRY.format(name=name, number=number, action=action, what=way + what)


def tcp(first: int, last: int, cidr: str = "0.0.0.0/0") -> str:
    return f"Protocol: 6, CidrBlock: {cidr}, PortRange: {{From: {first}, To: {last}}}"


def ask(folder: Folder, subnet: str, *entries: str, template: str = WITH_BASTION) -> list[str]:
    return told(
        found(folder, CHECKS, template + ACL.format(subnet=subnet) + "".join(entries), GIVEN)
    )


IN, OUT = entry("In", EVERYTHING), entry("OutAll", EVERYTHING)


@pytest.mark.parametrize("subnet", ["PublicA", "PrivateA", "Elsewhere"])
def test_open(folder: Folder, subnet: str) -> None:
    assert ask(folder, subnet, IN, OUT) == []


@pytest.mark.parametrize(
    ("subnet", "entries", "expected"),
    [
        # The load balancer to the tasks in PrivateA and PrivateB, these to the database.
        ("PrivateA", [entry("In", tcp(1024, 65535)), OUT], []),
        ("PrivateA", [entry("In", tcp(8080, 8080)), entry("In2", tcp(5432, 5432), 2),
                      entry("In3", tcp(32768, 61000), 3), OUT], []),
        ("PrivateA", [entry("In", "Protocol: -1, CidrBlock: !Ref Open"), OUT], []),
        ("PrivateA", [entry("In", tcp(8000, 8100)), OUT], ["error N19 Wall."]),  # no answers
        ("PrivateA", [IN, entry("OutSome", tcp(1024, 65535, "10.0.0.0/16"))], []),
        ("PrivateA", [IN, entry("OutSome", tcp(443, 443))], ["error N19 Wall."]),
        ("PrivateA", [IN, entry("OutSome", tcp(1024, 50000))], ["warning N19 Wall."]),
        ("PrivateA", [IN, OUT, entry("Deny", tcp(5432, 5432), 10, "deny")], ["error N19 Deny."]),
        ("PrivateA", [IN, OUT, entry("Deny", tcp(5432, 5432), 200, "deny")], []),
        ("PrivateA", [IN, OUT, entry("Deny", tcp(3389, 3389), 10, "deny")], []),
        ("PublicA", [entry("In", tcp(80, 80)), entry("In2", tcp(1024, 65535), 2), OUT], []),
        ("PublicA", [entry("In", tcp(1024, 65535)), OUT], ["error N19 Wall."]),
        ("PublicA", [IN, entry("OutSome", tcp(8080, 8080))], ["error N19 Wall."]),
    ],
)  # fmt: skip
def test_entries(folder: Folder, subnet: str, entries: list[str], expected: list[str]) -> None:
    assert ask(folder, subnet, *entries) == expected


def test_some_ports_of_answers(folder: Folder) -> None:
    assert ask(folder, "PrivateB", entry("In", tcp(1024, 50000)), OUT) == ["warning N19 Wall."]


def test_says_why(folder: Folder) -> None:
    acl = ACL.format(subnet="PrivateA")
    deny = entry("Deny", tcp(8080, 8080, "10.0.2.0/24"), 10, "deny")
    template = WITH_BASTION + acl + IN + OUT + deny
    [finding] = found(folder, CHECKS, template, GIVEN)
    assert finding.place.line == line(template, "  Deny:") + 2
    assert finding.why == (
        "The load balancer Alb calls the service Web at port 8080.",
        "PrivateA has the network ACL Wall.",
        "Its inbound entry 10 denies it.",
        "So what is sent from 10.0.2.0/24 is stopped at port 8080.",
    )


def test_ports_that_docker_chooses(folder: Folder) -> None:
    closed = [entry("In", tcp(8080, 8080)), OUT]
    assert ask(folder, "PrivateA", *closed, template=BRIDGE) == ["error N19 Wall."]
    opened = [entry("In", tcp(32768, 60999)), OUT]
    assert ask(folder, "PrivateA", *opened, template=BRIDGE) == []


def test_load_balancer_for_some(folder: Folder) -> None:
    """An ACL that stops what the security group stops too."""
    template = WITH_BASTION.replace(
        "ToPort: 80, CidrIp: 0.0.0.0/0", "ToPort: 80, CidrIp: 203.0.113.0/24"
    )
    walls = [entry("In", tcp(80, 80, "203.0.113.0/24")), entry("In2", tcp(1024, 65535), 2), OUT]
    assert ask(folder, "PublicA", *walls, template=template) == []
