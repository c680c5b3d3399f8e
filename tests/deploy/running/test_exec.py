import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.ecs.image import ROOT
from tests.deploy.amazon import Amazon, RefusedError
from tests.deploy.cluster import CLUSTER, Cluster, arn, now
from tests.deploy.running.conftest import Run
from tests.deploy.running_services import Service

SESSION = {"sessionId": "ecs-execute-command-0", "streamUrl": "wss://x", "tokenValue": "T0KEN"}
# It notes how it was called.
PLUGIN = """\
#!{python}
import json, os, sys
called = [sys.argv[1:], os.environ["AWS_SSM_START_SESSION_RESPONSE"], os.environ["AWS_REGION"]]
open({path!r}, "w").write(json.dumps(called))
sys.exit(7)
"""


def task(number: int, **more: Any) -> dict[str, Any]:
    agent = {"name": "ExecuteCommandAgent", "lastStatus": "RUNNING"}
    return {
        "taskArn": arn(f"task/{CLUSTER}/{number:032x}"),
        "taskDefinitionArn": arn("task-definition/accounts:1"),
        "lastStatus": "RUNNING",
        "createdAt": now() + number,
        "enableExecuteCommand": True,
        "containers": [{"name": "app", "runtimeId": f"r{number}", "managedAgents": [agent]}],
        **more,
    }


def with_agent(**agent: str) -> list[dict[str, Any]]:
    named = {"name": "ExecuteCommandAgent", **agent}
    return [{"name": "app", "runtimeId": "r", "managedAgents": [named]}]


class Tasks:
    def __init__(self, amazon: Amazon) -> None:
        self.tasks = [task(1)]
        self.refusal: RefusedError | None = None
        amazon.answers |= {
            "ListTasks": lambda request: {"taskArns": [each["taskArn"] for each in self.tasks]},
            "DescribeTasks": lambda request: {
                "tasks": [each for each in self.tasks if each["taskArn"] in request["tasks"]]
            },
            "ExecuteCommand": self.execute,
        }

    def execute(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.refusal:
            raise self.refusal
        return {"session": SESSION, "clusterArn": arn(f"cluster/{CLUSTER}"), **request}


@pytest.fixture
def service(cluster: Cluster) -> Service:
    return Service(cluster.amazon, "accounts", ["COMPLETED"], exec=True)


@pytest.fixture
def tasks(service: Service, plugin: Path) -> Tasks:
    return Tasks(service.amazon)


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where it notes its call."""
    noted, program = tmp_path / "called.json", tmp_path / "bin" / "session-manager-plugin"
    program.parent.mkdir()
    program.write_text(PLUGIN.format(python=sys.executable, path=str(noted)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    return noted


@pytest.fixture
def run_apart(run: Run) -> Callable[..., int]:
    """In a process of its own, which becomes the session. Its exit code."""

    def start(*arguments: str) -> int:
        words = [sys.executable, "-m", "deploy.ecs", *arguments]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        return subprocess.run(words, env=environment, timeout=60, check=False).returncode

    return start


def test_command(run_apart: Callable[..., int], tasks: Tasks, amazon: Amazon, plugin: Path) -> None:
    tasks.tasks = [task(1), task(2)]
    code = run_apart("exec", "accounts", "--", "python", "manage.py", "shell", "-c", "print('a b')")
    assert code == 7
    [request] = amazon.requests_of("ExecuteCommand")
    assert request == {
        "cluster": CLUSTER,
        "task": task(2)["taskArn"],  # the newest
        "container": "app",
        "command": """python manage.py shell -c 'print('"'"'a b'"'"')'""",
        "interactive": True,
    }
    arguments, session, region = json.loads(plugin.read_text())
    target = {"Target": f"ecs:{CLUSTER}_{2:032x}_r2"}
    assert arguments[:4] == ["AWS_SSM_START_SESSION_RESPONSE", region, "StartSession", ""]
    assert json.loads(arguments[4]) == target
    assert arguments[5:] == [amazon.url]
    assert json.loads(session) == SESSION


def test_shell_in_the_task_that_is_named(
    run_apart: Callable[..., int], tasks: Tasks, amazon: Amazon
) -> None:
    tasks.tasks = [task(1), task(2)]
    assert run_apart("exec", "accounts", "--task", f"{1:032x}") == 7
    [request] = amazon.requests_of("ExecuteCommand")
    assert (request["task"], request["command"]) == (task(1)["taskArn"], "/bin/sh")


def test_newest_that_was_started_with_it(run: Run, tasks: Tasks, amazon: Amazon) -> None:
    """During the deployment that switches it on."""
    tasks.refusal = RefusedError("TargetNotConnectedException", "-")
    tasks.tasks = [task(1), task(2, enableExecuteCommand=False)]
    run("exec", "accounts")
    assert amazon.requests_of("ExecuteCommand")[0]["task"] == task(1)["taskArn"]


def test_agent_that_starts(run: Run, tasks: Tasks, amazon: Amazon) -> None:
    tasks.refusal = RefusedError("TargetNotConnectedException", "-")
    states = iter(["PENDING", "PENDING", "RUNNING"])
    amazon.answers["DescribeTasks"] = lambda request: {
        "tasks": [task(1, containers=with_agent(lastStatus=next(states)))]
    }
    run("exec", "accounts")
    assert len(amazon.requests_of("ExecuteCommand")) == 1


def test_without_the_plugin(
    run: Run, tasks: Tasks, amazon: Amazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    ended = run("exec", "accounts")
    assert ended.code == 1
    assert "session-manager-plugin" in ended.err
    assert "Install AWS's Session Manager plugin" in ended.err
    assert not amazon.requests_of("ExecuteCommand")


def refused(run: Run, *arguments: str) -> str:
    ended = run("exec", "accounts", *arguments)
    assert ended.code == 1
    assert "Traceback" not in ended.err
    return ended.err


def test_switched_off(run: Run, tasks: Tasks, service: Service) -> None:
    service.exec = False
    said = refused(run)
    assert "ECS Exec is switched off for the service accounts. (E02)" in said
    assert "Set exec = true in deployment.toml" in said


def test_task_from_before_it_was_switched_on(run: Run, tasks: Tasks) -> None:
    tasks.tasks = [task(1, enableExecuteCommand=False)]
    assert "which is older than the setting. (E02)" in refused(run)


def test_refused_as_switched_off(run: Run, tasks: Tasks) -> None:
    tasks.refusal = RefusedError(
        "InvalidParameterException",
        "The execute command failed because execute command was not enabled when the task was run "
        "or the execute command agent isn\u2019t running.",
    )
    assert "(E02)" in refused(run)


def test_agent_without_a_connection(run: Run, tasks: Tasks) -> None:
    tasks.refusal = RefusedError(
        "TargetNotConnectedException",
        "The execute command failed due to an internal error. Try again later.",
    )
    said = refused(run)
    assert "(E01)" in said
    assert "ssmmessages:CreateControlChannel" in said


@pytest.mark.parametrize("agent", [{"lastStatus": "STOPPED", "reason": "no role"}, {}])
def test_agent_that_does_not_run(
    agent: dict[str, str], run: Run, tasks: Tasks, cluster: Cluster
) -> None:
    cluster.definition("exec")
    found = task(1, containers=with_agent(**agent) if agent else [{"name": "app"}])
    tasks.tasks = [found | {"taskDefinitionArn": "exec"}]
    said = refused(run)
    assert "(E01)" in said
    assert agent.get("reason", "") in said


def test_read_only(run: Run, tasks: Tasks, cluster: Cluster) -> None:
    cluster.definition("exec", readonlyRootFilesystem=True)
    found = task(1, containers=with_agent(lastStatus="STOPPED"))
    tasks.tasks = [found | {"taskDefinitionArn": "exec"}]
    assert "its root file system is read-only. (E03)" in refused(run)


def test_nothing_runs(run: Run, tasks: Tasks) -> None:
    tasks.tasks = []
    said = refused(run)
    assert "No task of accounts runs. (E05)" in said
    assert "python -m deploy.ecs logs accounts" in said


def test_it_is_starting(run: Run, tasks: Tasks) -> None:
    tasks.tasks = [task(1, lastStatus="PENDING")]
    assert f"No task of accounts runs: {1:032x} is PENDING." in refused(run)


def test_no_such_task(run: Run, tasks: Tasks) -> None:
    assert "No task gone of accounts runs." in refused(run, "--task", "gone")


def test_service_that_is_not_deployed(run: Run, tasks: Tasks) -> None:
    ended = run("exec", "catalog")
    assert ended.code == 1
    assert "The stack little-ecom-production-catalog is not there." in ended.err
