"""What of deploy-faults (its ids) a cluster, a service on it and its one-off tasks have: judged by
what they would be once deployed, not by how the templates say it."""

from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from math import ceil
from typing import Any

from tests.deploy.templates.deployed import (
    CLUSTER,
    DEPLOYED,
    MASTER,
    OWNER,
    SERVICE,
    Deployed,
    Opening,
    openings,
    plain,
    reaches,
    seconds,
)

KEEPALIVE = 75  # seconds, gunicorn's (ecom/gunicorn.py)
GRACEFUL = 20
SESSIONS = {
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
}
DYNAMIC = (32768, 65535)

# Of the one-off tasks, with their execution role and their role.
TASKS = {
    "BootstrapTaskDefinition": ("BootstrapExecutionRole", "BootstrapRole"),
    "MigrationTaskDefinition": ("OneOffExecutionRole", "MigrationRole"),
    "KeysTaskDefinition": ("OneOffExecutionRole", "KeysRole"),
}

Check = Callable[[Deployed], Iterator[str]]


def faults(deployed: Deployed) -> set[str]:
    return {fault for check in CHECKS for fault in check(deployed)}


def tasks_group(deployed: Deployed) -> str:
    mode = deployed.shape.mode
    return "TaskSecurityGroup" if mode == "awsvpc" else DEPLOYED["InstanceSecurityGroup"]


def one_off_group(deployed: Deployed) -> str:
    mode = deployed.shape.mode
    return "OneOffSecurityGroup" if mode == "awsvpc" else DEPLOYED["InstanceSecurityGroup"]


def leaves(found: set[Opening], group: str, port: int) -> bool:
    return any(
        each.group == group and each.direction == "out" and each.first == port for each in found
    )


def target_ports(deployed: Deployed) -> tuple[int, int]:
    if deployed.shape.mode == "bridge":
        return DYNAMIC
    port = int(deployed.parameters.get("ContainerPort", "8000"))
    return port, port


def placement(deployed: Deployed) -> Iterator[str]:
    service = deployed.properties("EcsService")
    configuration = service["DeploymentConfiguration"]
    desired = int(service.get("DesiredCount", deployed.parameters.get("MinTasks", 1)))
    least = ceil(configuration["MinimumHealthyPercent"] * desired / 100)
    most = configuration["MaximumPercent"] * desired // 100
    if desired and least >= most:
        yield "P07"
    if deployed.shape.mode == "host" and most > desired:
        yield "P06"
    rebalances = service["AvailabilityZoneRebalancing"] == "ENABLED"
    if rebalances and configuration["MaximumPercent"] <= 100:
        yield "rebalancing"
    breaker = configuration["DeploymentCircuitBreaker"]
    if not breaker["Enable"] or not breaker["Rollback"]:
        yield "C12"
    for definition in map(deployed.properties, ("TaskDefinition", *TASKS)):
        if (deployed.shape.launch == "fargate") != ("Cpu" in definition):
            yield "P21"
        if definition["RuntimePlatform"]["CpuArchitecture"] != "X86_64":
            yield "I07"
        if definition["NetworkMode"] != deployed.shape.mode:
            yield "P21"


def instances(deployed: Deployed) -> Iterator[str]:
    if deployed.shape.launch == "fargate":
        return
    data = deployed.properties("LaunchTemplate")["LaunchTemplateData"]
    lines = plain(data["UserData"].argument).splitlines()
    if f"ECS_CLUSTER={DEPLOYED['Cluster']}" not in lines:
        yield "P11"
    if not any(line.startswith("ECS_RESERVED_MEMORY=") for line in lines):
        yield "P19"
    agent = {
        action for each in deployed.statements("InstanceRole").values() for action in actions(each)
    }
    if not {"ecs:RegisterContainerInstance", "ecs:Poll", "ecs:DiscoverPollEndpoint"} <= agent:
        yield "P12"
    if data["IamInstanceProfile"] != {"Arn": "InstanceProfile.Arn"}:
        yield "P12"
    metadata = data["MetadataOptions"]
    if metadata["HttpTokens"] != "required" or metadata["HttpPutResponseHopLimit"] != 1:
        yield "metadata"
    [interface] = data["NetworkInterfaces"]
    if interface["AssociatePublicIpAddress"] != (deployed.shape.public == "yes"):
        yield "N03"


def network(deployed: Deployed) -> Iterator[str]:
    found = openings(deployed)
    group, (first, last) = tasks_group(deployed), target_ports(deployed)
    for each in {group, one_off_group(deployed)}:
        if not leaves(found, each, 443):
            yield "N18"
        if not reaches_database(deployed, each):
            yield "D01"
    if not reaches(found, DEPLOYED["LoadBalancerSecurityGroup"], group, first, last):
        yield "B08"
    if deployed.shape.mode == "awsvpc":
        yield from awsvpc(deployed)
    if deployed.shape.is_internal:
        internal = DEPLOYED["InternalSecurityGroup"]
        both = reaches(found, group, internal, 80, 80) and reaches(
            found, internal, group, first, last
        )
        if not both:
            yield "N22"
    # Of its own accord nothing is open to everybody but the load balancer.
    if {each.group for each in found if each.direction == "in" and "/" in each.other} != {
        DEPLOYED["LoadBalancerSecurityGroup"]
    }:
        yield "open"


def reaches_database(deployed: Deployed, group: str) -> bool:
    """The database answers whom it lets in: its own egress does not matter."""
    database = CLUSTER["PostgreSQLSecurityGroup"]
    return reaches(openings(deployed), group, database, 5432, 5432)


def awsvpc(deployed: Deployed) -> Iterator[str]:
    found, (port, _) = openings(deployed), target_ports(deployed)
    outputs = {name: plain(each.value) for name, each in deployed.tasks.outputs.items()}
    if outputs["TaskSecurityGroups"] != one_off_group(deployed):
        yield "D01"
    if (outputs["AssignPublicIp"] == "ENABLED") != (deployed.shape.public == "yes"):
        yield "N03"
    if not reaches(found, DEPLOYED["PeerSecurityGroup"], "TaskSecurityGroup", port, port):
        yield "N22"
    configuration = deployed.properties("EcsService")["NetworkConfiguration"]["AwsvpcConfiguration"]
    address = configuration["AssignPublicIp"] == "ENABLED"
    if address and deployed.shape.launch == "ec2":
        yield "N02"
    if deployed.shape.launch == "fargate" and address != (deployed.shape.public == "yes"):
        yield "N03"
    if configuration["SecurityGroups"] != ["TaskSecurityGroup", DEPLOYED["PeerSecurityGroup"]]:
        yield "N22"
    [record] = deployed.properties("Discovery")["DnsConfig"]["DnsRecords"]
    if record["Type"] != "A" or "ServiceRegistries" not in deployed.properties("EcsService"):
        yield "N22"


def load_balancer(deployed: Deployed) -> Iterator[str]:
    mode = deployed.shape.mode
    stop = deployed.container()["StopTimeout"]
    for group in deployed.resources("AWS::ElasticLoadBalancingV2::TargetGroup"):
        properties = plain(group.properties)
        if properties["TargetType"] != ("ip" if mode == "awsvpc" else "instance"):
            yield "B07"
        if properties["Matcher"] != {"HttpCode": "200"}:
            yield "B04"
        if properties.get("HealthCheckPort", "traffic-port") != "traffic-port":
            yield "B06"
        if properties["HealthCheckTimeoutSeconds"] >= properties["HealthCheckIntervalSeconds"]:
            yield "B17"
        if properties["HealthCheckPath"] != "/health":
            yield "B01"
        if (
            seconds(properties["TargetGroupAttributes"], "deregistration_delay.timeout_seconds")
            >= stop
        ):
            yield "B18"
    for each in deployed.resources("AWS::ElasticLoadBalancingV2::LoadBalancer"):
        attributes = plain(each.properties)["LoadBalancerAttributes"]
        if seconds(attributes, "idle_timeout.timeout_seconds") >= KEEPALIVE:
            yield "B21"
    if deployed.properties("LoadBalancer")["Subnets"] != ["subnet-1", "subnet-2"]:
        yield "B15"
    yield from targets(deployed)


def targets(deployed: Deployed) -> Iterator[str]:
    resource = deployed.service.resources["EcsService"]
    service = plain(resource.properties)
    rules = {
        each.logical_id: plain(each.properties)
        for each in deployed.resources("AWS::ElasticLoadBalancingV2::ListenerRule")
    }
    waited_for = {*resource.depends_on, *resource.refers_to}
    for each in service["LoadBalancers"]:
        names = {
            name for name, rule in rules.items() if each["TargetGroupArn"] in str(rule["Actions"])
        }
        if not names:
            yield "B11"
        if not names & waited_for:
            yield "B12"
        container = deployed.container()
        [mapping] = container["PortMappings"]
        if (each["ContainerName"], each["ContainerPort"]) != (
            container["Name"],
            mapping["ContainerPort"],
        ):
            yield "B20"
    places = [(rule["ListenerArn"], rule["Priority"]) for rule in rules.values()]
    if len(places) != len(set(places)):
        yield "X08"
    if any(
        len(each["Conditions"][0]["PathPatternConfig"]["Values"]) > 5 for each in rules.values()
    ):
        yield "paths"
    if service["HealthCheckGracePeriodSeconds"] < 60:
        yield "B16"


def container(deployed: Deployed) -> Iterator[str]:
    container = deployed.container()
    environment = deployed.environment()
    [mapping] = container["PortMappings"]
    expected = {"awsvpc": None, "bridge": 0, "host": mapping["ContainerPort"]}[deployed.shape.mode]
    if mapping.get("HostPort") != expected:
        yield "B09" if deployed.shape.mode == "bridge" else "P05"
    if environment["PORT"] != mapping["ContainerPort"]:
        yield "B05"
    if container["HealthCheck"]["Command"] != ["CMD", "python", "-m", "ecom.healthcheck"]:
        yield "C01"
    if not GRACEFUL < container["StopTimeout"] <= 120:
        yield "C05"
    if not container["Essential"]:
        yield "C06"
    if container["LogConfiguration"]["Options"]["awslogs-group"] != DEPLOYED["LogGroup"]:
        yield "A07"
    if environment["CATALOG_URL"] != deployed.shape.peer_url():
        yield "C09"
    if environment["TRUSTED_PROXIES"] != "1" or environment["ECOM_ENV"] != "production":
        yield "C14"
    at_once = 1 if deployed.shape.mode == "host" else 2
    if int(environment["DATABASE_TASKS"]) != at_once * int(deployed.parameters.get("MaxTasks", 1)):
        yield "D11"


def execute(deployed: Deployed) -> Iterator[str]:
    wanted = deployed.parameters.get("ExecuteCommand") == "yes"
    container = deployed.container()
    service = deployed.properties("EcsService")
    if service["EnableExecuteCommand"] != wanted:
        yield "E02"
    if container["ReadonlyRootFilesystem"] == wanted:
        yield "E03"
    if not container["LinuxParameters"]["InitProcessEnabled"]:
        yield "E04"
    allowed = {
        action for each in deployed.statements("TaskRole").values() for action in actions(each)
    }
    if (allowed & SESSIONS) != (SESSIONS if wanted else set()):
        yield "E01"


def one_off(deployed: Deployed) -> Iterator[str]:
    """What a container that runs once shares with the service's, and what it must not have."""
    for name in TASKS:
        container = deployed.container(name)
        if container["Image"] != deployed.container()["Image"]:
            yield "C13"
        if {"PortMappings", "HealthCheck"} & set(container):
            yield "B05"
        if not container["Essential"]:
            yield "C06"
        if container["LogConfiguration"]["Options"]["awslogs-group"] != DEPLOYED["LogGroup"]:
            yield "A07"
        if not container["ReadonlyRootFilesystem"]:
            yield "E03"
        if deployed.environment(name)["ECOM_ENV"] != "production":
            yield "C14"


def roles(deployed: Deployed) -> Iterator[str]:
    for name, (execution, role) in {
        "TaskDefinition": ("ExecutionRole", "TaskRole"),
        **TASKS,
    }.items():
        definition = deployed.properties(name)
        if definition.get("ExecutionRoleArn") != f"{execution}.Arn":
            yield "A06"
        if definition.get("TaskRoleArn") != f"{role}.Arn":
            yield "A01"
        if resources(deployed.statements(role)["Secrets"]) != ids(deployed, name):
            yield "A02"
        stream = deployed.container(name)["LogConfiguration"]["Options"]["awslogs-stream-prefix"]
        if not writes(deployed.statements(execution)["Log"], f"{stream}/app/0a1b"):
            yield "A07"
    yield from passwords(deployed)
    for each in deployed.resources("AWS::IAM::Role"):
        if "Execution" in each.logical_id:
            allowed = deployed.statements(each.logical_id)["Image"]
            if allowed["Resource"] != SERVICE["RepositoryArn"] or len(actions(allowed)) != 3:
                yield "I02"
        tasks = each.logical_id not in {"InstanceRole", "ScheduleRole"}
        [trust] = plain(each.properties)["AssumeRolePolicyDocument"]["Statement"]
        if tasks and trust["Principal"] != {"Service": "ecs-tasks.amazonaws.com"}:
            yield "A05"


def passwords(deployed: Deployed) -> Iterator[str]:
    """Who may read which, and write any."""
    wanted = {
        each["ValueFrom"].removesuffix(":password::")
        for each in deployed.container("BootstrapTaskDefinition")["Secrets"]
    }
    if any(":" in each.rpartition(":secret:")[2] for each in wanted):
        yield "K05"
    if resources(deployed.statements("BootstrapExecutionRole")["Secrets"]) != wanted:
        yield "A03"
    may = {
        role.logical_id: str(list(deployed.statements(role.logical_id).values()))
        for role in deployed.resources("AWS::IAM::Role")
    }
    if {name for name, text in may.items() if MASTER in text} != {"BootstrapRole"}:
        yield "master"
    owner = {name for name, text in may.items() if OWNER in text}
    if not owner <= {"BootstrapExecutionRole", "MigrationRole"}:
        yield "owner"
    writers = {name for name, text in may.items() if "PutSecretValue" in text}
    if writers != {"KeysRole"} or ids(deployed, "KeysTaskDefinition") != {
        SERVICE["ServiceSecretArn"]
    }:
        yield "writer"


def ids(deployed: Deployed, definition: str) -> set[str]:
    """Of the secrets that its container is told to read."""
    environment = deployed.environment(definition)
    names = ("ECOM_SECRET_ID", "ECOM_DATABASE_SECRET_ID")
    return {environment[name] for name in names if name in environment}


def resources(statement: dict[str, Any]) -> set[str]:
    found = statement["Resource"]
    return {found} if isinstance(found, str) else set(found)


def writes(statement: dict[str, Any], stream: str) -> bool:
    prefix = f":{DEPLOYED['LogGroup']}:log-stream:"
    return fnmatch(prefix + stream, "*" + statement["Resource"].partition(":log-group")[2])


def schedules(deployed: Deployed) -> Iterator[str]:
    for schedule in deployed.resources("AWS::Scheduler::Schedule"):
        target = plain(schedule.properties)["Target"]
        has_network = "NetworkConfiguration" in target["EcsParameters"]
        if has_network != (deployed.shape.mode == "awsvpc"):
            yield "schedule"
        if target["RoleArn"] != "ScheduleRole.Arn":
            yield "schedule"
    if set(deployed.statements("ScheduleRole")["Roles"]["Resource"]) != {
        "ExecutionRole.Arn",
        "TaskRole.Arn",
    }:
        yield "A10"
    for target in deployed.resources("AWS::ApplicationAutoScaling::ScalableTarget"):
        if (
            plain(target.properties)["ResourceId"]
            != f"service/{DEPLOYED['Cluster']}/EcsService.Name"
        ):
            yield "X06"


def wildcards(deployed: Deployed) -> Iterator[str]:
    """Each "*" that AWS does not demand."""
    demanded = {"ecr:GetAuthorizationToken", "ecs:DiscoverPollEndpoint", *SESSIONS}
    for role in deployed.resources("AWS::IAM::Role"):
        for each in deployed.statements(role.logical_id).values():
            if each["Resource"] == "*" and not set(actions(each)) <= demanded:
                yield "wildcard"
            if any("*" in action for action in actions(each)):
                yield "wildcard"


def actions(statement: dict[str, Any]) -> list[str]:
    found = statement["Action"]
    return [found] if isinstance(found, str) else list(found)


CHECKS: list[Check] = [
    placement,
    instances,
    network,
    load_balancer,
    container,
    execute,
    one_off,
    roles,
    schedules,
    wildcards,
]
