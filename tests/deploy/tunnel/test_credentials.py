from pathlib import Path

import boto3
import pytest

from deploy.ecs.tunnel.credentials import operators
from tests.deploy.tunnel.cloud import Cloud
from tests.ecom.secrets.aws import CREDENTIALS, REGION


def test_nothing_of_the_shops_own_settings(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """A laptop's DATABASE_URL or SECRET_KEY would win over what the deployment has."""
    for name in ("DATABASE_URL", "SECRET_KEY", "ECOM_ENV"):
        monkeypatch.setenv(name, "of the laptop")
    found = operators(cloud.session)
    assert "of the laptop" not in found.values()
    assert found.items() >= CREDENTIALS.items()
    assert (found["AWS_REGION"], "AWS_PROFILE" in found) == (REGION, False)


def test_a_profile(cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    config.write_text("[profile shop]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.delenv("AWS_REGION")
    found = operators(boto3.Session(profile_name="shop"))
    assert (found["AWS_PROFILE"], found["AWS_REGION"]) == ("shop", "eu-west-1")
