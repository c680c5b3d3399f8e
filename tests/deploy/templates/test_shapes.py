"""Every way to run a service: none has a fault, and none that AWS refuses gets as far as AWS."""

import shutil
from pathlib import Path

import pytest

from tests.deploy.templates.deployed import OWNER, REFUSED, SHAPES, Deployed, Shape, plain
from tests.deploy.templates.faults import faults
from tests.deploy.templates.rules import refusals
from tests.deploy.templates.stack import FOLDER

FARGATE, PUBLIC_FARGATE, AWSVPC, BRIDGE, PUBLIC_BRIDGE, HOST, PUBLIC_HOST = SHAPES


@pytest.mark.parametrize("execute", ["no", "yes"])
@pytest.mark.parametrize("tasks", [("1", "1"), ("2", "3")])
@pytest.mark.parametrize("desired", ["min", "keep"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_no_faults(shape: Shape, desired: str, tasks: tuple[str, str], execute: str) -> None:
    least, most = tasks
    given = {"MinTasks": least, "MaxTasks": most, "DesiredCount": desired}
    deployed = Deployed(shape, given | {"ExecuteCommand": execute})
    assert faults(deployed) == set()
    assert refusals("cluster", shape.cluster()) == []
    assert refusals("service", deployed.parameters) == []
    assert refusals("tasks", deployed.task_parameters) == []


@pytest.mark.parametrize("shape", REFUSED, ids=str)
def test_refused(shape: Shape) -> None:
    sentences = (
        refusals("cluster", shape.cluster()),
        refusals("service", Deployed(PUBLIC_FARGATE).parameters | shape.service()),
        refusals("tasks", Deployed(PUBLIC_FARGATE).task_parameters | shape.tasks()),
    )
    expected = (
        "Fargate knows no network mode but awsvpc."
        if shape.launch == "fargate"
        else "A task with awsvpc on an instance gets no public address, so that in a public subnet "
        "it reaches nothing. Take private subnets, bridge, host or Fargate."
    )
    assert all(expected in found for found in sentences)


# The template, what of it is changed, into what, where that matters, and what it breaks.
MUTATIONS = [
    ("service", "TargetType: !If [Awsvpc, ip, instance]", "TargetType: ip", BRIDGE, "B07"),
    ("service", "TargetType: instance", "TargetType: ip", HOST, "B07"),
    ("service", 'HttpCode: "200"', 'HttpCode: "200-399"', FARGATE, "B04"),
    ("service", "HealthCheckTimeoutSeconds: 5", "HealthCheckTimeoutSeconds: 15", FARGATE, "B17"),
    ("service", 'timeout_seconds, Value: "20"', 'timeout_seconds, Value: "300"', FARGATE, "B18"),
    ("cluster", 'timeout_seconds, Value: "60"', 'timeout_seconds, Value: "120"', FARGATE, "B21"),
    ("cluster", "Subnets: !Ref PublicSubnets", "Subnets: !Ref TaskSubnets", FARGATE, "B15"),
    ("service", "    DependsOn: Rule\n", "", FARGATE, "B12"),
    ("service", "Value: !Ref InternalRule", "Value: x", BRIDGE, "B12"),
    (
        "service",
        "TargetGroupArn: !Ref InternalTargetGroup}]",
        "TargetGroupArn: !Ref TargetGroup}]",
        HOST,
        "B11",
    ),
    ("service", "- ContainerName: app", "- ContainerName: web", FARGATE, "B20"),
    ("service", 'Priority: !Sub "${Priority}1"', 'Priority: !Sub "${Priority}0"', FARGATE, "X08"),
    ("service", "PeriodSeconds: 60", "PeriodSeconds: 0", FARGATE, "B16"),
    ("service", "!If [Host, !Ref ContainerPort, 0]", "!Ref ContainerPort", BRIDGE, "B09"),
    ("service", "!If [Host, !Ref ContainerPort, 0]", "0", HOST, "P05"),
    ("service", "MaximumPercent: !If [Host, 100, 200]", "MaximumPercent: 200", HOST, "P06"),
    ("service", "!If [Host, !If [Single, 0, 50], 100]", "100", PUBLIC_HOST, "P07"),
    ("service", "!If [Host, DISABLED, ENABLED]", "ENABLED", HOST, "rebalancing"),
    ("service", "{Enable: true, Rollback: true}", "{Enable: false, Rollback: false}", HOST, "C12"),
    ("service", "Cpu: !If [Fargate, !Ref Cpu, !Ref AWS::NoValue]", "Cpu: !Ref Cpu", BRIDGE, "P21"),
    ("service", "CpuArchitecture: X86_64", "CpuArchitecture: ARM64", FARGATE, "I07"),
    ("service", "!If [PublicAddress, ENABLED, DISABLED]", "DISABLED", PUBLIC_FARGATE, "N03"),
    ("service", "!If [PublicAddress, ENABLED, DISABLED]", "ENABLED", AWSVPC, "N02"),
    (
        "cluster",
        "AssociatePublicIpAddress: !If [Public, true, false]",
        "AssociatePublicIpAddress: false",
        PUBLIC_HOST,
        "N03",
    ),
    ("cluster", "ECS_CLUSTER=", "CLUSTER=", BRIDGE, "P11"),
    ("cluster", "ECS_RESERVED_MEMORY=", "RESERVED_MEMORY=", BRIDGE, "P19"),
    ("cluster", "- ecs:RegisterContainerInstance\n", "- ecs:X\n", AWSVPC, "P12"),
    ("cluster", "HttpPutResponseHopLimit: 1", "HttpPutResponseHopLimit: 2", BRIDGE, "metadata"),
    ("cluster", "FromPort: 32768", "FromPort: 40000", BRIDGE, "B08"),
    ("service", "Condition: Host\n", "Condition: InternalHost\n", PUBLIC_HOST, "B08"),
    (
        "service",
        "DestinationSecurityGroupId: !Ref DatabaseSecurityGroup",
        "CidrIp: 10.0.0.0/16",
        AWSVPC,
        "D01",
    ),
    ("cluster", "Condition: PostgreSQL\n", "Condition: DocumentDB\n", BRIDGE, "D01"),
    ("service", "FromPort: 443", "FromPort: 444", FARGATE, "N18"),
    (
        "service",
        "!Ref TaskSecurityGroup, !Ref PeerSecurityGroup",
        "!Ref TaskSecurityGroup",
        AWSVPC,
        "N22",
    ),
    (
        "service",
        "GroupId: !Ref PeerSecurityGroup",
        "GroupId: !Ref LoadBalancerSecurityGroup",
        FARGATE,
        "N22",
    ),
    ("service", "Type: A, TTL", "Type: SRV, TTL", FARGATE, "N22"),
    ("cluster", "GroupId: !Ref InternalSecurityGroup", "GroupId: sg-0f", BRIDGE, "N22"),
    (
        "service",
        "SourceSecurityGroupId: !Ref PeerSecurityGroup",
        "CidrIp: 0.0.0.0/0",
        FARGATE,
        "open",
    ),
    ("service", "[CMD, python,", "[python,", FARGATE, "C01"),
    ("service", "StopTimeout: 30", "StopTimeout: 20", FARGATE, "C05"),
    ("service", "awslogs-group: !Ref LogGroup", "awslogs-group: /other", FARGATE, "A07"),
    ("service", "log-stream:${Service}/*", "log-stream:other/*", FARGATE, "A07"),
    (
        "service",
        "{Name: PORT, Value: !Ref ContainerPort}",
        '{Name: PORT, Value: "80"}',
        FARGATE,
        "B05",
    ),
    ("service", "Value: !Ref PeerUrl", "Value: !Ref BaseUrl", BRIDGE, "C09"),
    ("service", 'TRUSTED_PROXIES, Value: "1"', 'TRUSTED_PROXIES, Value: "0"', FARGATE, "C14"),
    ("service", "!FindInMap [Tasks, !Ref MaxTasks, Twice]", "!Ref MaxTasks", FARGATE, "D11"),
    (
        "service",
        "EnableExecuteCommand: !If [Exec, true, false]",
        "EnableExecuteCommand: true",
        HOST,
        "E02",
    ),
    ("service", "!If [Exec, false, true]", "false", FARGATE, "E03"),
    ("service", "InitProcessEnabled: true", "InitProcessEnabled: false", FARGATE, "E04"),
    ("service", "                - Exec\n", "                - Peer\n", FARGATE, "E01"),
    ("service", "      TaskRoleArn: !GetAtt TaskRole.Arn\n", "", BRIDGE, "A01"),
    (
        "service",
        "!Ref ServiceSecretArn, !Ref DatabaseSecretArn",
        "!Ref ServiceSecretArn",
        FARGATE,
        "A02",
    ),
    (
        "service",
        "[!Ref ServiceSecretArn, !Ref DatabaseSecretArn]",
        f"[!Ref ServiceSecretArn, !Ref DatabaseSecretArn, '{OWNER}']",
        FARGATE,
        "owner",
    ),
    ("service", "      ExecutionRoleArn: !GetAtt ExecutionRole.Arn\n", "", FARGATE, "A06"),
    ("service", "Service: ecs-tasks.amazonaws.com", "Service: ecs.amazonaws.com", FARGATE, "A05"),
    ("service", "                  - ecr:BatchGetImage\n", "", FARGATE, "I02"),
    ("service", "Resource: !Ref RepositoryArn", 'Resource: "*"', FARGATE, "wildcard"),
    (
        "service",
        "[!GetAtt ExecutionRole.Arn, !GetAtt TaskRole.Arn]",
        "[!GetAtt TaskRole.Arn]",
        FARGATE,
        "A10",
    ),
    ("service", "/${EcsService.Name}", "/${EcsService}", FARGATE, "X06"),
    ("service", "ager:GetSecretValue", "ager:PutSecretValue", FARGATE, "writer"),
    ("tasks", "Cpu: !If [Fargate, !Ref Cpu, !Ref AWS::NoValue]", "Cpu: !Ref Cpu", HOST, "P21"),
    ("tasks", "NetworkMode: !Ref NetworkMode", "NetworkMode: awsvpc", BRIDGE, "P21"),
    ("tasks", "CpuArchitecture: X86_64", "CpuArchitecture: ARM64", FARGATE, "I07"),
    ("tasks", "FromPort: 443", "FromPort: 444", AWSVPC, "N18"),
    ("tasks", "SourceSecurityGroupId: !Ref OneOff", "SourceSecurityGroupId: sg-", FARGATE, "D01"),
    ("tasks", "Value: !Ref OneOffSecurityGroup", "Value: sg-1", FARGATE, "D01"),
    ("tasks", "!If [PublicAddress, ENABLED, DISABLED]", "DISABLED", PUBLIC_FARGATE, "N03"),
    ("tasks", "awslogs-group: !Ref LogGroup", "awslogs-group: /other", FARGATE, "A07"),
    ("tasks", "log-stream:${Service}/*", "log-stream:${Service}/migrate/*", FARGATE, "A07"),
    ("tasks", 'prefix: !Sub "${Service}/bootstrap"', "prefix: bootstrap", FARGATE, "A07"),
    ("tasks", "ReadonlyRootFilesystem: true", "ReadonlyRootFilesystem: false", FARGATE, "E03"),
    ("tasks", "ECOM_ENV, Value: production", "ECOM_ENV, Value: development", FARGATE, "C14"),
    ("tasks", "!GetAtt MigrationRole.Arn", "!GetAtt BootstrapRole.Arn", FARGATE, "A01"),
    ("tasks", "!GetAtt BootstrapExecutionRole.Arn", "!GetAtt OneOffExecutionRole.Arn", HOST, "A06"),
    ("tasks", "Service: ecs-tasks.amazonaws.com", "Service: ecs.amazonaws.com", FARGATE, "A05"),
    ("tasks", "                  - ecr:BatchGetImage\n", "", FARGATE, "I02"),
    ("tasks", "Resource: !Ref RepositoryArn", 'Resource: "*"', FARGATE, "wildcard"),
    (
        "tasks",
        "[!Ref ServiceSecretArn, !Ref MigrationDatabaseSecretArn]",
        "[!Ref ServiceSecretArn]",
        FARGATE,
        "A02",
    ),
    (
        "tasks",
        "[!Ref DatabaseSecretArn, !Ref MigrationDatabaseSecretArn]",
        "[!Ref DatabaseSecretArn]",
        FARGATE,
        "A03",
    ),
    (
        "tasks",
        "[!Ref ServiceSecretArn, !Ref MigrationDatabaseSecretArn]",
        "[!Ref ServiceSecretArn, !Ref MigrationDatabaseSecretArn, !Ref MasterSecretArn]",
        FARGATE,
        "master",
    ),
    ("tasks", "DatabaseSecretArn}:password::", "DatabaseSecretArn}:password", FARGATE, "K05"),
    (
        "tasks",
        "ager:GetSecretValue\n                Res",
        "ager:PutSecretValue\n                Res",
        FARGATE,
        "writer",
    ),
]


@pytest.mark.parametrize(
    "mutation",
    MUTATIONS,
    ids=[f"{fault}-{shape}-{at}" for at, (*_, shape, fault) in enumerate(MUTATIONS)],
)
def test_a_single_fault_is_seen(mutation: tuple[str, str, str, Shape, str], tmp_path: Path) -> None:
    template, old, new, shape, fault = mutation
    for name in ("cluster", "service", "tasks"):
        shutil.copy(FOLDER / f"{name}.yaml", tmp_path)
    path = tmp_path / f"{template}.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert fault in faults(Deployed(shape, {"MinTasks": "2", "MaxTasks": "3"}, tmp_path))


def test_commands_of_schedules() -> None:
    deployed = Deployed(FARGATE)
    assert plain(deployed.service.resources["DailySchedule"].properties)["Target"]["Input"] == (
        '{"containerOverrides": [{"name": "app", "command": ["manage", "prune"]}]}'
    )
    without = Deployed(FARGATE, {"DailyCommand": "", "FrequentCommand": ""}).service.resources
    assert not {"DailySchedule", "FrequentSchedule", "ScheduleRole"} & set(without)
