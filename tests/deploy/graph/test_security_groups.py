"""Three values: what is certain either way, and what a symbol decides."""

import pytest

from deploy.ecs.graph import End, Graph, Listing, SecurityGroup, admitted, connects
from tests.deploy.evaluator.writing import Folder

ONE = """
    Parameters: {{Open: {{Type: String}}, Rules: {{Type: CommaDelimitedList}}}}
    Conditions: {{Unclear: !Equals [!Ref Open, x]}}
    Resources:
      Other: {{Type: "AWS::EC2::SecurityGroup"}}
      Group:
        Type: AWS::EC2::SecurityGroup
        Properties:
          SecurityGroupIngress: {rules}
"""


def groups(folder: Folder, rules: str) -> tuple[SecurityGroup, ...]:
    stack = folder.stack(ONE.format(rules=rules), {"Open": None, "Rules": None})
    return Graph.of([stack]).all(SecurityGroup)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("IpProtocol: tcp, FromPort: 80, ToPort: 443, CidrIp: 10.0.0.0/8", True),
        ("IpProtocol: '6', FromPort: 80, ToPort: 443, CidrIp: 10.0.0.0/8", True),
        ("IpProtocol: -1, CidrIp: 10.0.0.0/8", True),
        ("IpProtocol: tcp, FromPort: 81, ToPort: 443, CidrIp: 10.0.0.0/8", False),
        ("IpProtocol: udp, FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/8", False),
        ("IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 10.0.9.0/24", False),
        ("IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 127.0.0.1/32", False),
        ("IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: !Ref Open", None),
        ("IpProtocol: tcp, FromPort: !Ref Open, ToPort: 80, CidrIp: 10.0.0.0/8", None),
        ("IpProtocol: tcp, FromPort: !Ref Open, ToPort: 79, CidrIp: 10.0.0.0/8", False),
        ("IpProtocol: !Ref Open, FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/8", None),
        ("IpProtocol: tcp, FromPort: 80, ToPort: 80, SourcePrefixListId: pl-1", None),
        ("IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIpv6: '::/0'", False),
        ("IpProtocol: tcp, FromPort: 80, ToPort: 80, SourceSecurityGroupId: !Ref Other", True),
        ("IpProtocol: tcp, FromPort: 80, ToPort: 80, SourceSecurityGroupId: !Ref Open", None),
        ("IpProtocol: tcp, FromPort: 80, ToPort: 80", False),
        ("IpProtocol: [tcp], FromPort: {}, ToPort: 80, CidrIp: 10.0.0.0/8", None),
    ],
)
def test_rule(folder: Folder, rule: str, expected: bool | None) -> None:
    other, group = groups(folder, f"[{{{rule}}}]")
    assert admitted("in", End.of([group]).groups, "tcp", 80, End.of([other], "10.0.0.7")).truth is (
        expected
    )


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("[]", False),
        ("!Ref Rules", None),
        ("[!If [Unclear, {IpProtocol: -1, CidrIp: 0.0.0.0/0}, !Ref AWS::NoValue]]", None),
        ("!If [Unclear, [{IpProtocol: -1, CidrIp: 0.0.0.0/0}], []]", None),
        ("!If [Unclear, [], !Ref AWS::NoValue]", False),
        ("[{IpProtocol: -1, CidrIp: 0.0.0.0/0}, !Ref Open]", True),
    ],
)
def test_rules(folder: Folder, rules: str, expected: bool | None) -> None:
    _, group = groups(folder, rules)
    assert admitted("in", End.of([group]).groups, "tcp", 80, End.of([], "10.0.0.7")).truth is (
        expected
    )


def test_address_that_is_not_known(folder: Folder) -> None:
    other, group = groups(folder, "[{IpProtocol: tcp, FromPort: 1, ToPort: 9, CidrIp: 10.0.0.0/8}]")
    assert connects(End.of([other]), End.of([group]), "tcp", 5).truth is None
    assert connects(End.of([other], "10.1.0.0/24"), End.of([group]), "tcp", 5).truth is True
    assert connects(End.of([other], "0.0.0.0/0"), End.of([group]), "tcp", 5).truth is None
    assert connects(End(Listing(complete=False)), End.of([group]), "tcp", 5).truth is None
    assert connects(End.of([other]), End.of([group]), "tcp", 10).truth is False
    with pytest.raises(TypeError, match="truth"):
        assert connects(End.of([other]), End.of([group]), "tcp", 5)
