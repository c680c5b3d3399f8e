import pytest

from tests.deploy.amazon import Amazon
from tests.deploy.cluster import Cluster
from tests.deploy.running.conftest import Run

BASTION = {"InstanceId": "i-0", "Zone": "eu-central-1a", "HostKeyParameter": "/bastion-host-key"}
DATA = {
    "PostgreSQLHost": "db.example.com",
    "PostgreSQLPort": "5432",
    "PostgreSQLSecurityGroup": "sg-0d",
}


def test_without_a_bastion(run: Run, cluster: Cluster, amazon: Amazon) -> None:
    amazon.stack("little-ecom-production-data", DATA)
    ended = run("tunnel", "accounts")
    assert ended.code == 1
    assert "There is no bastion" in ended.err
    assert "(D12)" in ended.err


def test_without_a_database(run: Run, cluster: Cluster, amazon: Amazon) -> None:
    amazon.stack("little-ecom-production-bastion", BASTION)
    ended = run("tunnel", "accounts")
    assert "The stack little-ecom-production-data is not there." in ended.err


def test_without_the_plugin(
    run: Run, cluster: Cluster, amazon: Amazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    amazon.stack("little-ecom-production-data", DATA)
    amazon.stack("little-ecom-production-bastion", BASTION)
    monkeypatch.setenv("PATH", "/nowhere")
    ended = run("tunnel", "accounts", "--port", "15432")
    assert ended.code == 1
    assert "is not on this machine's PATH" in ended.err


def test_port_that_is_none(run: Run, cluster: Cluster) -> None:
    ended = run("tunnel", "accounts", "--port", "70000")
    assert ended.code == 2
    assert "70000" in ended.err
