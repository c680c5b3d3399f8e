from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.services.causes import first_cause
from deploy.ecs.services.watch import ServiceWatch
from tests.deploy.amazon import Amazon, RefusedError, Request
from tests.deploy.cluster import CLUSTER, LOG_GROUP, arn
from tests.deploy.running_services import Service


@pytest.fixture
def watch(aws: AWS, clock: Clock) -> ServiceWatch:
    return ServiceWatch(aws, CLUSTER, "accounts", LOG_GROUP, clock.now())


def test_service_that_is_still_to_be_made(watch: ServiceWatch, amazon: Amazon) -> None:
    """While its stack makes roles and target groups first; then ECS refuses to list its tasks."""

    def unknown(request: Request) -> Mapping[str, Any]:
        raise RefusedError("ServiceNotFoundException", "Service not found.")

    missing = {"services": [], "failures": [{"arn": "accounts", "reason": "MISSING"}]}
    amazon.answers |= {"DescribeServices": lambda request: missing, "ListTasks": unknown}
    watch.look()
    assert watch.evidence.stopped == []


def test_task_that_waits_for_an_instance(watch: ServiceWatch, amazon: Amazon, clock: Clock) -> None:
    """With a capacity provider ECS says nothing of it, for as long as an instance may come."""
    Service(amazon, "accounts", ["IN_PROGRESS"])
    task = {
        "taskArn": arn(f"task/{CLUSTER}/1"),
        "lastStatus": "PROVISIONING",
        "createdAt": (clock.now() + timedelta(minutes=1)).timestamp(),
    }
    amazon.answers["ListTasks"] = lambda request: {
        "taskArns": [task["taskArn"]] if request["desiredStatus"] == "RUNNING" else []
    }
    amazon.answers["DescribeTasks"] = lambda request: {"tasks": [task]}
    watch.look()
    assert watch.unplaced_since is not None
    assert watch.unplaced_since.timestamp() == pytest.approx(task["createdAt"], abs=1)
    assert first_cause(watch.evidence).fault == "P11"
    task["lastStatus"] = "PENDING"
    watch.look()
    assert watch.unplaced_since is None
    assert first_cause(watch.evidence).fault == ""


def test_deployment_that_is_taken_back(watch: ServiceWatch, amazon: Amazon) -> None:
    service = Service(amazon, "accounts", ["IN_PROGRESS"])
    watch.look()
    assert not watch.is_taken_back
    service.says = "(service accounts) rolling back to deployment ecs-svc/1."
    watch.look()
    assert watch.is_taken_back
