"""A template as others write it."""

from functools import cache
from pathlib import Path

import pytest

from deploy.ecs.evaluator import Environment, Template, evaluate
from deploy.ecs.evaluator.symbols import Import, Reference, Value
from deploy.ecs.graph import (
    AutoScalingGroup,
    Cluster,
    Container,
    Database,
    End,
    Graph,
    Node,
    Physical,
    Role,
    Secret,
    SecretReference,
    SecurityGroup,
    Service,
    Subnet,
    TargetGroup,
    TaskDefinition,
    Vpc,
    admitted,
    connects,
    decide,
    endpoints_of,
    permits,
)
from deploy.ecs.graph.parts import N
from tests.deploy.templates.deployed import ACCOUNT, REGION

FILE = Path(__file__).with_name("foreign.yaml")
READ = "secretsmanager:GetSecretValue"


@cache
def graph(account: str | None = ACCOUNT, region: str | None = REGION) -> Graph:
    template, given = Template.read(FILE), {"KeyName": "key", "Extra": None}
    stack = evaluate(template, given, Environment(region, account, "shop"))
    assert not stack.problems, [str(each) for each in stack.problems]
    return Graph.of([stack])


def found(name: str, kind: type[N]) -> N:
    node = graph().node("shop", name)
    assert isinstance(node, kind)
    return node


def container(name: str = "web") -> Container:
    one = found("Task", TaskDefinition).container(name)
    assert one is not None
    return one


def secret(variable: str) -> SecretReference:
    return next(each for each in container().secrets if each.variable == variable)


def test_launch_type_finds_the_instances_that_join() -> None:
    service = found("Service", Service)
    assert service.cluster is not None
    assert service.cluster.node is found("Shop", Cluster)
    assert service.task_definition is not None
    assert service.task_definition.node is found("Task", TaskDefinition)
    assert service.launch == "ec2"
    assert list(service.instance_groups) == [found("Fleet", AutoScalingGroup)]
    assert service.instance_groups.complete
    assert service.scaling is not None
    assert service.scaling.maximum == 5
    machine = found("Fleet", AutoScalingGroup).machine
    assert machine is not None
    assert machine.role is found("HostRole", Role)
    assert machine.agent["ECS_RESERVED_MEMORY"] == "256"


def test_what_is_imported_is_not_known() -> None:
    service = found("Elsewhere", Service)
    assert service.cluster is not None
    assert service.cluster.node is None
    assert service.launch is None
    assert not service.instance_groups.complete
    assert not service.subnets.complete
    [group] = service.security_groups
    assert (group.node, group.value) == (None, Import("group"))
    assert admitted("in", service.security_groups, "tcp", 80, End.of([])).truth is None
    assert service.scaling is None


def test_subnets() -> None:
    a, b, c = (found(name, Subnet) for name in "ABC")
    assert a.is_public is True
    assert a.internet.truth is True
    assert a.maps_public_address is True
    # Its NAT gateway is in the subnet that is routed to it.
    assert b.is_public is False
    assert b.internet.truth is False
    assert [each.kind for each in b.way("10.9.1.1").because] == ["peering"]
    assert b.way("10.9.1.1").truth is None
    assert c.route_table is None
    assert c.uses_main_table is True
    assert c.internet.truth is None
    assert a.same_zone(b) is None
    assert a.uses_default_acl is False
    assert b.uses_default_acl is True


def test_network_acl() -> None:
    wall = found("A", Subnet).network_acl
    assert wall is not None
    assert [each.rule_number for each in wall.entries] == [50, 100]
    assert wall.admits("in", "tcp", 443, "198.51.100.1").truth is True
    assert wall.admits("in", "tcp", 443, "192.0.2.1").truth is False
    assert wall.admits("in", "tcp", 443, None).truth is None
    assert wall.admits("in", "tcp", 40_000, "198.51.100.1").truth is False
    assert wall.admits("out", "tcp", 443, "198.51.100.1").truth is False


def test_rules_of_their_own() -> None:
    web, hosts = found("Web", SecurityGroup), found("Hosts", SecurityGroup)
    assert connects(End.of([web]), End.of([hosts]), "tcp", 32_768).truth is True
    assert connects(End.of([web]), End.of([hosts]), "tcp", 8080).truth is False
    assert connects(End.of([hosts]), End.of([hosts]), "udp", 53).truth is True
    # Whether the group of another stack is the web's is not known.
    answer = admitted("in", End.of([hosts]).groups, "tcp", 22, End.of([web]))
    assert answer.truth is None
    assert [each.place("FromPort").line for each in answer.because] == [
        line(f"FromPort: {port}") for port in ("22",)
    ]


def line(text: str) -> int:
    return 1 + next(
        number for number, each in enumerate(FILE.read_text().splitlines()) if text in each
    )


def test_rules_without_a_source_or_a_condition() -> None:
    web = found("Web", SecurityGroup)
    assert [each.source for each in web.ingress] == ["cidr", "none", "cidr"]
    anybody = End.of([], "203.0.113.9")
    groups = End.of([web]).groups
    assert admitted("in", groups, "tcp", 80, anybody).truth is True
    assert admitted("in", groups, "tcp", 9090, anybody).truth is False
    assert admitted("in", groups, "tcp", 8443, anybody).truth is None
    assert [each.is_default for each in web.egress] == [True]


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("secret:prod/api-AbCdEf", True),
        ("secret:prod/root-AbCdEf", False),  # which another statement denies
        ("secret:test/api-AbCdEf", False),
    ],
)
def test_policies_from_elsewhere(arn: str, expected: bool) -> None:
    role = found("TaskRole", Role)
    assert permits(role, READ, f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:{arn}") is expected


def test_statements_tell_why() -> None:
    role = found("TaskRole", Role)
    assert permits(role, READ, found("Secret", Secret)) is True
    [statement] = role.judged(READ, Reference("Secret", "shop")).because
    assert statement.resource.logical_id == "ReadSecrets"
    denied = role.judged("s3:GetObject", "*")
    assert denied.truth is False
    assert [each.resource.logical_id for each in denied.because] == ["Forbid"]
    about = role.about(READ, f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:prod/root-AbCdEf")
    assert [each.effect for each in about] == ["Allow", "Deny"]
    assert permits(role, READ, Import("secret")) is None


def test_policies_of_aws() -> None:
    execution, hosts = found("ExecutionRole", Role), found("HostRole", Role)
    assert permits(execution, "ecr:BatchGetImage", "arn:aws:ecr:x:1:repository/any") is True
    assert permits(execution, READ, found("Secret", Secret)) is False
    assert execution.trusts("ecs-tasks.amazonaws.com") is True
    assert permits(hosts, "ecs:SubmitTaskStateChange") is True
    assert permits(hosts, "ecs:TagResource") is None
    assert hosts.trusts("ec2.amazonaws.com") is True
    assert permits(found("OpenRole", Role), READ) is None
    assert found("OpenRole", Role).trusts("ecs-tasks.amazonaws.com") is False


def test_containers() -> None:
    task = found("Task", TaskDefinition)
    assert (task.network_mode, task.given("Memory")) == ("bridge", False)
    assert (task.needed_memory, task.needed_cpu) == (192, 100)
    assert container().ports[0].host_port == 0
    assert container().is_essential is True
    assert container("side").is_essential is False
    assert graph().find(container().environment["DB_HOST"], Database) is found("Database", Database)
    assert task.task_role is not None
    assert task.task_role.node is found("TaskRole", Role)


def test_images() -> None:
    nginx, side = container().image, container("side").image
    assert nginx is not None
    assert side is not None
    assert (nginx.kind, nginx.repository, nginx.tag) == ("docker hub", "nginx", "latest")
    assert (side.kind, side.repository, side.tag) == ("ecr", "side", None)
    assert (side.digest, side.account, side.region) == ("sha256:00", ACCOUNT, REGION)
    without_account = graph(None, None).node("shop", "Task")
    assert isinstance(without_account, TaskDefinition)
    image = without_account.containers[1].image
    assert image is not None
    assert (image.kind, image.account, image.repository) == ("ecr", None, "side")


def test_secrets() -> None:
    database = found("Secret", Secret)
    assert database.keys == frozenset({"username", "password"})
    assert secret("PASSWORD").target is database
    assert (secret("PASSWORD").json_key, secret("PASSWORD").extra_fields) == ("password", 3)
    assert (secret("USERNAME").json_key, secret("USERNAME").extra_fields) == ("username", 1)
    assert (secret("ALL").json_key, secret("ALL").extra_fields) == ("", 0)
    assert secret("OTHER").service == "ssm"
    assert secret("OTHER").target is found("Token", Node)
    assert secret("NAMED").target is database
    assert secret("ELSEWHERE").json_key is None
    assert secret("ELSEWHERE").service is None
    master = secret("MASTER")
    assert master.target is found("Managed", Database).master_secret is not None
    assert (master.json_key, master.stage, master.version) == ("password", "AWSCURRENT", "")


def test_health_check_defaults() -> None:
    targets = found("Targets", TargetGroup)
    check = targets.health_check
    assert (check.path, check.port, check.interval, check.timeout) == ("/", "traffic-port", 30, 5)
    assert (check.healthy, check.unhealthy, check.protocol) == (5, 2, "HTTP")
    assert [check.accepts(code) for code in (204, 301, 404)] == [True, False, True]
    assert [each.label for each in targets.load_balancers] == ["shop/Balancer"]
    assert targets.load_balancers[0].scheme == "internet-facing"


def test_endpoints() -> None:
    vpc = found("Network", Vpc)
    assert (vpc.dns_support, vpc.dns_hostnames) == (True, False)
    for each in (graph(), graph(None, None)):
        own = each.node("shop", "Network")
        assert isinstance(own, Vpc)
        [door] = endpoints_of(own, "secretsmanager")
        assert door.private_dns is False
        assert not door.security_groups.complete
        assert door.policy is not None
        assert decide(door.policy, READ, "*").truth is True


def test_physical_ids() -> None:
    """What one stack calls by its id is found in the one that made it."""
    arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:x-AbCdEf"
    physical = {
        Reference("Hosts", "shop"): Physical("sg-0a"),
        Reference("Secret", "shop"): Physical(arn),
        Reference("Balancer", "shop"): Physical("arn:lb", {"DNSName": "shop.localhost"}),
    }
    known = Graph.of(graph().stacks, physical)
    hosts = known.node("shop", "Hosts")
    assert known.find("sg-0a") is hosts
    assert known.find("sg-0a", Subnet) is None
    assert known.find("shop.localhost") is known.node("shop", "Balancer")
    assert known.find(arn, Secret) is known.node("shop", "Secret")
    assert known.same(hosts, "sg-0b", SecurityGroup) is False
    assert graph().same(found("Hosts", SecurityGroup), "sg-0b", SecurityGroup) is None
    assert known.same("sg-0b", "sg-0c") is False


def test_names_and_arns() -> None:
    cluster = found("Shop", Cluster)
    find = graph().find
    assert find("shop", Cluster) is cluster
    assert find("shop") is None  # a task definition has that name too
    assert find(f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/shop") is cluster
    assert find(f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/shop") is None
    assert find(f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/shop:7") is found("Task", Node)
    assert find("shop:7") is found("Task", Node)
    assert find("shop:latest") is None
    assert find(f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:shop/database-AbCdEf") is (
        found("Secret", Secret)
    )
    assert find("arn:aws:iam::123456789012:role/app") is found("TaskRole", Role)
    nothing: list[Value] = [None, 7, [], {}, "", "nobody", Import("x"), ["shop"]]
    assert [find(each) for each in nothing] == [None] * len(nothing)
