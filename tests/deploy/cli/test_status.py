import json

import pytest

from deploy.ecs.services.state import Services
from tests.deploy.cli.conftest import Run
from tests.deploy.cli.shop import TASK, Answering, Shop, dead_task


def test_nothing_deployed(absent: Shop, run: Run) -> None:
    ended = run("status", absent)
    assert ended.code == 0
    assert ended.out.startswith("Nothing is deployed of little-ecom in absent")


def test_all_is_well(shop: Shop, run: Run) -> None:
    ended = run("status", shop, "--format", "json")
    found = json.loads(ended.out)
    assert (ended.code, found["well"], found["problems"]) == (0, True, [])
    accounts = next(each for each in found["services"] if each["name"] == "accounts")
    assert (accounts["running"], accounts["desired"]) == (1, 1)
    assert accounts["rollout"] == "COMPLETED"
    assert accounts["image"] == shop.images["first"]
    assert accounts["image_name"].startswith("first (sha256:")
    assert found["answers"] == {"accounts": "", "catalog": ""}
    assert found["databases"] == {"little-ecom-production": "available"}


def test_text(shop: Shop, run: Run) -> None:
    out = run("status", shop).out
    assert "little-ecom-production-cluster" in out
    assert "1/1" in out
    assert "All is well." in out


def test_alarm(shop: Shop, run: Run) -> None:
    cloudwatch = shop.cloud.client("cloudwatch")
    names = [each["AlarmName"] for each in cloudwatch.describe_alarms()["MetricAlarms"]]
    name = next(each for each in names if "production-accounts-MissingAlarm" in each)
    state = {"AlarmName": name, "StateReason": "Threshold crossed"}
    cloudwatch.set_alarm_state(**state, StateValue="ALARM")
    ended = run("status", shop)
    cloudwatch.set_alarm_state(**state, StateValue="OK")
    assert ended.code == 1
    assert f"The alarm {name} is on: Threshold crossed" in ended.out


def test_no_answer(shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answering, "status", 503)
    ended = run("status", shop, "--format", "json")
    assert ended.code == 1
    assert json.loads(ended.out)["answers"]["accounts"] == "answers 503"


def test_dead_task(shop: Shop, run: Run) -> None:
    """One cause and one cure, with what the task said last."""
    with dead_task(shop, "accounts", exit_code=1):
        shop.write("accounts", f"app/{TASK}", "FATAL: password authentication failed for user")
        ended = run("status", shop)
    assert ended.code == 1
    assert "0/1" in ended.out
    assert "The database refuses the password of the service accounts" in ended.out
    assert "--bootstrap" in ended.out
    assert "(K10)" in ended.out


def test_service_that_is_gone(shop: Shop) -> None:
    """CloudFormation has deleted it again; its last task is still known."""
    outputs = shop.stack("cluster").outputs()
    services = Services(shop.aws, shop.clock, outputs["Cluster"], outputs["LogGroup"], None)
    family = shop.parts.stack_name("accounts")
    assert services.last_failure("accounts", family) is None
    with dead_task(shop, "accounts", exit_code=1):
        failure = services.last_failure("accounts", family)
    assert failure
    assert failure.fault == "K10"


def test_a_wrong_word_in_json(shop: Shop, run: Run) -> None:
    ended = run("logs", shop, "nosuch", "--format", "json")
    assert ended.code == 2
    assert "There is no service nosuch" in json.loads(ended.out)["error"]["cause"]
