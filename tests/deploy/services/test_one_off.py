from collections.abc import Mapping
from typing import Any

import pytest

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.errors import DeploymentError
from deploy.ecs.services.one_off import OneOffTask, Place
from tests.deploy.amazon import Amazon, RefusedError, Request
from tests.deploy.cluster import CLUSTER, LOG_GROUP, Cluster


@pytest.fixture
def cluster(amazon: Amazon) -> Cluster:
    return Cluster(amazon)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def shown() -> list[str]:
    return []


@pytest.fixture
def task(aws: AWS, clock: Clock, cluster: Cluster, said: list[str], shown: list[str]) -> OneOffTask:
    place = Place(CLUSTER, "FARGATE", LOG_GROUP, ["subnet-0"], ["sg-0"], public_address=True)
    definition = cluster.definition("accounts-migrate")
    return OneOffTask(
        *(aws, clock, place, "the migration of accounts", definition, "accounts/migrate"),
        *(said.append, shown.append),
    )


def test_to_its_end(task: OneOffTask, cluster: Cluster, shown: list[str]) -> None:
    cluster.prints = ["one", "two"]
    task.succeed()
    assert shown == ["one", "two"]
    [request] = cluster.started.values()
    assert request["capacityProviderStrategy"] == [{"capacityProvider": "FARGATE", "weight": 1}]
    network = request["networkConfiguration"]["awsvpcConfiguration"]
    assert network["assignPublicIp"] == "ENABLED"


def test_without_a_network_of_its_own(task: OneOffTask, cluster: Cluster) -> None:
    """As with bridge and host, where ECS refuses a networkConfiguration."""
    task.place = Place(CLUSTER, "instances", LOG_GROUP)
    task.succeed()
    [request] = cluster.started.values()
    assert "networkConfiguration" not in request


def test_waits_for_a_place(task: OneOffTask, cluster: Cluster, said: list[str]) -> None:
    cluster.failures = [[{"reason": "RESOURCE:MEMORY"}], [{"reason": "RESOURCE:ENI"}]]
    task.succeed()
    assert said == ["No place yet: RESOURCE:MEMORY", "No place yet: RESOURCE:ENI"]


@pytest.mark.parametrize(
    ("reason", "fault"),
    [
        ("RESOURCE:MEMORY", "P01"),
        ("RESOURCE:CPU", "P02"),
        ("RESOURCE:ENI", "P03"),
        ("RESOURCE:PORTS", "P05"),
        ("AGENT", "P13"),
        ("EMPTY CAPACITY PROVIDER", "P11"),
    ],
)
def test_no_place_for_a_long_time(
    reason: str, fault: str, task: OneOffTask, cluster: Cluster, clock: Clock
) -> None:
    cluster.failures = [[{"reason": reason}]] * 1000
    task.clock = Clock(rate=100_000)
    with pytest.raises(DeploymentError) as refused:
        task.succeed()
    assert refused.value.fault == fault
    assert "the migration of accounts" in refused.value.cause or fault in {"P11"}
    assert len(cluster.failures) > 900


def test_what_waiting_does_not_mend(task: OneOffTask, cluster: Cluster, said: list[str]) -> None:
    cluster.failures = [[{"reason": "MISSING"}]]
    with pytest.raises(DeploymentError) as refused:
        task.succeed()
    assert refused.value.details == ["RunTask: MISSING"]
    assert said == []


def test_exit_code(task: OneOffTask, cluster: Cluster) -> None:
    cluster.exit_code, cluster.prints = 1, [f"line {number}" for number in range(30)]
    with pytest.raises(DeploymentError) as failed:
        task.succeed()
    error = failed.value
    assert error.cause.startswith("The migration of accounts ended: ")
    assert "exit code 1" in error.cause
    assert error.details[1:] == [f"line {number}" for number in range(10, 30)]


def test_never_started(task: OneOffTask, cluster: Cluster) -> None:
    cluster.exit_code = None
    cluster.stopped = {
        "containers": [{"name": "app"}],
        "stopCode": "TaskFailedToStart",
        "stoppedReason": "ResourceInitializationError: unable to pull secrets or registry auth: "
        "execution resource retrieval failed: unable to retrieve secret from asm: i/o timeout",
    }
    with pytest.raises(DeploymentError) as failed:
        task.succeed()
    assert failed.value.fault == "N03"


def test_role_that_was_just_made(task: OneOffTask, amazon: Amazon, cluster: Cluster) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html: not known everywhere."""
    refusals = [RefusedError("ClientException", "ECS was unable to assume the role 'arn' …")]

    def run(request: Request) -> Mapping[str, Any]:
        if refusals:
            raise refusals.pop()
        return cluster.run(request)

    amazon.answers["RunTask"] = run
    task.succeed()
    assert len(cluster.started) == 1


def test_unknown_for_a_moment(task: OneOffTask, amazon: Amazon, cluster: Cluster) -> None:
    """What RunTask has made DescribeTasks may not know yet."""
    answers = [{"tasks": [], "failures": [{"reason": "MISSING"}]}]
    amazon.answers["DescribeTasks"] = lambda request: (
        answers.pop() if answers else stopped(cluster, request)
    )
    task.succeed()


def test_last_lines_come_late(
    task: OneOffTask, amazon: Amazon, cluster: Cluster, shown: list[str]
) -> None:
    """Such as the link of create_administrator, which is all that its task says."""
    amazon.answers["DescribeTasks"] = lambda request: stopped(cluster, request)
    asked: list[Request] = []

    def late(request: Request) -> Mapping[str, Any]:
        asked.append(request)
        lines = [{"timestamp": 1, "message": "late"}] if len(asked) == 2 else []
        return {"events": lines, "nextForwardToken": "f/1", "nextBackwardToken": "b/1"}

    amazon.answers["GetLogEvents"] = late
    task.succeed()
    assert "late" in shown


def test_instance_that_never_comes(task: OneOffTask, amazon: Amazon, cluster: Cluster) -> None:
    """With a capacity provider RunTask accepts what has no place, and ECS waits."""
    cluster.stopped = {"lastStatus": "PROVISIONING"}
    amazon.answers["StopTask"] = lambda request: {"task": {}}
    task.clock = Clock(rate=100_000)
    with pytest.raises(DeploymentError) as failed:
        task.succeed()
    assert failed.value.fault == "P11"
    [request] = amazon.requests_of("StopTask")
    assert request["task"] in cluster.started


def stopped(cluster: Cluster, request: Request) -> Mapping[str, Any]:
    [described] = cluster.describe(request)["tasks"]
    return {"tasks": [{**described, "lastStatus": "STOPPED"}]}
