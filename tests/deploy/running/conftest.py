from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.ecs.cli import options
from deploy.ecs.cli.main import main
from deploy.ecs.clock import Clock
from deploy.ecs.configuration.text import deployment_text
from tests.deploy.amazon import REGION, Amazon
from tests.deploy.cluster import CLUSTER, LOG_GROUP, Cluster

OWNER = "little-ecom/production/accounts/owner"


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """A command in a folder with a deployment.toml."""
    text = deployment_text(preset="fargate", region=REGION)
    (tmp_path / "deployment.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(options, "Clock", lambda: Clock(rate=1_000))

    def run(*arguments: str) -> Ended:
        code = 0
        try:
            main(list(arguments))
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        read = capfd.readouterr()
        return Ended(code, read.out, read.err)

    return run


@pytest.fixture
def cluster(amazon: Amazon) -> Cluster:
    """With accounts deployed in it, as far as the outputs of its stacks."""
    cluster = Cluster(amazon)
    groups = {"TaskSecurityGroups": "sg-0a1b", "AssignPublicIp": "DISABLED"}
    stacks = {
        "network": {"PrivateSubnets": "subnet-0a,subnet-0b", "PublicSubnets": "subnet-0c"},
        "cluster": {
            "Cluster": CLUSTER,
            "CapacityProvider": "FARGATE",
            "LogGroup": LOG_GROUP,
            "BaseUrl": "https://shop.example.com",
        },
        "accounts-tasks": groups
        | {
            "MigrationTaskDefinition": cluster.definition("accounts-migrate"),
            "KeysTaskDefinition": cluster.definition("accounts-keys"),
        },
        "accounts": groups | {"TaskDefinition": cluster.definition("accounts")},
    }
    for name, outputs in stacks.items():
        amazon.stack(f"little-ecom-production-{name}", outputs)
    amazon.client("secretsmanager").create_secret(Name=OWNER, SecretString="{}")
    return cluster


@pytest.fixture
def marks(amazon: Amazon) -> Callable[[], dict[str, str]]:
    """What was done, as the owner's secret tells."""

    def read() -> dict[str, str]:
        tags = amazon.client("secretsmanager").describe_secret(SecretId=OWNER)["Tags"]
        return {each["Key"]: each["Value"] for each in tags}

    return read
