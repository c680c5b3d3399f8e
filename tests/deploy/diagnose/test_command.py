"""Of any service of ECS, without a deployment.toml."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.ecs.cli import diagnose
from deploy.ecs.cli.main import main
from deploy.ecs.cli.options import Options
from deploy.ecs.clock import Clock
from deploy.ecs.diagnose.text import told
from tests.deploy.diagnose.replay import Answer, Replay
from tests.deploy.diagnose.shapes import NOW, diagnosed, event, recorded, service, task

DIED = recorded(service(), [task(1)], lines=["one", "CommandError: There is no table."])


class Ended:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no deployment.toml."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(Options, "clock", Clock(rate=0, began_at=NOW))


Run = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(answers: dict[str, Answer], *arguments: str) -> Ended:
        monkeypatch.setattr(diagnose, "connect", lambda region, profile: Replay(answers))
        code = 0
        try:
            main(["diagnose", "--cluster", "shop", "--region", "eu-central-1", *arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Ended(code, *capsys.readouterr())

    return run


def test_well(run: Run) -> None:
    ended = run(recorded(), "--service", "web")
    assert ended.code == 0
    assert "web in shop" in ended.out
    assert "Nothing is wrong." in ended.out


def test_all_services_of_the_cluster(run: Run) -> None:
    answers = DIED | {"ecs.ListServices": {"serviceArns": ["arn:x:service/shop/web"]}}
    ended = run(answers)
    assert ended.code == 1
    assert "Cause: The service web ended: There is no table." in ended.out


def test_json(run: Run) -> None:
    answers = DIED | {"elbv2.DescribeTargetHealth": "AccessDenied"}
    ended = run(answers, "--service", "web", "--format", "json")
    found = json.loads(ended.out)
    assert (ended.code, found["well"], ended.err) == (1, False, "")
    [web] = found["services"]
    assert web["problem"]["evidence"][-1] == "CommandError: There is no table."
    assert next(each["text"] for each in web["timeline"] if each["source"] == "log") == "one"
    assert web["timeline"] == sorted(web["timeline"], key=lambda each: each["at"])
    assert web["not_looked_at"][0].startswith("target health: AccessDenied")


def test_no_such_cluster(run: Run) -> None:
    answers: dict[str, Answer] = {
        "ecs.DescribeServices": "ClusterNotFoundException",
        "ecs.ListClusters": {"clusterArns": []},
    }
    ended = run(answers, "--service", "web")
    assert ended.code == 1
    assert "There is no cluster shop in eu-central-1" in ended.err
    answers["ecs.ListServices"] = "ClusterNotFoundException"
    assert "There is no cluster shop" in run(answers).err


@pytest.mark.parametrize(
    ("code", "said"),
    [("ExpiredTokenException", "have expired"), ("InvalidClientTokenId", "does not know these")],
)
def test_credentials_that_end_meanwhile(code: str, said: str, run: Run) -> None:
    ended = run({"ecs.DescribeServices": code}, "--service", "web")
    assert ended.code == 1
    assert said in ended.err


def test_no_region(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(SystemExit):
        main(["diagnose", "--cluster", "shop"])
    assert "Give --region" in capsys.readouterr().err


def test_nothing_is_kept(tmp_path: Path, run: Run) -> None:
    run(DIED, "--service", "web", "--no-keep")
    assert not (tmp_path / "state").exists()
    run(DIED, "--service", "web")
    assert [each.name for each in (tmp_path / "state").rglob("*.jsonl")] == ["web.jsonl"]


def test_lines_of_a_log_once() -> None:
    """With their own time, where that is known, else with their task's."""
    now = diagnosed(DIED, keep=True)
    logs = [each for each in told(now.timeline) if each.source == "log"]
    assert [each.text for each in logs] == ["one", "CommandError: There is no table."]
    later = diagnosed(recorded(service(events=[event(1, "has started 1 tasks.")])), keep=True)
    kept = [each for each in told(later.timeline) if each.source == "log"]
    assert [each.text for each in kept] == [each.text for each in logs]
    assert kept[0].at > logs[0].at
