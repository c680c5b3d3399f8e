import json
from collections.abc import Callable

from tests.deploy.cluster import IMAGE, Cluster
from tests.deploy.running.conftest import Run

Marks = Callable[[], dict[str, str]]


def test_one_service(run: Run, cluster: Cluster, marks: Marks) -> None:
    cluster.prints = ["Applying accounts.0001_initial... OK"]
    ended = run("migrate", "accounts")
    assert (ended.code, ended.out) == (0, "Migrated: accounts\n")
    assert "Applying accounts.0001_initial... OK" in ended.err
    [request] = cluster.started.values()
    assert "task-definition/accounts-migrate:" in request["taskDefinition"]
    assert request["overrides"] == {"containerOverrides": []}
    assert request["networkConfiguration"]["awsvpcConfiguration"] == {
        "subnets": ["subnet-0a", "subnet-0b"],
        "securityGroups": ["sg-0a1b"],
        "assignPublicIp": "DISABLED",
    }
    assert marks()["Migrated"] == IMAGE


def test_options_are_passed_on(run: Run, cluster: Cluster, marks: Marks) -> None:
    """They may go back: the mark goes, so that the next deployment migrates."""
    run("migrate", "accounts")
    ended = run("migrate", "accounts", "--", "accounts", "zero", "--plan")
    assert ended.code == 0
    *_, request = cluster.started.values()
    command = ["migrate", "accounts", "zero", "--plan"]
    assert request["overrides"] == {"containerOverrides": [{"name": "app", "command": command}]}
    assert marks()["Migrated"] == ""


def test_failure(run: Run, cluster: Cluster, marks: Marks) -> None:
    run("migrate", "accounts")
    cluster.exit_code, cluster.prints = 1, ["relation does not exist"]
    ended = run("migrate", "accounts", "--format", "json")
    assert ended.code == 1
    error = json.loads(ended.out)["error"]
    assert "The migration of accounts ended" in error["cause"]
    assert "relation does not exist" in error["details"]
    assert marks()["Migrated"] == ""


def test_all_services_where_one_is_not_deployed(run: Run, cluster: Cluster) -> None:
    ended = run("migrate")
    assert ended.code == 1
    assert len(cluster.started) == 1
    assert "The stack little-ecom-production-catalog-tasks is not there." in ended.err


def test_unknown_service(run: Run, cluster: Cluster) -> None:
    ended = run("migrate", "orders")
    assert ended.code == 2
    assert "There is no service orders in deployment.toml; it has: accounts, catalog." in ended.err


def test_through_a_bastion_that_is_not_there(run: Run, cluster: Cluster, marks: Marks) -> None:
    run("migrate", "accounts")
    ended = run("migrate", "accounts", "--through", "bastion")
    assert ended.code == 1
    assert "There is no bastion" in ended.err
    assert marks()["Migrated"] == IMAGE
