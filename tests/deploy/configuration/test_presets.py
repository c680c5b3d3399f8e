import pytest

from deploy.ecs.configuration import PRESETS
from deploy.ecs.configuration.model import Deployment
from tests.deploy.deployments import deployment


@pytest.mark.parametrize("preset", PRESETS)
def test_whole_by_itself(preset: str) -> None:
    """A deployment that says no more than where and which services."""
    found = deployment(preset)
    for name in PRESETS[preset]:
        assert name in Deployment.model_fields
    assert (found.launch == "fargate") == (preset == "fargate")


def test_free_tier_pays_for_no_way_out() -> None:
    found = deployment("free-tier")
    assert (found.tasks_in, found.egress, found.postgresql.backup_days) == ("public", "none", 1)


def test_private_has_no_public_address() -> None:
    found = deployment("private")
    assert (found.tasks_in, found.egress, found.network_mode) == ("private", "endpoints", "awsvpc")


def test_a_setting_says_otherwise() -> None:
    found = deployment("private", network_mode="host", instances={"max": 4})
    assert (found.network_mode, found.instances.min, found.instances.max) == ("host", 2, 4)
