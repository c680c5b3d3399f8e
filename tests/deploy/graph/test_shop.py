"""This project's own templates, in all shapes, as one graph of symbols."""

from collections.abc import Callable

import pytest

from deploy.ecs.graph import (
    AutoScalingGroup,
    Cluster,
    Database,
    End,
    Graph,
    Link,
    Listener,
    Listing,
    LoadBalancer,
    PrivateDnsNamespace,
    Repository,
    Schedule,
    SecurityGroup,
    Service,
    Subnet,
    Vpc,
    connects,
    endpoints_of,
    fargate,
    feeds_of,
    gateways_of,
    instance_type,
    permits,
)
from deploy.ecs.graph.services import ScalableTarget
from tests.deploy.graph import shop
from tests.deploy.templates.deployed import SERVICE, SHAPES, TASKS, Shape

FARGATE, _, AWSVPC, BRIDGE, PUBLIC_BRIDGE, HOST, _ = SHAPES
shapes = pytest.mark.parametrize("shape", SHAPES, ids=str)
stages = pytest.mark.parametrize("make", [shop.graph, shop.made])
Make = Callable[[Shape], Graph]


def service(graph: Graph, name: str = "accounts") -> Service:
    found = graph.node(name, "EcsService")
    assert isinstance(found, Service)
    return found


def database(graph: Graph, name: str = "PostgreSQL") -> Database:
    found = graph.node("data", name)
    assert isinstance(found, Database)
    return found


def group(graph: Graph, stack: str, name: str) -> SecurityGroup:
    found = graph.node(stack, name)
    assert isinstance(found, SecurityGroup)
    return found


def tasks_groups(graph: Graph, name: str = "accounts") -> Listing[Link[SecurityGroup]]:
    """Of the tasks, or of what they are on."""
    own = service(graph, name)
    task = own.task_definition and own.task_definition.node
    if task and task.network_mode == "awsvpc":
        return own.security_groups
    machine = own.instance_groups[0].machine
    assert machine
    return machine.security_groups


@stages
@shapes
def test_services_run_on_the_cluster(shape: Shape, make: Make) -> None:
    graph = make(shape)
    [cluster] = graph.all(Cluster)
    for name in ("accounts", "catalog"):
        own = service(graph, name)
        assert own.cluster is not None
        assert own.cluster.node is cluster
        assert own.launch == shape.launch
        assert own.task_definition is not None
        assert own.task_definition.node is graph.node(name, "TaskDefinition")
        assert own.scaling is graph.node(name, "ScalableTarget") is not None
    assert graph.all(ScalableTarget)[0].maximum == 2


@stages
@shapes
def test_services_know_what_they_are_placed_on(shape: Shape, make: Make) -> None:
    graph = make(shape)
    groups = service(graph).instance_groups
    assert groups.complete
    assert list(groups) == list(graph.all(AutoScalingGroup))
    if shape.launch == "fargate":
        assert len(groups) == 0
        return
    [instances] = groups
    assert (instances.minimum, instances.maximum, instances.desired) == (1, 3, 1)
    assert list(instances.instance_types) == ["t3.micro"]
    assert instances.cluster is not None
    assert instances.cluster.node is graph.all(Cluster)[0]
    assert instances.machine is not None
    assert instances.machine.agent["ECS_RESERVED_MEMORY"] == "72"
    assert instances.machine.role is graph.node("cluster", "InstanceRole") is not None
    assert instances.machine.public_address is (shape.public == "yes")


@stages
@shapes
def test_tasks(shape: Shape, make: Make) -> None:
    graph = make(shape)
    link = service(graph).task_definition
    assert link is not None
    assert link.node is not None
    task = link.node
    assert task.network_mode == shape.mode
    assert (task.needed_cpu, task.needed_memory) == (256, 512)
    assert fargate.has_size(256, 512)
    app = task.container("app")
    assert app is not None
    assert app.environment_complete
    assert app.environment["ECOM_SECRET_ID"] == SERVICE["ServiceSecretArn"]
    [port] = app.ports
    assert port.container_port == 8000
    assert port.host_port == (0 if shape.mode == "bridge" else 8000)
    assert app.image is not None
    assert (app.image.kind, app.image.tag) == ("ecr", "1.0.0")
    assert app.image.node is graph.all(Repository)[0]
    assert app.log is not None
    assert app.log.group is not None
    assert app.log.group.node is graph.node("cluster", "Log") is not None
    assert app.health_check is not None
    assert (app.health_check.interval, app.health_check.start_period) == (15, 60)


@stages
@shapes
def test_requests_find_the_services(shape: Shape, make: Make) -> None:
    graph = make(shape)
    public = next(each for each in graph.all(LoadBalancer) if each.scheme == "internet-facing")
    [listener] = public.listeners
    assert listener.port == 80
    assert [each.priority for each in listener.rules] == [100, 200]
    assert [each.resource.stack for each in listener.rules] == ["accounts", "catalog"]
    [condition] = listener.rules[0].conditions
    assert condition.field == "path-pattern"
    assert list(condition.accepted) == SERVICE["PathPatterns"].split(",")
    [action] = listener.rules[0].actions
    [target] = action.targets
    assert target.node is not None
    assert target.node.load_balancers == (public,)
    assert target.node.type == ("ip" if shape.mode == "awsvpc" else "instance")
    assert target.node.health_check.path == "/health"
    assert target.node.deregistration_delay == 20
    [(fed, feed)] = feeds_of(target.node)
    assert fed is service(graph)
    assert (feed.container_name, feed.container_port) == ("app", 8000)


@stages
@shapes
def test_load_balancer_reaches_the_tasks_and_nobody_else_does(shape: Shape, make: Make) -> None:
    graph = make(shape)
    balancer = End.of([group(graph, "cluster", "LoadBalancerSecurityGroup")])
    tasks = End(tasks_groups(graph))
    port = 40_000 if shape.mode == "bridge" else 8000
    answer = connects(balancer, tasks, "tcp", port)
    assert answer.truth is True
    assert {each.direction for each in answer.because} == {"in", "out"}
    assert all(each.place("IpProtocol").line > 1 for each in answer.because)
    assert connects(balancer, tasks, "tcp", 22).truth is False
    assert connects(End.of([], "203.0.113.9"), tasks, "tcp", port).truth is False


@stages
@shapes
def test_tasks_reach_their_database(shape: Shape, make: Make) -> None:
    graph = make(shape)
    tasks, target = End(tasks_groups(graph)), database(graph)
    assert target.port == 5432
    assert connects(tasks, End(target.security_groups), "tcp", 5432).truth is True
    assert connects(tasks, End(target.security_groups), "tcp", 5433).truth is False
    document = database(graph, "DocumentDBCluster")
    assert connects(tasks, End(document.security_groups), "tcp", 27017).truth is False


@pytest.mark.parametrize("egress", ["none", "endpoints", "nat"])
def test_ways_out(egress: str) -> None:
    graph = shop.graph(FARGATE, egress)
    [vpc] = graph.all(Vpc)
    assert (vpc.dns_support, vpc.dns_hostnames, vpc.cidr) == (True, True, "10.0.0.0/16")
    public, private = (
        [each for each in graph.all(Subnet) if each.resource.logical_id.startswith(beginning)]
        for beginning in ("Public", "Private")
    )
    assert [each.is_public for each in public] == [True, True]
    assert [each.is_public for each in private] == [False, False]
    assert [each.internet.truth for each in public] == [True, True]
    assert [each.internet.truth for each in private] == [egress == "nat"] * 2
    assert private[0].way("10.0.1.5").truth is True
    assert private[0].same_zone(public[0]) is True
    assert private[0].same_zone(public[1]) is False
    table = private[0].route_table
    assert table is not None
    assert len(gateways_of(table, "s3")) == 1
    found = endpoints_of(vpc, "secretsmanager")
    assert (len(found), found.complete) == (egress == "endpoints", True)
    if egress == "endpoints":
        assert found[0].private_dns is True
        assert found[0].policy is None
        assert connects(
            End(service(graph).security_groups, "10.0.2.9"),
            End(found[0].security_groups, "10.0.2.8"),
            "tcp",
            443,
        ).truth


@stages
@shapes
def test_roles(shape: Shape, make: Make) -> None:
    graph = make(shape)
    link = service(graph).task_definition
    assert link is not None
    assert link.node is not None
    task, execution = link.node.task_role, link.node.execution_role
    assert task is not None
    assert execution is not None
    assert task.node is not None
    assert execution.node is not None
    assert task.node.trusts("ecs-tasks.amazonaws.com") is True
    assert task.node.trusts("ec2.amazonaws.com") is False
    read = "secretsmanager:GetSecretValue"
    assert permits(task.node, read, SERVICE["ServiceSecretArn"]) is True
    assert permits(task.node, read, TASKS["MigrationDatabaseSecretArn"]) is False
    assert permits(task.node, "SecretsManager:getSecretValue", SERVICE["DatabaseSecretArn"])
    assert permits(execution.node, read, SERVICE["ServiceSecretArn"]) is False
    [repository] = graph.all(Repository)
    assert permits(execution.node, "ecr:BatchGetImage", repository) is True
    assert permits(execution.node, "ecr:GetAuthorizationToken") is True
    stream = "arn:aws:logs:eu-central-1:123456789012:log-group:/little-ecom/production:log-stream:"
    assert permits(execution.node, "logs:PutLogEvents", f"{stream}accounts/app/1") is True
    assert permits(execution.node, "logs:PutLogEvents", f"{stream}catalog/app/1") is False


def test_databases() -> None:
    graph = shop.graph(FARGATE)
    instance, cluster = database(graph), database(graph, "DocumentDBCluster")
    assert (instance.engine, cluster.engine) == ("postgres", "docdb")
    assert (instance.is_cluster, cluster.is_cluster) == (False, True)
    assert instance.parameters["rds.force_ssl"] == "1"
    assert cluster.parameters["tls"] == "enabled"
    assert [each.label for each in cluster.members] == ["data/DocumentDBFirst"]
    assert cluster.members[0].port == 27017
    assert [each.node for each in instance.subnets] == [
        graph.node("network", "PrivateSubnetFirst"),
        graph.node("network", "PrivateSubnetSecond"),
    ]
    stack = next(each for each in graph.stacks if each.name == "data")
    secret = graph.find(stack.outputs["PostgreSQLMasterSecret"].value)
    assert secret is instance.master_secret
    assert secret is not None
    assert secret.label == "data/PostgreSQL.MasterUserSecret"
    assert graph.find(stack.outputs["PostgreSQLHost"].value) is instance


def test_names_in_the_network() -> None:
    graph = shop.graph(AWSVPC)
    [namespace] = graph.all(PrivateDnsNamespace)
    assert namespace.vpc is not None
    assert namespace.vpc.node is graph.all(Vpc)[0]
    [registry] = service(graph).registries
    assert registry.node is not None
    assert registry.node.dns_name == "accounts.production.little-ecom.internal"


def test_schedules() -> None:
    graph = shop.graph(BRIDGE)
    schedule = graph.node("accounts", "DailySchedule")
    assert isinstance(schedule, Schedule)
    assert schedule.cluster is not None
    assert schedule.cluster.node is graph.all(Cluster)[0]
    assert schedule.role is not None
    assert schedule.role.node is not None
    assert schedule.task_definition is not None
    assert schedule.task_definition.node is graph.node("accounts", "TaskDefinition")
    passed = graph.node("accounts", "TaskRole")
    to_tasks = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    assert permits(schedule.role.node, "iam:PassRole", passed) is None
    assert permits(schedule.role.node, "iam:PassRole", passed, to_tasks) is True
    assert (
        permits(schedule.role.node, "iam:PassRole", graph.node("cluster", "InstanceRole")) is False
    )


def test_internal_listener() -> None:
    graph = shop.graph(HOST)
    listener = graph.node("cluster", "InternalListener")
    assert isinstance(listener, Listener)
    assert listener.load_balancer is not None
    assert listener.load_balancer.node is not None
    assert listener.load_balancer.node.scheme == "internal"
    assert [each.label for each in listener.rules] == [
        "accounts/InternalRule",
        "catalog/InternalRule",
    ]


def test_places() -> None:
    """Each fact tells where it is written."""
    own = service(shop.graph(FARGATE))
    lines = own.place().file.read_text().splitlines()
    assert own.place().file.name == "service.yaml"
    assert "HealthCheckGrace" in lines[own.place("HealthCheckGracePeriodSeconds").line - 1]
    task = own.task_definition and own.task_definition.node
    assert task
    app = task.containers[0]
    assert "ContainerPort" in lines[app.ports[0].place("ContainerPort").line - 1]


def test_instance_types() -> None:
    small = instance_type("t2.small")
    assert small is not None
    assert (small.cpu, small.memory, small.tasks_with_awsvpc) == (1024, 2001, 2)
    assert instance_type("z9.huge") is None
    assert instance_type(None) is None
