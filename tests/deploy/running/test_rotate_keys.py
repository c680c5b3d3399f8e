import json

import pytest

from tests.deploy.cluster import Cluster
from tests.deploy.running.conftest import Run
from tests.deploy.running_services import Service


@pytest.fixture
def service(cluster: Cluster) -> Service:
    return Service(cluster.amazon, "accounts", ["IN_PROGRESS", "COMPLETED"])


def test_keys_and_then_tasks(run: Run, cluster: Cluster, service: Service) -> None:
    ended = run("rotate-keys", "accounts")
    assert ended.code == 0
    assert "No token became invalid" in ended.out
    [request] = cluster.started.values()
    assert "task-definition/accounts-keys:" in request["taskDefinition"]
    assert request["overrides"] == {"containerOverrides": []}
    assert [each["forceNewDeployment"] for each in service.updates] == [True]


def test_force(run: Run, cluster: Cluster, service: Service) -> None:
    assert run("rotate-keys", "accounts", "--force").code == 0
    [request] = cluster.started.values()
    [override] = request["overrides"]["containerOverrides"]
    assert override["command"] == ["manage", "rotate_signing_key", "--force"]


def test_too_soon(run: Run, cluster: Cluster, service: Service) -> None:
    """The command's own sentence is the cause, and no task is replaced."""
    said = "The next key is not known everywhere yet. Rotate again in 200 seconds"
    cluster.exit_code, cluster.prints = 1, [f"CommandError: {said}"]
    ended = run("rotate-keys", "accounts", "--format=json")
    assert ended.code == 1
    assert said in json.loads(ended.out)["error"]["cause"]
    assert not service.updates


def test_new_tasks_fail(run: Run, cluster: Cluster, service: Service) -> None:
    service.states = ["IN_PROGRESS", "FAILED"]
    service.says = "(service accounts) (port 8000) is unhealthy in (target-group t) due to (reason "
    service.says += "Health checks failed with these codes: [404])."
    ended = run("rotate-keys", "accounts")
    assert ended.code == 1
    assert "(B01)" in ended.err
    assert "No token became invalid" not in ended.out
