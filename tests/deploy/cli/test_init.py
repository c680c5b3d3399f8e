import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.ecs.configuration import read
from tests.deploy.cli.conftest import Run
from tests.deploy.cli.shop import Shop

CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b"


@pytest.fixture
def nowhere(absent: Shop, tmp_path: Path) -> Shop:
    return replace(absent, file=tmp_path / "deployment.toml")


@pytest.fixture(scope="module")
def zone(cloud: object, clock: object) -> str:
    from deploy.ecs.rehearsal.cloud import Cloud

    assert isinstance(cloud, Cloud)
    zone = cloud.client("route53").create_hosted_zone(Name="example.com", CallerReference="1")
    return str(zone["HostedZone"]["Id"]).rpartition("/")[2]


def test_unattended(nowhere: Shop, run: Run) -> None:
    ended = run("init", nowhere, "--preset", "fargate", "--region", "eu-west-1", "--yes")
    assert ended.code == 0, ended.err
    written = read(nowhere.file)
    assert (written.preset, written.region) == ("fargate", "eu-west-1")
    assert (written.environment, written.allow_http) == ("production", True)
    assert "python -m deploy.ecs plan" in ended.out


def test_region_of_the_configuration(nowhere: Shop, run: Run) -> None:
    assert run("init", nowhere, "--yes").code == 0
    assert read(nowhere.file).region == "eu-central-1"


def test_questions(nowhere: Shop, run: Run, zone: str) -> None:
    answers = "private\n\nshop\nstaging\nshop.example.com\n\nadmin@example.com\n"
    ended = run("init", nowhere, answers=answers)
    assert ended.code == 0, ended.err
    written = read(nowhere.file)
    assert (written.preset, written.project, written.environment) == ("private", "shop", "staging")
    # The zone that the domain is in is the default.
    assert (written.domain, written.hosted_zone) == ("shop.example.com", zone)
    assert written.alarm_email == "admin@example.com"
    assert not written.allow_http
    assert f"{zone}  example.com" in ended.err
    assert "USD a month" in ended.err


def test_nobody_answers(nowhere: Shop, run: Run) -> None:
    ended = run("init", nowhere)
    assert ended.code == 1
    assert "Give --yes" in ended.err
    assert not nowhere.file.exists()


def test_domain_without_https(nowhere: Shop, run: Run) -> None:
    ended = run("init", nowhere, "--domain", "shop.example.org", "--yes")
    assert ended.code == 1
    assert "neither a hosted zone nor a certificate" in ended.err


def test_refused_by_a_template(nowhere: Shop, run: Run) -> None:
    """Nothing is put in place, and nothing left beside it."""
    ended = run("init", nowhere, "--domain", "shop", "--certificate", CERTIFICATE, "--yes")
    assert ended.code == 1
    assert "domain: 'shop' does not match" in ended.err
    assert list(nowhere.file.parent.iterdir()) == []


def test_not_over_another(nowhere: Shop, run: Run) -> None:
    nowhere.file.write_text("# mine\n[environments.production]\n")
    for more in ([], ["--environment", "production"]):
        ended = run("init", nowhere, "--yes", *more)
        assert ended.code == 1
        assert "is there already" in ended.err
        assert nowhere.file.read_text().startswith("# mine")
    assert run("init", nowhere, "--yes", "--force").code == 0
    assert read(nowhere.file).environment == "production"


def test_another_environment(nowhere: Shop, run: Run) -> None:
    """It has an address of its own, and what it does not say is as in the others."""
    own = ["--domain", "shop.example.org", "--certificate", CERTIFICATE]
    assert run("init", nowhere, *own, "--alarm-email", "a@example.com", "--yes").code == 0
    before = nowhere.file.read_text()
    ended = run("init", nowhere, "--environment", "staging", "--http", "--yes", "--format", "json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["next"][0].endswith("--environment staging")
    assert nowhere.file.read_text().startswith(before)
    table = tomllib.loads(nowhere.file.read_text())["environments"]["staging"]
    assert table == {
        "region": "eu-central-1",
        "domain": "",
        "certificate": "",
        "allow_http": True,
    }
    assert read(nowhere.file, "staging").alarm_email == "a@example.com"
    assert read(nowhere.file, "production").domain == "shop.example.org"
