import re
from functools import cache
from itertools import product

import pytest

from tests.deploy.templates.deployed import SECRET, SHAPES, Deployed, Shape
from tests.deploy.templates.rules import refusals
from tests.deploy.templates.stack import read

FARGATE, _, AWSVPC, BRIDGE, PUBLIC_BRIDGE, HOST, PUBLIC_HOST = SHAPES
PARAMETERS = read("service")["Parameters"]
COUNTS = ["1", "2", "3", "4", "6", "8"]
MEMORY = [str(each) for each in PARAMETERS["Memory"]["AllowedValues"]]
CPU = [str(each) for each in PARAMETERS["Cpu"]["AllowedValues"]]
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html, MiB
ON_FARGATE = {
    "256": range(512, 2049, 512),
    "512": range(1024, 4097, 1024),
    "1024": range(2048, 8193, 1024),
    "2048": range(4096, 16385, 1024),
    "4096": range(8192, 30721, 1024),
}
# MiB that tasks can have, and 1024 times its processors.
INSTANCES = {
    "t2.micro": (920, 1024),
    "t3.micro": (920, 2048),
    "t2.small": (1750, 1024),
    "t3.small": (1750, 2048),
    "t2.medium": (3500, 2048),
    "t3.medium": (3500, 2048),
    "c5.large": (3500, 2048),
    "t3.large": (7400, 2048),
    "m5.large": (7400, 2048),
}


@cache
def parameters(shape: Shape) -> dict[str, str]:
    return Deployed(shape).parameters


def refused(shape: Shape, **given: str) -> list[str]:
    return refusals("service", parameters(shape) | given)


@pytest.mark.parametrize(("cpu", "memory"), list(product(CPU, MEMORY)))
def test_fargate_has_the_size(cpu: str, memory: str) -> None:
    """P21. 1536 is a size of Fargate's that is not offered here."""
    exists = int(memory) in ON_FARGATE.get(cpu, ()) and memory != "1536"
    assert bool(refused(FARGATE, Cpu=cpu, Memory=memory)) is not exists


@pytest.mark.parametrize("kind", INSTANCES)
def test_an_instance_has_the_size(kind: str) -> None:
    """P01, P02."""
    assert sorted(INSTANCES) == sorted(PARAMETERS["InstanceType"]["AllowedValues"])
    memory_there, cpu_there = INSTANCES[kind]
    for cpu, memory in product(CPU, MEMORY):
        fits = int(memory) <= memory_there and int(cpu) <= cpu_there
        found = refused(BRIDGE, InstanceType=kind, Cpu=cpu, Memory=memory)
        assert bool(found) is not fits, (cpu, memory)


@pytest.mark.parametrize(("least", "most"), list(product(COUNTS, COUNTS)))
def test_tasks_are_in_order(least: str, most: str) -> None:
    found = refused(FARGATE, MinTasks=least, MaxTasks=most)
    assert bool(found) is (int(least) > int(most))


@pytest.mark.parametrize(("tasks", "instances"), list(product(COUNTS, COUNTS)))
def test_host_has_an_instance_for_each_task(tasks: str, instances: str) -> None:
    """P05."""
    found = refused(HOST, MaxTasks=tasks, InstanceMax=instances)
    assert bool(found) is (int(tasks) > int(instances))
    assert not refused(BRIDGE, MaxTasks=tasks, InstanceMax=instances)


@pytest.mark.parametrize(
    ("shape", "given", "sentence"),
    [
        (FARGATE, {"CapacityProvider": "mine"}, "On Fargate the CapacityProvider is FARGATE."),
        (BRIDGE, {"CapacityProvider": "FARGATE"}, "is that of the cluster's instances"),
        (AWSVPC, {"DatabaseSecurityGroup": ""}, "it is the tasks that reach the database"),
        (AWSVPC, {"PeerSecurityGroup": ""}, "need the cluster's PeerSecurityGroup"),
        (AWSVPC, {"NamespaceId": ""}, "found by the cluster's NamespaceId"),
        (AWSVPC, {"PeerUrl": "https://shop.example.com"}, "peers have private names"),
        (PUBLIC_HOST, {"InstanceSecurityGroup": ""}, "give the cluster's InstanceSecurityGroup"),
        (HOST, {"InternalListenerArn": ""}, "peers need the cluster's InternalListenerArn"),
        (BRIDGE, {"InternalSecurityGroup": ""}, "peers need the cluster's InternalListenerArn"),
        (BRIDGE, {"PeerUrl": "https://shop.example.com"}, "BaseUrl means public addresses"),
        (FARGATE, {"PeerUrl": ""}, "PeerName and PeerUrl are given together"),
        (FARGATE, {"ContainerPort": "2375"}, "Docker's"),
        (FARGATE, {"MorePathPatterns": "/*", "PathPatterns": "/*"}, "not the same"),
    ],
)
def test_refused(shape: Shape, given: dict[str, str], sentence: str) -> None:
    [found] = refused(shape, **given)
    assert sentence in found


@pytest.mark.parametrize(
    ("parameter", "value", "allowed"),
    [
        ("Image", "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:1.0", True),
        ("Image", f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:{'a' * 64}", True),
        ("Image", "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:latest", False),
        ("Image", "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop", False),
        ("Image", "docker.io/library/shop:1.0", False),
        ("DatabaseUrl", "postgresql://host:5432/accounts?sslmode=verify-full", True),
        ("DatabaseUrl", "mongodb://host:27017/catalog?tls=true&replicaSet=rs0", True),
        ("DatabaseUrl", "mongodb://host:27017/catalog?replicaSet=rs0", False),
        ("DatabaseUrl", "postgresql://user:password@host:5432/accounts", False),
        ("DatabaseUrl", "postgresql://host:5432/", False),
        ("DatabaseSecretArn", SECRET.format("accounts"), True),
        ("DatabaseSecretArn", SECRET.format("rds!db-0a-1b"), True),
        ("DatabaseSecretArn", "shop/accounts", False),
        ("DatabaseSecretArn", SECRET.format("accounts") + ":password::", False),
        ("PathPatterns", "/a,/b,/c,/d,/e/*", True),
        ("PathPatterns", "/a,/b,/c,/d,/e,/f", False),
        ("PathPatterns", "a", False),
        ("PeerUrl", "http://catalog.production.shop.internal:8000", True),
        ("PeerUrl", "http://catalog.default.svc.cluster.local:8000", False),
        ("PeerUrl", "http://localhost.localdomain:8000", False),
        ("PeerUrl", "http://127.0.0.1:8000", False),
        ("BaseUrl", "https://shop.example.com/", False),
    ],
)
def test_allowed(parameter: str, value: str, allowed: bool) -> None:
    assert bool(re.fullmatch(PARAMETERS[parameter]["AllowedPattern"], value)) is allowed


@pytest.mark.parametrize(("desired", "count"), [("min", "2"), ("keep", None)])
def test_how_many_tasks(desired: str, count: str | None) -> None:
    deployed = Deployed(FARGATE, {"MinTasks": "2", "MaxTasks": "4", "DesiredCount": desired})
    assert deployed.properties("EcsService").get("DesiredCount") == count


@pytest.mark.parametrize(("most", "scales"), [("2", False), ("3", True)])
def test_scaling(most: str, scales: bool) -> None:
    resources = Deployed(FARGATE, {"MinTasks": "2", "MaxTasks": most}).service.resources
    assert ("Scaling" in resources) is scales


def test_alarms() -> None:
    def alarms(**given: str) -> set[str]:
        found = Deployed(FARGATE, given).service.resources.values()
        return {each.logical_id for each in found if each.type == "AWS::CloudWatch::Alarm"}

    assert alarms() == {
        "CpuAlarm",
        "ErrorAlarm",
        "MemoryAlarm",
        "MissingAlarm",
        "UnhealthyAlarm",
    }
    assert alarms(AlarmTopicArn="") == set()


def test_without_a_peer() -> None:
    deployed = Deployed(FARGATE, {"PeerName": "", "PeerUrl": ""})
    assert not any(
        name.endswith("_URL")
        for name in set(deployed.environment())
        - {
            "BASE_URL",
            "DATABASE_URL",
        }
    )


def test_a_key_of_ones_own() -> None:
    key = "arn:aws:kms:eu-central-1:123456789012:key/0a-1b"
    deployed = Deployed(FARGATE, {"KmsKeyArn": key})
    allowed = deployed.statements("TaskRole")["Key"]
    assert allowed["Resource"] == key
    assert "kms:ViaService" in str(allowed["Condition"])
    assert "Key" not in Deployed(FARGATE).statements("TaskRole")


@pytest.mark.parametrize("shape", [FARGATE, BRIDGE])
def test_the_container_can_do_little(shape: Shape) -> None:
    container = Deployed(shape).container()
    assert container["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    assert container["ReadonlyRootFilesystem"] is True
    assert not {"Secrets", "Privileged", "User"} & set(container)


def test_mail() -> None:
    given = {"MailPort": "587"}
    rules = Deployed(FARGATE, given).properties("TaskSecurityGroup")["SecurityGroupEgress"]
    assert [str(rule["FromPort"]) for rule in rules] == ["443", "5432", "587"]


def test_the_database_port() -> None:
    given = {"DatabasePort": "27017"}
    assert str(Deployed(AWSVPC, given).properties("DatabaseIngress")["FromPort"]) == "27017"
