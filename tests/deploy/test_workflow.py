"""The workflow that deploys: what it may do, and that its commands are the command line's."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.test_docs import LINE, parse

PATH = Path(__file__).resolve().parents[2] / ".github" / "workflows" / "deploy.yml"
WORKFLOW: dict[Any, Any] = yaml.safe_load(PATH.read_text())
JOBS: dict[str, dict[str, Any]] = WORKFLOW["jobs"]
TRIGGERS: dict[str, Any] = WORKFLOW[True]  # YAML reads "on" as yes


def runs(job: str) -> list[str]:
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


def used(job: str) -> dict[str, dict[str, Any]]:
    """The actions, with what they are given."""
    steps = [step for step in JOBS[job]["steps"] if "uses" in step]
    return {step["uses"].partition("@")[0]: step.get("with", {}) for step in steps}


def test_who_may_what() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    for job in JOBS.values():
        assert job["permissions"] == {"contents": "read", "id-token": "write"}


def test_actions_cannot_change() -> None:
    for line in re.findall(r"uses: (.+)", PATH.read_text()):
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_no_keys() -> None:
    assert "secrets." not in PATH.read_text()


def test_when() -> None:
    assert set(TRIGGERS) == {"pull_request", "workflow_run", "workflow_dispatch"}
    assert TRIGGERS["workflow_run"] == {
        "workflows": ["CI"],
        "types": ["completed"],
        "branches": ["main"],
    }
    assert TRIGGERS["workflow_dispatch"]["inputs"]["environment"]["type"] == "environment"


def test_ci_is_what_it_waits_for() -> None:
    ci = yaml.safe_load((PATH.parent / "ci.yml").read_text())
    assert TRIGGERS["workflow_run"]["workflows"] == [ci["name"]]


def test_a_pull_request_gets_the_planner_only() -> None:
    assert "github.event_name == 'pull_request'" in JOBS["plan"]["if"]
    assert "head.repo.full_name == github.repository" in JOBS["plan"]["if"]
    assert "environment" not in JOBS["plan"]
    assert "AWS_DEPLOYER_ROLE" not in str(JOBS["plan"])
    assert "pull_request" not in JOBS["up"]["if"]


def test_only_what_ci_found_well_is_deployed() -> None:
    assert "github.event.workflow_run.conclusion == 'success'" in JOBS["up"]["if"]
    assert "github.event.workflow_run.event == 'push'" in JOBS["up"]["if"]
    revision = used("up")["actions/checkout"]["ref"]
    assert "github.event.workflow_run.head_sha" in revision


def test_deployments_of_an_environment_wait_for_each_other() -> None:
    job = JOBS["up"]
    assert job["concurrency"]["cancel-in-progress"] is False
    assert job["concurrency"]["group"] == f"deploy-{job['environment']}"
    assert job["env"]["ENVIRONMENT"] == job["environment"]


def test_it_outlives_neither_its_role_nor_its_job() -> None:
    credentials = used("up")["aws-actions/configure-aws-credentials"]
    assert credentials["role-duration-seconds"] == JOBS["up"]["timeout-minutes"] * 60 == 7200


def test_a_failure_fails_the_job() -> None:
    """In front of a pipe too, which needs bash to be named."""
    assert WORKFLOW["defaults"]["run"]["shell"] == "bash"
    for job in JOBS.values():
        for step in job["steps"]:
            assert "continue-on-error" not in step
            assert "deploy.ecs" not in step.get("run", "") or "|| " not in step["run"]


@pytest.mark.parametrize("job", list(JOBS))
def test_commands(job: str) -> None:
    given = [line for run in runs(job) for line in LINE.findall(run)]
    assert given
    for line in given:
        parse(line)


def test_what_is_deployed_is_what_was_pushed() -> None:
    [push] = [run for run in runs("up") if "buildx" in run]
    assert "--push" in push
    assert "containerimage.digest" in push
    assert "--platform linux/amd64" in push
    [deploy] = [run for run in runs("up") if "deploy.ecs up" in run]
    assert '--image "$DIGEST"' in deploy


def test_a_commit_has_the_command_lines_tag() -> None:
    """Or each would build what the other has pushed."""
    image = (PATH.parents[2] / "deploy" / "ecs" / "image.py").read_text()
    assert '"rev-parse", "--short=12", "HEAD"' in image
    assert any("git rev-parse --short=12 HEAD" in run for run in runs("up"))
