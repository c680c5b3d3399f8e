"""A first deployment, an update and a roll-back that fail: `status` explains, `up` recovers."""

from collections.abc import Iterator

import pytest

from deploy.ecs.errors import DeploymentError
from deploy.ecs.progress import silent
from deploy.ecs.rehearsal.rehearsal import Rehearsal, new_image
from deploy.ecs.status.status import Asking
from tests.deploy.rehearsal.deploying import of_preset

WHY = "Internal failure"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    deployment = of_preset("fargate", tmp_path_factory.mktemp("shop"))
    with Rehearsal(deployment, silent()) as rehearsal:
        yield rehearsal


def fails(shop: Rehearsal) -> DeploymentError:
    with pytest.raises(DeploymentError) as failed:
        shop.up(new_image)
    return failed.value


def explained(shop: Rehearsal, stack_status: str) -> str:
    """What status says is wrong."""
    found = Asking(shop.aws, shop.parts, shop.clock, shop.http()).status()
    assert stack_status in {each.status for each in found.stacks}
    return "\n".join(f"{each} {each.details}" for each in found.problems)


def test_first_deployment(shop: Rehearsal) -> None:
    shop.cloud.fail("LoadBalancer", "create", WHY)
    error = fails(shop)
    assert WHY in error.cause
    assert "cluster" in error.cause
    assert WHY in explained(shop, "ROLLBACK_COMPLETE")
    shop.trade(shop.up(new_image))


def test_update(shop: Rehearsal) -> None:
    shop.cloud.fail("EcsService", "update", WHY)
    assert WHY in fails(shop).cause
    explained(shop, "UPDATE_ROLLBACK_COMPLETE")
    shop.trade(shop.up(new_image))


def test_roll_back(shop: Rehearsal) -> None:
    shop.cloud.fail("EcsService", "update", WHY, times=2)
    fails(shop)
    assert WHY in explained(shop, "UPDATE_ROLLBACK_FAILED")
    shop.trade(shop.up(new_image))
