"""Tasks on instances: at first, during an update, and beside the services."""

import time

import pytest

from deploy.ecs.preflight.finding import Finding, Severity
from deploy.ecs.preflight.placement import CHECKS
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found, ids
from tests.deploy.preflight.placement.ground import (
    BREAKER,
    BY_PROVIDER,
    FARGATE,
    INSTANCES,
    MIGRATION,
    PROVIDED,
    SECOND,
    Change,
    awsvpc,
    changed,
    line_of,
)

GROWN = changed(INSTANCES, BY_PROVIDER) + PROVIDED
HOST_PORT = ("{ContainerPort: 8000}", "{ContainerPort: 8000, HostPort: 80}")
ONE_INSTANCE = ("MinSize: 2", "MinSize: 1")
STOPS_FIRST = (BREAKER, BREAKER[:-1] + ", MinimumHealthyPercent: 50, MaximumPercent: 100}")


def serious(findings: list[Finding]) -> list[Finding]:
    return [each for each in findings if each.severity is not Severity.NOTE]


@pytest.mark.parametrize(
    "template",
    [
        INSTANCES,
        INSTANCES + SECOND,
        GROWN,
        INSTANCES + MIGRATION,
        awsvpc(changed(INSTANCES, ("DesiredCount: 2", "DesiredCount: 1"))),
        FARGATE,
    ],
)
def test_nothing_is_wrong(folder: Folder, template: str) -> None:
    assert serious(found(folder, CHECKS, template)) == []


@pytest.mark.parametrize(
    ("change", "told", "at", "why"),
    [
        (("Memory: 512", "Memory: 1774"), "error P01", "Memory: 1774", "has 1773 MiB"),
        (
            ("Memory: 512", "Memory: 3000\n          MemoryReservation: 1900"),
            "error P01",
            "MemoryReservation: 1900",
            "needs 1900 MiB",
        ),
        (("Cpu: 256", "Cpu: 2049"), "error P02", "Cpu: 2049", "has 2048 CPU units"),
        (("DesiredCount: 2", "DesiredCount: 7"), "error P01", "DesiredCount: 7", "2 instances"),
    ],
)
def test_too_large(folder: Folder, change: Change, told: str, at: str, why: str) -> None:
    template = changed(INSTANCES, change)
    first, *_ = found(folder, CHECKS, template)
    assert ids([first]) == [told]
    assert first.place.line == line_of(template, at)
    assert why in " ".join(first.why)
    assert "unable to place a task" in first.message


@pytest.mark.parametrize(
    "change",
    [
        ("Memory: 512", "Memory: 1773"),  # of which two are on two instances, and stop first
        ("Memory: 512", "Memory: 1700\n          MemoryReservation: 512"),
        ("Memory: 512", "Memory: !Ref Size"),
        ("Cpu: 256", "Cpu: 2048"),
        ("DesiredCount: 2", "DesiredCount: 6"),
        ("DesiredCount: 2", "DesiredCount: !Ref Size"),
        ("InstanceType: t3.small", "InstanceType: !Ref Size"),
        ("InstanceType: t3.small", "InstanceType: z9.huge"),
        ("MinSize: 2", "MinSize: !Ref Size"),
        ("LaunchType: EC2", "LaunchType: !Ref Size"),
    ],
)
def test_fits_or_not_known(folder: Folder, change: Change) -> None:
    template = changed(INSTANCES, change, STOPS_FIRST)
    assert serious(found(folder, CHECKS, template)) == []


def test_all_services_together(folder: Folder) -> None:
    """Each would fit by itself: three of 1200 MiB do not find an instance each."""
    template = changed(INSTANCES, ("Memory: 512", "Memory: 1200")) + SECOND.replace("512", "1200")
    [first] = serious(found(folder, CHECKS, changed(template, STOPS_FIRST)))
    assert (ids([first]), first.resource) == (["error P01"], "Api")
    assert first.why[:2] == ("Web has 2 tasks of 1200 MiB.", "Api has 1 task of 1200 MiB.")


def test_room_of_a_daemon(folder: Folder) -> None:
    daemon = SECOND.replace("512", "1000").replace(
        "LaunchType: EC2", "LaunchType: EC2\n      SchedulingStrategy: DAEMON"
    )
    template = changed(INSTANCES, ("Memory: 512", "Memory: 800"), STOPS_FIRST)
    assert serious(found(folder, CHECKS, template)) == []
    [first] = serious(found(folder, CHECKS, template + daemon))
    assert (ids([first]), first.resource) == (["error P01"], "Web")


def test_service_that_may_not_be_there(folder: Folder) -> None:
    template = changed(INSTANCES, ("Memory: 512", "Memory: 1200")) + SECOND.replace("512", "1200")
    template = template.replace("  Api:\n", "  Api:\n    Condition: Unclear\n")
    assert serious(found(folder, CHECKS, changed(template, STOPS_FIRST))) == []


@pytest.mark.parametrize(
    ("memory", "told"), [(921, ["warning P01"]), (920, []), (994, ["error P01"])]
)
def test_memory_of_a_micro(folder: Folder, memory: int, told: list[str]) -> None:
    template = changed(
        INSTANCES,
        ("Memory: 512", f"Memory: {memory}"),
        ("t3.small", "t2.micro"),
        ("RESERVED_MEMORY=128", "RESERVED_MEMORY=0  # as documented"),
        STOPS_FIRST,
    )
    findings = [each for each in found(folder, CHECKS, template) if each.id == "P01"]
    assert ids(findings) == told


@pytest.mark.parametrize(
    ("memory", "told"), [(16300, ["error P01"]), (15500, ["note P01"]), (14900, [])]
)
def test_memory_that_nobody_has_measured(folder: Folder, memory: int, told: list[str]) -> None:
    template = changed(
        INSTANCES, ("Memory: 512", f"Memory: {memory}"), ("t3.small", "m6i.xlarge"), STOPS_FIRST
    )
    assert ids(found(folder, CHECKS, template)) == told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([], []),
        # Three on two instances with two interfaces each: a fourth is there for the update.
        ([("DesiredCount: 2", "DesiredCount: 3")], []),
        ([("DesiredCount: 2", "DesiredCount: 4")], ["error P08"]),
        ([("DesiredCount: 2", "DesiredCount: 5")], ["error P03", "note P04"]),
        ([("DesiredCount: 2", "DesiredCount: 5"), ("t3.small", "t3a.xlarge")], []),
        ([("DesiredCount: 2", "DesiredCount: 5"), ("t3.small", "!Ref Size")], []),
    ],
)
def test_interfaces(folder: Folder, changes: list[Change], told: list[str]) -> None:
    template = awsvpc(changed(INSTANCES, ("Memory: 512", "Memory: 64"), *changes))
    findings = found(folder, CHECKS, template)
    assert ids(findings) == told
    if told[:1] == ["error P03"]:
        assert (findings[0].resource, findings[0].property) == ("Web", "DesiredCount")
        assert 'encountered error "RESOURCE:ENI"' in findings[0].message


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (3, []),
        (4, ["note P04", "note P08"]),  # four find a place, but not a fifth beside them
        (5, ["note P03", "note P04"]),
        (20, ["note P03", "note P04", "error P08"]),
    ],
)
def test_trunks_that_may_be_turned_on(folder: Folder, count: int, told: list[str]) -> None:
    template = changed(
        INSTANCES,
        ("t3.small", "c5.large"),
        ("Memory: 512", "Memory: 64"),
        ("Cpu: 256", "Cpu: 64"),
        ("DesiredCount: 2", f"DesiredCount: {count}"),
    )
    findings = found(folder, CHECKS, awsvpc(template))
    assert sorted(ids(findings)) == sorted(told)


def test_more_than_trunks_have(folder: Folder) -> None:
    template = changed(
        INSTANCES,
        ("t3.small", "c5.large"),
        ("Memory: 512", "Memory: 64"),
        ("Cpu: 256", "Cpu: 64"),
        ("DesiredCount: 2", "DesiredCount: 21"),
    )
    assert ids(found(folder, CHECKS, awsvpc(template))) == ["error P03"]


@pytest.mark.parametrize(
    ("kind", "told"), [("t3.small", ["error P03", "error P04"]), ("c6i.large", [])]
)
def test_trunks_assumed(folder: Folder, kind: str, told: list[str]) -> None:
    setting = "  Setting: {Type: Custom::Setting, Properties: {Name: awsvpcTrunking}}\n"
    template = changed(
        INSTANCES,
        ("InstanceType: t3.small", f"InstanceType: {kind}"),
        ("Memory: 512", "Memory: 64"),
        ("DesiredCount: 2", "DesiredCount: 5"),
    )
    findings = found(folder, CHECKS, awsvpc(template) + setting)
    assert sorted(ids(findings)) == told
    if told:
        [trunks] = [each for each in findings if each.id == "P04"]
        assert (trunks.resource, trunks.property) == ("Template", "LaunchTemplateData.InstanceType")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([HOST_PORT, ("DesiredCount: 2", "DesiredCount: 3")], ["error P05"]),
        ([HOST_PORT], ["error P06"]),
        ([HOST_PORT, STOPS_FIRST], []),
        ([HOST_PORT, ("MinSize: 2", "MinSize: 3")], []),
        ([HOST_PORT, ("MinSize: 2", "MinSize: !Ref Size")], []),
        ([("{ContainerPort: 8000}", "{ContainerPort: 8000, HostPort: 0}")], []),
        ([("{ContainerPort: 8000}", "{ContainerPort: 8000, HostPort: !Ref Size}")], []),
        (
            [("ContainerDefinitions:", "NetworkMode: host\n      ContainerDefinitions:")],
            ["error P06"],
        ),
        ([("{ContainerPort: 8000}", "{ContainerPort: 8000, HostPort: 22}")], ["error P10"]),
        ([("{ContainerPort: 8000}", "{ContainerPort: 8000, HostPort: 51679}")], ["error P10"]),
        (
            [
                (
                    "{ContainerPort: 8000}",
                    "{ContainerPort: 53, HostPort: 22, Protocol: udp}",
                ),
                STOPS_FIRST,
            ],
            [],
        ),
    ],
)
def test_host_ports(folder: Folder, changes: list[Change], told: list[str]) -> None:
    findings = found(folder, CHECKS, changed(INSTANCES, *changes))
    assert ids(findings)[: len(told)] == told
    assert ids([each for each in findings if each.id == "P05"]) == [
        each for each in told if each == "error P05"
    ]
    for each in findings:
        if each.id in {"P05", "P10"}:
            assert each.property == "ContainerDefinitions.0.PortMappings.0.HostPort"
        if each.id in {"P05", "P06"}:
            assert "already using a port required by your task" in each.message


@pytest.mark.parametrize(
    ("port", "instances", "told"),
    [(80, 2, "error P09"), (80, 4, "note P09"), (81, 2, None)],
)
def test_two_services_on_a_host_port(
    folder: Folder, port: int, instances: int, told: str | None
) -> None:
    second = SECOND.replace("ContainerPort: 9000", f"ContainerPort: 9000, HostPort: {port}")
    template = changed(INSTANCES, HOST_PORT, STOPS_FIRST, ("MinSize: 2", f"MinSize: {instances}"))
    findings = [each for each in found(folder, CHECKS, template + second) if each.id == "P09"]
    assert ids(findings) == ([told] if told else [])
    for each in findings:
        assert (each.resource, each.why[0]) == ("Other", "Web has 2 tasks of host port 80.")


@pytest.mark.parametrize(("number", "told"), [(95, []), (96, ["error P15"])])
def test_number_of_host_ports(folder: Folder, number: int, told: list[str]) -> None:
    ports = [f"{{ContainerPort: {each}, HostPort: {each}}}" for each in range(8000, 8000 + number)]
    template = changed(INSTANCES, ("{ContainerPort: 8000}", ", ".join(ports)), STOPS_FIRST)
    assert ids(found(folder, CHECKS, template)) == told


@pytest.mark.parametrize(
    ("count", "least", "most", "told"),
    [
        (1, 100, 100, True),
        (1, 100, 150, True),  # which rounds down to one
        (1, 50, 100, True),  # which rounds up to one
        (2, 50, 100, False),
        (2, 100, 150, False),
        (1, 0, 100, False),
        (1, 100, 200, False),
        (0, 100, 100, False),
        ("!Ref Size", 50, 100, False),
        (1, "!Ref Size", 100, False),
    ],
)
def test_no_step(folder: Folder, count: int | str, least: int | str, most: int, told: bool) -> None:
    percent = f"MinimumHealthyPercent: {least}, MaximumPercent: {most}"
    configuration = f"{BREAKER[:-1]}, {percent}}}"
    template = changed(
        INSTANCES, ("DesiredCount: 2", f"DesiredCount: {count}"), (BREAKER, configuration)
    )
    findings = found(folder, CHECKS, template)
    assert ids(findings) == (["error P07"] if told else [])
    if told:
        assert findings[0].property == "DeploymentConfiguration.MaximumPercent"
        assert findings[0].place.line == line_of(template, percent)
        assert "unable to stop or start tasks" in findings[0].message


def test_another_controller_has_no_steps(folder: Folder) -> None:
    controller = "DeploymentController: {Type: CODE_DEPLOY}\n      LaunchType: EC2"
    configuration = f"{BREAKER[:-1]}, MaximumPercent: 100}}"
    template = changed(INSTANCES, ("LaunchType: EC2", controller), (BREAKER, configuration))
    assert found(folder, CHECKS, template) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([("Memory: 512", "Memory: 1000")], ["error P08"]),
        ([("Memory: 512", "Memory: 1000"), STOPS_FIRST], []),
        ([("Memory: 512", "Memory: 800")], []),
        ([("Memory: 512", "Memory: 1000"), ("MinSize: 2", "MinSize: 3")], []),
        ([("Memory: 512", "Memory: 1000"), ("MinSize: 2", "DesiredCapacity: 3")], []),
    ],
)
def test_headroom_of_an_update(folder: Folder, changes: list[Change], told: list[str]) -> None:
    findings = found(folder, CHECKS, changed(INSTANCES, *changes))
    assert ids(findings) == told
    if told:
        assert findings[0].property == "DeploymentConfiguration.MinimumHealthyPercent"
        assert "Group has 2 instances, as nothing scales it." in findings[0].why


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([], []),  # the provider starts a third
        ([("MaxSize: 4", "MaxSize: 2")], ["error P08"]),
        ([("Status: ENABLED", "Status: DISABLED")], ["error P08"]),
        ([("Status: ENABLED", "Status: !Ref Size")], []),
        ([("MaxSize: 4", "MaxSize: !Ref Size")], []),
    ],
)
def test_headroom_that_a_provider_makes(
    folder: Folder, changes: list[Change], told: list[str]
) -> None:
    template = changed(GROWN, ("Memory: 512", "Memory: 1000"), *changes)
    assert ids(found(folder, CHECKS, template)) == told


def test_provider_that_nobody_uses(folder: Folder) -> None:
    """By a launch type ECS starts no instances."""
    unused = PROVIDED[: PROVIDED.index("      DefaultCapacity")]
    template = changed(INSTANCES, ("Memory: 512", "Memory: 1000")) + unused
    assert ids(found(folder, CHECKS, template)) == ["error P08"]
    policy = "  Policy: {Type: AWS::AutoScaling::ScalingPolicy, Properties: {NAME: !Ref Group}}\n"
    template += policy.replace("NAME", "AutoScalingGroupName")
    assert ids(found(folder, CHECKS, template)) == []


@pytest.mark.parametrize(("least", "told"), [(6, []), (7, ["error P01"]), ("!Ref Size", [])])
def test_least_of_a_scaling_target(folder: Folder, least: int | str, told: list[str]) -> None:
    target = f"""
  Target:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties:
      ResourceId: !Sub "service/${{Cluster}}/${{Web.Name}}"
      MinCapacity: {least}
      MaxCapacity: 30
"""
    findings = found(folder, CHECKS, changed(INSTANCES, STOPS_FIRST) + target)
    assert ids(findings) == told
    if told:
        assert (findings[0].resource, findings[0].property) == ("Target", "MinCapacity")


@pytest.mark.parametrize(
    ("migration", "told"),
    [
        (MIGRATION, []),
        (MIGRATION.replace("512", "1200"), ["error P08"]),
        (MIGRATION.replace("512", "1800"), ["error P01"]),
        (MIGRATION.replace("512", "1200").replace("[EC2]", "[FARGATE]"), []),
        (MIGRATION.replace("512", "!Ref Size"), []),
        (
            MIGRATION.replace("512", "1200").replace(
                "    Properties", "    Condition: Unclear\n    Properties", 1
            ),
            [],
        ),
    ],
)
def test_migration_beside_the_services(folder: Folder, migration: str, told: list[str]) -> None:
    template = changed(INSTANCES, ("Memory: 512", "Memory: 1000"), STOPS_FIRST)
    findings = [each for each in found(folder, CHECKS, template + migration) if each.id != "P21"]
    assert ids(findings) == told
    for each in findings:
        if each.id == "P08":
            assert each.resource == "Migration"
            assert "RESOURCE:MEMORY" in each.message


def test_migration_where_there_is_another_cluster(folder: Folder) -> None:
    template = changed(INSTANCES, ("Memory: 512", "Memory: 1000"), STOPS_FIRST)
    template += MIGRATION.replace("512", "1200")
    other = '  OtherCluster: {Type: "AWS::ECS::Cluster"}\n'
    assert serious(found(folder, CHECKS, template + other)) == []


@pytest.mark.parametrize(("memory", "told"), [(1200, ["error P08"]), (512, [])])
def test_schedule_beside_the_services(folder: Folder, memory: int, told: list[str]) -> None:
    schedule = """
  Daily:
    Type: AWS::Scheduler::Schedule
    Properties:
      Target:
        Arn: !GetAtt Cluster.Arn
        EcsParameters: {TaskDefinitionArn: !Ref Migration, LaunchType: EC2}
"""
    template = changed(INSTANCES, ("Memory: 512", "Memory: 1000"), STOPS_FIRST)
    template += MIGRATION.replace("512", str(memory)) + schedule
    findings = found(folder, CHECKS, template)
    assert ids(findings) == told
    assert [each.resource for each in findings] == ["Daily"] * len(told)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        # 1901 MiB, of which 64 are the system's.
        ([("Memory: 512", "Memory: 1840")], ["warning P19"]),
        ([("Memory: 512", "Memory: 1830")], ["note P19"]),
        ([("Memory: 512", "Memory: 940"), ("DesiredCount: 2", "DesiredCount: 4")], ["warning P19"]),
        ([("Memory: 512", "Memory: 900"), ("DesiredCount: 2", "DesiredCount: 4")], ["note P19"]),
    ],
)
def test_nothing_kept_for_the_system(
    folder: Folder, changes: list[Change], told: list[str]
) -> None:
    reserved = "            echo ECS_RESERVED_MEMORY=128 >> /etc/ecs/ecs.config\n"
    template = changed(INSTANCES, (reserved, ""), STOPS_FIRST, *changes)
    findings = found(folder, CHECKS, template)
    assert ids(findings) == told
    for each in findings:
        assert (each.resource, each.property) == ("Template", "LaunchTemplateData.UserData")
        assert "does not set ECS_RESERVED_MEMORY" in each.why[-1]
    hidden = "            aws s3 cp s3://settings/ecs.config /etc/ecs/\n"
    unknown = changed(INSTANCES, (reserved, hidden), STOPS_FIRST, *changes)
    assert found(folder, CHECKS, unknown) == []


@pytest.mark.parametrize(("limit", "told"), [(1000, ["warning P19"]), (850, []), ("!Ref Size", [])])
def test_limits_beyond_the_memory(folder: Folder, limit: int | str, told: list[str]) -> None:
    template = changed(
        INSTANCES,
        ("Memory: 512", f"Memory: {limit}\n          MemoryReservation: 128"),
        ("DesiredCount: 2", "DesiredCount: 4"),
    )
    findings = found(folder, CHECKS, template)
    assert ids(findings) == told
    assert all(each.property == "ContainerDefinitions.0.Memory" for each in findings)


def test_mixed_instances_count_as_the_best(folder: Folder) -> None:
    mixed = """MixedInstancesPolicy:
        LaunchTemplate:
          LaunchTemplateSpecification: {LaunchTemplateId: !Ref Template, Version: 1}
          Overrides: [{InstanceType: t3.small}, {InstanceType: t3.medium}]"""
    launch = "LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: 1}"
    template = changed(INSTANCES, (launch, mixed), STOPS_FIRST, ("Memory: 512", "Memory: 3000"))
    assert found(folder, CHECKS, template) == []
    [first] = found(folder, CHECKS, changed(template, ("Memory: 3000", "Memory: 3800")))
    assert (first.id, "t3.small or t3.medium" in " ".join(first.why)) == ("P01", True)


def test_instance_of_its_own(folder: Folder) -> None:
    group = INSTANCES[INSTANCES.index("  Group:") : INSTANCES.index("  Task:")]
    alone = """  Group:
    Type: AWS::EC2::Instance
    Properties:
      InstanceType: t3.small
      SubnetId: !Ref A
      IamInstanceProfile: !Ref Profile
      UserData: !Base64
        Fn::Sub: "ECS_CLUSTER=${Cluster}\\nECS_RESERVED_MEMORY=128"
"""
    template = changed(INSTANCES, (group, alone), STOPS_FIRST)
    assert found(folder, CHECKS, template) == []
    [first] = found(folder, CHECKS, changed(template, ("Memory: 512", "Memory: 1000")))
    assert (first.id, first.resource) == ("P01", "Web")


@pytest.mark.parametrize(
    "more",
    [
        "  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: x}}\n",
        "  Spot: {Type: AWS::EC2::SpotFleet, Properties: {}}\n",
    ],
)
def test_instances_that_are_not_told(folder: Folder, more: str) -> None:
    template = changed(INSTANCES, ("DesiredCount: 2", "DesiredCount: 7"))
    assert ids(found(folder, CHECKS, template)) == ["error P01"]
    assert found(folder, CHECKS, template + more) == []


def test_time_with_many_services(folder: Folder) -> None:
    """Packing is hard: it must not take long where it would."""
    sizes = map(str, range(101, 161))
    services = "".join(
        SECOND.replace("Other", f"Other{size}")
        .replace("Api", f"Api{size}")
        .replace("512", f"{size}")
        for size in sizes
    )
    template = changed(INSTANCES, ("MinSize: 2", "MinSize: 5"), STOPS_FIRST) + services
    start = time.monotonic()
    found(folder, CHECKS, template)
    assert time.monotonic() - start < 5
