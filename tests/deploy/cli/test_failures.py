"""What `status` says of stacks that failed, and that the next `up` brings them back."""

from pathlib import Path

import pytest

from deploy.ecs.clock import Clock
from deploy.ecs.errors import DeploymentError
from deploy.ecs.rehearsal.cloud import Cloud
from tests.deploy.cli.conftest import Run
from tests.deploy.cli.shop import Shop, Tasks


@pytest.fixture(scope="module")
def failing(cloud: Cloud, clock: Clock, tasks: Tasks, folder: Path) -> Shop:
    return Shop.new(cloud, clock, tasks, folder, "failing")


def test_first_deployment(failing: Shop, run: Run) -> None:
    failing.cloud.fail("Repository", "create", "The repository is not to be.")
    with pytest.raises(DeploymentError, match="ROLLBACK_COMPLETE"):
        failing.up().deploy(failing.parts.registry())
    ended = run("status", failing)
    assert ended.code == 1
    assert "little-ecom-failing-registry is ROLLBACK_COMPLETE" in ended.out
    assert "The repository is not to be." in ended.out
    assert "up deletes what is left of it and creates it again" in ended.out
    planned = run("plan", failing)
    assert "registry will be created again" in planned.out
    failing.up().deploy(failing.parts.registry())
    assert failing.stack("registry").status == "CREATE_COMPLETE"


def test_update(failing: Shop, run: Run) -> None:
    failing.up().deploy(failing.parts.network())
    assert run("status", failing).code == 1  # the rest is missing
    update = {"Egress": "nat"}
    part = failing.parts.network()
    assert part
    part.parameters.update(update)
    failing.cloud.fail("NatGatewayFirst", "create", "No gateway today.")
    with pytest.raises(DeploymentError, match="No gateway today"):
        failing.up().deploy(part)
    out = run("status", failing).out
    assert "UPDATE_ROLLBACK_COMPLETE" in out
    assert "it is as it was before" in out
    assert "No gateway today." in out
    failing.up().deploy(part)
    assert failing.stack("network").status == "UPDATE_COMPLETE"
