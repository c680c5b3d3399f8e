import json
from pathlib import Path

import pytest

from deploy.ecs.clock import Clock
from deploy.ecs.errors import DeploymentError
from deploy.ecs.rehearsal.cloud import Cloud
from tests.deploy.cli.conftest import Run
from tests.deploy.cli.shop import Shop, Tasks


@pytest.fixture(scope="module")
def updated(cloud: Cloud, clock: Clock, tasks: Tasks, folder: Path) -> Shop:
    shop = Shop.new(cloud, clock, tasks, folder, "updated")
    shop.deploy()
    return shop


def test_nothing_to_go_back_to(updated: Shop, run: Run) -> None:
    ended = run("rollback", updated, "--yes")
    assert ended.code == 1
    assert "accounts and catalog ran no other image before" in ended.err


def test_not_deployed(absent: Shop, run: Run) -> None:
    ended = run("rollback", absent, "--yes")
    assert ended.code == 1
    assert "is not there" in ended.err


def test_asks(updated: Shop, run: Run) -> None:
    updated.deploy_services("second")
    ended = run("rollback", updated)
    assert ended.code == 1
    assert "There is nobody here to answer" in ended.err
    assert updated.image("accounts") == updated.images["second"]


def test_one_service(updated: Shop, run: Run) -> None:
    before = updated.stack("accounts").parameters()
    ended = run("rollback", updated, "accounts", "--yes", "--format", "json")
    assert ended.code == 0, ended.err
    said = json.loads(ended.out)["services"]
    assert said["accounts"]["to"] == updated.images["first"]
    assert "second (sha256:" in ended.err
    assert "No migration is taken back" in ended.err
    assert updated.image("accounts") == updated.images["first"]
    assert updated.image("catalog") == updated.images["second"]
    # Nothing else is changed, and not the tasks that migrate.
    after = updated.stack("accounts").parameters()
    assert after == before | {"Image": updated.images["first"]}
    assert updated.image("accounts-tasks") == updated.images["second"]


def test_failed_version_is_not_gone_back_to(updated: Shop, run: Run) -> None:
    updated.tasks.failing = {"catalog"}
    with pytest.raises(DeploymentError):
        updated.update("broken", "catalog")
    updated.tasks.failing = set()
    updated.update("third", "catalog")
    assert run("rollback", updated, "catalog", "--yes").code == 0
    assert updated.image("catalog") == updated.images["second"]


def test_to_image(updated: Shop, run: Run) -> None:
    assert run("rollback", updated, "catalog", "--to", "first", "--yes").code == 0
    assert updated.image("catalog") == updated.images["first"]
    again = run("rollback", updated, "catalog", "--to", "first", "--yes")
    assert "catalog run that image already" in again.err
    unknown = run("rollback", updated, "--to", "never", "--yes")
    assert "has no image never" in unknown.err


def test_no_version_starts(updated: Shop, run: Run) -> None:
    """Not the former one, and not the present one when CloudFormation goes back to it."""
    updated.update("fourth", "accounts")
    updated.tasks.failing = {"accounts"}
    ended = run("rollback", updated, "accounts", "--yes")
    updated.tasks.failing = set()
    assert ended.code == 1
    assert "The service accounts did not become healthy" in ended.err
    assert "Traceback" not in ended.err
    status = run("status", updated)
    assert status.code == 1
    assert "UPDATE_ROLLBACK_FAILED" in status.out
    assert "ECS Deployment Circuit Breaker was triggered" in status.out
    assert "could not be taken back; up goes on with that first" in status.out
    assert "accounts will be mended first" in run("plan", updated, "--image", "fourth").out


def test_next_update_recovers(updated: Shop) -> None:
    updated.update("first", "accounts")
    assert updated.stack("accounts").status == "UPDATE_COMPLETE"
    assert updated.image("accounts") == updated.images["first"]
