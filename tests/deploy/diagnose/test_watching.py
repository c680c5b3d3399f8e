"""What `up` sees while it waits is there for `diagnose` afterwards."""

from pathlib import Path

import pytest

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.diagnose.kept import Kept
from deploy.ecs.services.watch import ServiceWatch
from tests.deploy.amazon import ACCOUNT, REGION, Amazon
from tests.deploy.cluster import CLUSTER, LOG_GROUP, arn
from tests.deploy.running_services import Service


@pytest.fixture
def watch(
    aws: AWS, clock: Clock, amazon: Amazon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ServiceWatch:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    Service(amazon, "accounts", ["IN_PROGRESS"], says="(service accounts) has started 1 tasks.")
    died = {
        "taskArn": arn(f"task/{CLUSTER}/0a1b"),
        "taskDefinitionArn": arn("task-definition/accounts:1"),
        "lastStatus": "STOPPED",
        "createdAt": clock.now().timestamp() + 60,
        "stoppedAt": clock.now().timestamp() + 90,
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "containers": [{"name": "app", "exitCode": 1}],
    }
    amazon.answers["ListTasks"] = lambda request: {
        "taskArns": [died["taskArn"]] if request["desiredStatus"] == "STOPPED" else []
    }
    amazon.answers["DescribeTasks"] = lambda request: {"tasks": [died]}
    amazon.answers["GetLogEvents"] = lambda request: {
        "events": [] if "nextToken" in request else [{"timestamp": 0, "message": "last words"}],
        "nextForwardToken": "end",
    }
    return ServiceWatch(aws, CLUSTER, "accounts", LOG_GROUP, clock.now())


def test_kept(watch: ServiceWatch) -> None:
    watch.look()
    watch.look()
    found, wrong = Kept.of(ACCOUNT, REGION, CLUSTER, "accounts").read()
    assert wrong == ""
    assert [each.source for each in found] == ["task", "service"]
    [task] = [each.task for each in found if each.task]
    assert (task.id, task.exit_code, task.lines) == ("0a1b", 1, ("last words",))


def test_a_file_that_cannot_be_written_stops_nothing(watch: ServiceWatch, tmp_path: Path) -> None:
    (tmp_path / "little-ecom").write_text("in the way")
    said: list[str] = []
    watch.say = said.append
    watch.look()
    assert any("cannot be kept" in each for each in said)
    assert watch.evidence.stopped
