import json
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.ecs.clock import Clock
from deploy.ecs.down.down import Removal
from deploy.ecs.rehearsal.cloud import Cloud
from tests.deploy.cli.conftest import Run
from tests.deploy.cli.shop import Shop, Tasks


@pytest.fixture(scope="module")
def doomed(cloud: Cloud, clock: Clock, tasks: Tasks, folder: Path) -> Shop:
    shop = Shop.new(cloud, clock, tasks, folder, "doomed")
    shop.deploy()
    return shop


def test_nothing_there(absent: Shop, run: Run) -> None:
    ended = run("down", absent)
    assert (ended.code, ended.out) == (0, "Nothing is deployed of little-ecom in absent.\n")


def test_says_what_goes_and_asks(doomed: Shop, run: Run) -> None:
    ended = run("down", doomed)
    assert ended.code == 1
    assert "There is nobody here to answer" in ended.err
    assert "PostgreSQL little-ecom-doomed with all rows" in ended.err
    assert "the secret little-ecom/doomed/accounts/owner" in ended.err
    assert "1 image in little-ecom-doomed" in ended.err
    assert "the log /little-ecom/doomed" in ended.err
    assert doomed.stack("accounts").status == "CREATE_COMPLETE"


def test_another_name_is_no_consent(doomed: Shop, run: Run) -> None:
    ended = run("down", doomed, answers="production\n")
    assert ended.code == 1
    assert "That is not doomed. Nothing was changed." in ended.err
    assert doomed.stack("accounts").status == "CREATE_COMPLETE"


def test_interrupted(doomed: Shop, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has begun goes on, and the next command with it."""
    with monkeypatch.context() as patch:
        patch.setattr(Removal, "look", interrupt_after(Removal.look))
        ended = run("down", doomed, "--keep-data", "--yes")
    assert ended.code == 130
    assert "the same command given again goes on from there" in ended.err
    assert doomed.stack("accounts").status in {None, "DELETE_IN_PROGRESS"}
    assert doomed.stack("cluster").status not in {None, "DELETE_IN_PROGRESS"}


def interrupt_after(look: Callable[[Removal, str], None]) -> Callable[[Removal, str], None]:
    def looked(removal: Removal, name: str) -> None:
        look(removal, name)
        raise KeyboardInterrupt

    return looked


def test_keeps_data(doomed: Shop, run: Run) -> None:
    ended = run("down", doomed, "--keep-data", "--format", "json", answers="doomed\n")
    assert ended.code == 0, ended.err
    assert doomed.stack("cluster").status is None
    assert doomed.stack("data").status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    deleted = json.loads(ended.out)["deleted"]
    assert "cluster" in deleted
    assert "network" not in deleted


def test_held_resource(doomed: Shop, run: Run) -> None:
    """It is tried again, and then said what holds it."""
    held = "resource sg-1 has a dependent object (Service: Ec2, Status Code: 400)"
    doomed.cloud.fail("PostgreSQLSecurityGroup", "delete", held, times=4)
    ended = run("down", doomed, "--yes")
    assert ended.code == 1
    assert "Cause: data cannot be deleted: PostgreSQLSecurityGroup" in ended.err
    assert "has a dependent object" in ended.err
    # What it does not hold is gone, what needs it stays.
    assert doomed.stack("registry").status is None
    assert doomed.stack("network").status is not None
    status = run("status", doomed)
    assert "little-ecom-doomed-data is DELETE_FAILED" in status.out


def test_goes_on(doomed: Shop, run: Run) -> None:
    logs = doomed.cloud.client("logs")
    insights = "/aws/ecs/containerinsights/little-ecom-doomed/performance"
    logs.create_log_group(logGroupName=insights)
    doomed.cloud.fail("Vpc", "delete", "The vpc has dependencies and cannot be deleted.")
    ended = run("down", doomed, "--yes", "--format", "json")
    assert ended.code == 0, ended.err
    said = json.loads(ended.out)
    assert insights in said["log_groups"]
    for part in doomed.parts.names:
        assert doomed.stack(part).status is None
    [snapshot] = said["snapshots"]
    assert snapshot["price"] == "at most 2.00 USD a month"


def test_secrets_can_be_restored(doomed: Shop) -> None:
    found = doomed.cloud.client("secretsmanager").describe_secret(
        SecretId="little-ecom/doomed/accounts"
    )
    assert "DeletedDate" in found


def test_nothing_is_left(doomed: Shop) -> None:
    def names(service: str, operation: str, key: str) -> str:
        return json.dumps(getattr(doomed.cloud.client(service), operation)()[key], default=str)

    assert "doomed" not in names("rds", "describe_db_instances", "DBInstances")
    assert "doomed" not in names("elbv2", "describe_load_balancers", "LoadBalancers")
    assert "doomed" not in names("logs", "describe_log_groups", "logGroups")
    assert "doomed" not in names("ecr", "describe_repositories", "repositories")
    assert "doomed" not in names("cloudwatch", "describe_alarms", "MetricAlarms")
    assert "doomed" not in names("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")
