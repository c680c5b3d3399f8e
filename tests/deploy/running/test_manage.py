import json

import pytest

from tests.deploy.cluster import Cluster
from tests.deploy.running.conftest import Run


def test_output_and_exit_code_are_the_commands(run: Run, cluster: Cluster) -> None:
    cluster.prints, cluster.exit_code = ["line one", "[line] two"], 3
    ended = run("manage", "accounts", "--", "check", "--deploy")
    assert (ended.code, ended.out) == (3, "line one\n[line] two\n")
    [request] = cluster.started.values()
    assert "task-definition/accounts:" in request["taskDefinition"]
    [override] = request["overrides"]["containerOverrides"]
    assert override == {"name": "app", "command": ["manage", "check", "--deploy"]}


def test_json(run: Run, cluster: Cluster) -> None:
    cluster.prints = ["line"]
    ended = run("manage", "accounts", "--format", "json", "--", "check")
    assert ended.code == 0
    result = json.loads(ended.out)
    assert result == {"task": f"{0:032x}", "exit_code": 0, "output": ["line"]}


def test_task_that_never_started(run: Run, cluster: Cluster) -> None:
    cluster.stopped = {
        "containers": [{"name": "app"}],
        "stopCode": "TaskFailedToStart",
        "stoppedReason": "CannotPullContainerError: pull image manifest has been retried 1 time(s):"
        " failed to resolve ref: not found",
    }
    ended = run("manage", "accounts", "--", "check")
    assert ended.code == 1
    assert "(I01)" in ended.err


@pytest.mark.parametrize(
    ("command", "cure"),
    [
        ("shell", "exec accounts -- python manage.py shell"),
        ("dbshell", "tunnel accounts"),
        ("createsuperuser", "manage accounts -- create_administrator ADDRESS"),
        ("changepassword", "manage accounts -- password_link ADDRESS"),
        ("migrate", "migrate accounts"),
        ("rotate_signing_key", "rotate-keys accounts"),
        ("make_signing_keys", "rotate-keys accounts"),
    ],
)
def test_what_needs_another_way(command: str, cure: str, run: Run, cluster: Cluster) -> None:
    ended = run("manage", "accounts", "--", command)
    assert ended.code == 1
    assert f"python -m deploy.ecs {cure}." in ended.err
    assert not cluster.started


def test_shell_with_a_command(run: Run, cluster: Cluster) -> None:
    assert run("manage", "accounts", "--", "shell", "--command", "print(1)").code == 0


def test_without_a_command(run: Run, cluster: Cluster) -> None:
    ended = run("manage", "accounts")
    assert ended.code == 2
    assert "SERVICE -- COMMAND..." in ended.err
    assert "Give the command behind --" in ended.err
