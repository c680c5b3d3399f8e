"""Every message of the catalogue, in the answer of AWS in which it comes, leads to its id."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.deploy.diagnose.shapes import (
    ENDED,
    ESSENTIAL,
    STACK,
    ago,
    deployment,
    event,
    fault,
    recorded,
    service,
    stack,
    stack_event,
    target,
    task,
)
from tests.deploy.services.test_causes import EVENTS, LINES, REFUSALS, STOPS, TARGETS, cases

NEVER = {"stopCode": "TaskFailedToStart", "containers": [{"name": "web"}]}
DEPLOYING = {"deployments": [deployment(2, "IN_PROGRESS")], "runningCount": 0}


def plain(message: str) -> str:
    return message.removeprefix("(service accounts) ")


@pytest.mark.parametrize(("wanted", "message"), cases(EVENTS))
def test_event(wanted: str, message: str) -> None:
    events = [event(5, plain(message)), event(21, "has reached a steady state.")]
    found = fault(recorded(service(**DEPLOYING, events=events)))
    assert found == (wanted or None)  # what is nobody's fault is waited for


@pytest.mark.parametrize("shape", ["stoppedReason", "reason"])
@pytest.mark.parametrize(("wanted", "message"), cases(STOPS))
def test_stopped_task(wanted: str, message: str, shape: str) -> None:
    """ECS says it of the task, or of its container."""
    if wanted == "P19":
        ended: Mapping[str, Any] = {"containers": [{"name": "web", "exitCode": 137}]}
    elif shape == "reason":
        ended = {"containers": [{"name": "web", "reason": message}], "stoppedReason": ESSENTIAL}
    else:
        ended = {**NEVER, "stoppedReason": message}
    assert fault(recorded(service(**DEPLOYING), [task(1, **ended)])) == wanted


@pytest.mark.parametrize(("wanted", "message"), cases(LINES))
def test_line(wanted: str, message: str) -> None:
    found = recorded(service(**DEPLOYING), [task(1)], lines=["Booting", message, "Shutting down"])
    assert fault(found) == wanted


@pytest.mark.parametrize(("wanted", "message"), cases(TARGETS))
def test_target(wanted: str, message: str) -> None:
    """In an event, as a target's reason, and as that of the task that is ended for it."""
    if message.startswith("Target."):
        reason, _, description = message.partition(" ")
        state = "unused" if reason == "Target.NotInUse" else "unhealthy"
        found = recorded(targets=[target(state, reason, description)])
    elif message.startswith("Task"):
        stopped = task(1, stopCode="ServiceSchedulerInitiated", stoppedReason=message)
        found = recorded(service(**DEPLOYING), [stopped])
    else:
        found = recorded(service(**DEPLOYING, events=[event(5, plain(message))]))
    assert fault(found) == wanted


@pytest.mark.parametrize(("wanted", "message"), cases(REFUSALS))
def test_refusal(wanted: str, message: str) -> None:
    """ECS knows nothing of it: the service runs on as it was."""
    whole = "AWS::CloudFormation::Stack"
    refused = stack_event(5, "Service", "AWS::ECS::Service", "UPDATE_FAILED", message)
    events = stack(
        "UPDATE_ROLLBACK_COMPLETE",
        stack_event(2, STACK, whole, "UPDATE_ROLLBACK_COMPLETE"),
        refused,
        stack_event(6, STACK, whole, "UPDATE_IN_PROGRESS"),
        stack_event(60, "Service", "AWS::ECS::Service", "CREATE_FAILED", "Of an earlier update."),
    )
    assert fault(recorded() | events, stack=STACK) == wanted
    tagged = service(tags=[{"key": "aws:cloudformation:stack-name", "value": STACK}])
    assert fault(recorded(tagged) | events) == wanted


def test_what_aws_has_not_is_waited_for() -> None:
    """And after half an hour it is a problem."""
    [message] = EVENTS[""]
    old = DEPLOYING | {"deployments": [deployment(2, "IN_PROGRESS", createdAt=ago(40))]}
    assert fault(recorded(service(**old, events=[event(5, plain(message))]))) == ""


def test_exit_of_the_right_container() -> None:
    """Of two, that which ended first, not that which ECS ended then."""
    containers = [
        {"name": "proxy", "exitCode": 137},
        {"name": "web", "exitCode": 1, "reason": "OutOfMemoryError: killed"},
    ]
    ended = task(1, stopCode=ENDED, containers=containers)
    assert fault(recorded(service(**DEPLOYING), [ended])) == "P20"
