import pytest

from deploy.ecs.preflight.connections import CHECKS
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found
from tests.deploy.preflight.connections.shop import BRIDGE, FARGATE, GIVEN, edited, line, told

TO_TASK = "FromPort: 8080, ToPort: 8080, SourceSecurityGroupId: !Ref AlbGroup"
TO_HOST = "FromPort: 32768, ToPort: 65535, SourceSecurityGroupId: !Ref AlbGroup"
HOST_PORT = "{ContainerPort: 8080, HostPort: 0}"
OF_ALB = "SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}]"
TARGETS = "Port: 8080, Protocol: HTTP, TargetType: ip"
IN_TASK = "TaskGroup.SecurityGroupIngress"
# A network load balancer without security groups, whose packets have its own addresses.
NETWORK = (
    ("      SecurityGroups: [!Ref AlbGroup]\n", "      Type: network\n"),
    (TARGETS, "Port: 8080, Protocol: TCP, TargetType: ip"),
)
RULE = """
  Rule:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {{IpProtocol: tcp, FromPort: 8080, ToPort: 8080, GroupId: {}, {}}}
"""


def ask(folder: Folder, template: str) -> list[str]:
    return told(found(folder, CHECKS, template, GIVEN))


@pytest.mark.parametrize("template", [FARGATE, BRIDGE])
def test_right(folder: Folder, template: str) -> None:
    assert ask(folder, template) == []


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FromPort: 8000, ToPort: 9000, SourceSecurityGroupId: !Ref AlbGroup", []),
        ("FromPort: 8080, ToPort: 8080, CidrIp: 10.0.0.0/16", []),
        ("FromPort: 8080, ToPort: 8080, SourcePrefixListId: pl-1", []),
        ("FromPort: 8080, ToPort: 8080, SourceSecurityGroupId: !Ref Open", []),
        ("FromPort: !Ref Open, ToPort: 8080, SourceSecurityGroupId: !Ref AlbGroup", []),
        ("FromPort: 8080, ToPort: 8080, CidrIp: 10.0.1.0/24", [f"error B08 {IN_TASK}"]),
        (
            "FromPort: 80, ToPort: 80, SourceSecurityGroupId: !Ref AlbGroup",
            [f"error B08 {IN_TASK}.0.FromPort"],
        ),
        (
            "FromPort: 8080, ToPort: 8080, SourceSecurityGroupId: !GetAtt Vpc.DefaultSecurityGroup",
            [],
        ),
    ],
)
def test_rule_of_task(folder: Folder, rule: str, expected: list[str]) -> None:
    assert ask(folder, edited(FARGATE, (TO_TASK, rule))) == expected


def test_task_says_why(folder: Folder) -> None:
    template = edited(FARGATE, (TO_TASK, TO_TASK.replace("8080", "8000")))
    [finding] = found(folder, CHECKS, template, GIVEN)
    assert finding.place.line == line(template, "FromPort: 8000")
    assert finding.why == (
        "The load balancer Alb sends to the service Web at port 8080 of its tasks.",
        "The service Web has TaskGroup, which admits port 8000 from AlbGroup.",
    )
    assert finding.message == (
        "(service Web) (port 8080) is unhealthy in (target-group Targets) due to (reason Request "
        "timed out) [Target.Timeout]"
    )
    assert finding.cure == "Admit tcp port 8080 from AlbGroup in TaskGroup."


@pytest.mark.parametrize(
    ("group", "source", "expected"),
    [
        ("!Ref TaskGroup", "SourceSecurityGroupId: !Ref AlbGroup", []),
        ("!Ref Open", "SourceSecurityGroupId: !Ref AlbGroup", []),
        ("!Ref TaskGroup", "SourceSecurityGroupId: !Ref TaskGroup", [f"error B08 {IN_TASK}"]),
    ],
)
def test_rule_of_its_own(folder: Folder, group: str, source: str, expected: list[str]) -> None:
    inline = f"\n        - {{IpProtocol: tcp, {TO_TASK}}}"
    assert ask(folder, edited(FARGATE, (inline, " []")) + RULE.format(group, source)) == expected


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ("SecurityGroups: [!Ref TaskGroup, !Ref Open]", []),
        ("SecurityGroups: [!Ref AlbGroup, !Ref TaskGroup]", []),
        ("SecurityGroups: !Ref Opened", []),
        ("SecurityGroups: [!If [Unclear, !Ref TaskGroup, !Ref AlbGroup]]", []),
        # None given: the network's own, which admits itself.
        (
            "AssignPublicIp: DISABLED",
            ["error B08 Web.NetworkConfiguration.AwsvpcConfiguration.SecurityGroups"],
        ),
    ],
)
def test_groups_of_task(folder: Folder, groups: str, expected: list[str]) -> None:
    template = edited(FARGATE, ("SecurityGroups: [!Ref TaskGroup]", groups))
    assert ask(folder, template) == expected


def test_default_group_with_a_rule_added(folder: Folder) -> None:
    template = edited(FARGATE, ("          SecurityGroups: [!Ref TaskGroup]\n", ""))
    rule = RULE.format("!GetAtt Vpc.DefaultSecurityGroup", "SourceSecurityGroupId: !Ref AlbGroup")
    assert ask(folder, template + rule) == []


@pytest.mark.parametrize(
    ("cidr", "expected"),
    [
        ("CidrIp: 10.0.0.0/16", []),
        ("CidrIp: 0.0.0.0/0", []),
        ("SourceSecurityGroupId: !Ref AlbGroup", [f"error B08 {IN_TASK}"]),
        ("CidrIp: 10.0.1.0/24", [f"error B08 {IN_TASK}"]),
    ],
)
def test_network_load_balancer(folder: Folder, cidr: str, expected: list[str]) -> None:
    rule = f"FromPort: 8080, ToPort: 8080, {cidr}"
    assert ask(folder, edited(FARGATE, (TO_TASK, rule), *NETWORK)) == expected


@pytest.mark.parametrize(("protocol", "expected"), [("tcp", []), ("udp", [f"error B08 {IN_TASK}"])])
def test_checks_of_udp(folder: Folder, protocol: str, expected: list[str]) -> None:
    rule = ("IpProtocol: tcp, FromPort: 8080", f"IpProtocol: {protocol}, FromPort: 8080")
    template = edited(FARGATE, rule, (TO_TASK, "FromPort: 8080, ToPort: 8080, CidrIp: 0.0.0.0/0"))
    template = edited(template, *NETWORK).replace("8080, Protocol: TCP", "8080, Protocol: UDP")
    assert ask(folder, template) == expected


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("HealthCheckPort: traffic-port", []),
        ("HealthCheckPort: 8080", []),
        ("HealthCheckPort: !Ref Open", []),
        ("HealthCheckPort: 9000", [f"error B08 {IN_TASK}"]),
    ],
)
def test_port_of_health_check(folder: Folder, check: str, expected: list[str]) -> None:
    assert ask(folder, edited(FARGATE, (TARGETS, f"{TARGETS}, {check}"))) == expected


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ("31000 61000", []),
        ("32768 60999", []),
        ("0 65535", []),
        ("8080 8080", ["error B09 HostGroup.SecurityGroupIngress.0.FromPort"]),
        ("49153 65535", ["warning B09 HostGroup.SecurityGroupIngress.0.FromPort"]),
    ],
)
def test_ports_that_docker_chooses(folder: Folder, ports: str, expected: list[str]) -> None:
    first, last = ports.split()
    rule = f"FromPort: {first}, ToPort: {last}, SourceSecurityGroupId: !Ref AlbGroup"
    assert ask(folder, edited(BRIDGE, (TO_HOST, rule))) == expected


def test_two_rules_that_cover_them(folder: Folder) -> None:
    rules = (
        "FromPort: 30000, ToPort: 40000, SourceSecurityGroupId: !Ref AlbGroup}\n"
        "        - {IpProtocol: tcp, FromPort: 40001, ToPort: 61000, CidrIp: 10.0.0.0/16"
    )
    assert ask(folder, edited(BRIDGE, (TO_HOST, rules))) == []
    with_gap = rules.replace("40001", "40002")
    assert ask(folder, edited(BRIDGE, (TO_HOST, with_gap))) == [
        "warning B09 HostGroup.SecurityGroupIngress.0.FromPort"
    ]


def test_host_that_admits_no_load_balancer(folder: Folder) -> None:
    rule = TO_HOST.replace("!Ref AlbGroup", "!Ref HostGroup")
    findings = found(folder, CHECKS, edited(BRIDGE, (TO_HOST, rule)), GIVEN)
    assert told(findings) == [
        "error B08 HostGroup.SecurityGroupIngress",
        "note B09 HostGroup.SecurityGroupIngress",
    ]
    assert "Docker chooses" in findings[0].why[1]


@pytest.mark.parametrize(
    ("mode", "mapping", "port", "expected"),
    [
        ("bridge", "{ContainerPort: 8080, HostPort: 80}", 80, []),
        ("bridge", "{ContainerPort: 8080, HostPort: 80}", 8080, ["error B08"]),
        ("bridge", "{ContainerPort: 8080, HostPort: !Ref Open}", 9, []),
        ("host", "{ContainerPort: 8080}", 8080, []),
        ("host", "{ContainerPort: 8080}", 80, ["error B08"]),
        ("!Ref Open", "{ContainerPort: 8080}", 80, []),
    ],
)
def test_port_of_host(
    folder: Folder, mode: str, mapping: str, port: int, expected: list[str]
) -> None:
    template = edited(
        BRIDGE,
        ("NetworkMode: bridge", f"NetworkMode: {mode}"),
        (HOST_PORT, mapping),
        (TO_HOST, TO_HOST.replace("32768", str(port)).replace("65535", str(port))),
    )
    assert [each[:9] for each in ask(folder, template)] == expected


@pytest.mark.parametrize(
    ("egress", "expected"),
    [
        ("{IpProtocol: tcp, FromPort: 8080, ToPort: 8080, CidrIp: 0.0.0.0/0}", []),
        ("{IpProtocol: -1, DestinationSecurityGroupId: !Ref TaskGroup}", []),
        ("{IpProtocol: -1, CidrIp: !Ref Open}", []),
        (
            "{IpProtocol: 6, FromPort: 80, ToPort: 80, DestinationSecurityGroupId: !Ref TaskGroup}",
            ["error B10 AlbGroup.SecurityGroupEgress.0.FromPort"],
        ),
        (
            "{IpProtocol: -1, CidrIp: 127.0.0.1/32}",
            ["error B10 AlbGroup.SecurityGroupEgress"],
        ),
    ],
)
def test_way_out_of_load_balancer(folder: Folder, egress: str, expected: list[str]) -> None:
    template = edited(FARGATE, (OF_ALB, f"{OF_ALB}\n      SecurityGroupEgress: [{egress}]"))
    assert ask(folder, template) == expected
