"""Services: deployments, health, the circuit breaker, and requests that go on meanwhile."""

import re
import threading
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

from deploy.ecs.rehearsal.cloud import NotStabilizedError
from tests.deploy.rehearsal.agent.ground import Ground, until


def behind_balancer(ground: Ground, **health: Any) -> str:
    group = ground.target_group("app", **health)
    ground.rule(group, 10, "/*")
    return group


def test_first_deployment(ground: Ground) -> None:
    group = behind_balancer(ground)
    ground.serve(ground.define(), group, desiredCount=2)

    ground.stable()

    service = ground.service()
    [deployment] = service["deployments"]
    assert (service["runningCount"], service["pendingCount"]) == (2, 0)
    assert (deployment["status"], deployment["rolloutState"]) == ("PRIMARY", "COMPLETED")
    assert deployment["rolloutStateReason"] == f"ECS deployment {deployment['id']} completed."
    events = " ".join(ground.messages())
    assert re.search(r"\(service app\) has started 2 tasks: \(task \w+\) \(task \w+\)\.", events)
    assert f"(service app) registered 1 targets in (target-group {group})" in events
    assert events.endswith("(service app) has reached a steady state.")
    targets = ground.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert [each["TargetHealth"]["State"] for each in targets] == ["healthy", "healthy"]
    assert all(each["Target"]["Id"].startswith("10.0.") for each in targets)
    arns = ground.ecs.list_tasks(cluster="shop", serviceName="app")["taskArns"]
    assert {ground.task(each)["startedBy"] for each in arns} == {deployment["id"]}


def test_update_under_load_loses_no_request(ground: Ground) -> None:
    group = behind_balancer(ground)
    ground.serve(ground.define("one"), group)
    ground.stable()
    answers: list[str] = []
    over = threading.Event()

    def ask() -> None:
        with requests.Session() as session:
            while not over.is_set():
                answer = session.get(f"{ground.agent.url}/slow", timeout=10)
                answers.append(answer.text.split()[0] if answer.ok else str(answer.status_code))

    clients = [threading.Thread(target=ask) for _ in range(4)]
    for each in clients:
        each.start()
    until(lambda: len(answers), lambda count: count > 4)
    old = ground.service()["taskDefinition"]
    ground.ecs.update_service(cluster="shop", service="app", taskDefinition=ground.define("two"))
    ground.stable()
    count = len(answers)
    until(lambda: len(answers), lambda now: now > count + 4)
    over.set()
    for each in clients:
        each.join()

    assert set(answers) == {"one", "two"}
    assert answers[-1] == "two"
    assert ground.service()["taskDefinition"] != old
    [stopped] = ground.stopped_tasks()
    assert stopped["stopCode"] == "ServiceSchedulerInitiated"
    assert stopped["stoppedReason"].startswith("Scaling activity initiated by (deployment ecs-svc/")
    assert stopped["containers"][0]["exitCode"] == 0


def test_breaker_rolls_back(ground: Ground) -> None:
    group = behind_balancer(ground)
    ground.serve(ground.define("good"), group)
    ground.stable()
    good = ground.service()["deployments"][0]["id"]
    ground.ecs.update_service(
        cluster="shop", service="app", taskDefinition=ground.define("bad", command=["exit", "1"])
    )

    with pytest.raises(NotStabilizedError, match="Circuit Breaker was triggered"):
        ground.stable()

    messages = ground.messages()
    assert any(
        re.fullmatch(
            r"\(service app\) \(deployment ecs-svc/\d+\) deployment failed: tasks failed to "
            r"start\.",
            each,
        )
        for each in messages
    )
    assert f"(service app) rolling back to deployment {good}." in messages
    until(ground.service, lambda service: len(service["deployments"]) == 1)
    [deployment] = ground.service()["deployments"]
    assert (deployment["id"], deployment["rolloutState"]) == (good, "COMPLETED")
    failed = [each for each in ground.stopped_tasks() if each["containers"][0]["exitCode"] == 1]
    assert len(failed) == 3


def test_breaker_of_a_first_deployment(ground: Ground) -> None:
    ground.serve(ground.define(image=ground.image("absent")))

    with pytest.raises(NotStabilizedError):
        ground.stable()

    [deployment] = ground.service()["deployments"]
    assert (deployment["rolloutState"], deployment["failedTasks"]) == ("FAILED", 3)
    reasons = {each["stoppedReason"] for each in ground.stopped_tasks()}
    assert len(reasons) == 1
    assert "CannotPullContainerError" in reasons.pop()


def test_health_check_fails(ground: Ground) -> None:
    group = behind_balancer(ground)
    variables = [{"name": "PORT", "value": "8000"}, {"name": "STATUS", "value": "404"}]
    ground.serve(ground.define(environment=variables), group)

    until(ground.stopped_tasks, bool)

    reason = f"Task failed ELB health checks in (target-group {group})"
    assert ground.stopped_tasks()[0]["stoppedReason"] == reason
    unhealthy = (
        f"(service app) (port 8000) is unhealthy in (target-group {group}) due to (reason Health "
        "checks failed with these codes: [404])."
    )
    assert unhealthy in ground.messages()


def test_container_health_check_fails(ground: Ground) -> None:
    check = {"command": ["CMD-SHELL", "curl -f localhost:8000"], "retries": 1, "startPeriod": 0}
    ground.serve(ground.define(healthCheck=check))

    until(ground.stopped_tasks, bool)

    assert ground.stopped_tasks()[0]["stoppedReason"] == "Task failed container health checks"


def test_dead_task_is_replaced(ground: Ground) -> None:
    ground.serve(ground.define())
    ground.stable()
    [first] = ground.ecs.list_tasks(cluster="shop", serviceName="app")["taskArns"]

    ground.ecs.stop_task(cluster="shop", task=first)

    def running() -> list[str]:
        arns = ground.ecs.list_tasks(cluster="shop", serviceName="app")["taskArns"]
        return [each for each in arns if ground.task(each)["lastStatus"] == "RUNNING"]

    assert until(running, lambda found: bool(found) and found != [first])


def test_desired_count(ground: Ground) -> None:
    ground.serve(ground.define())
    ground.stable()

    ground.ecs.update_service(cluster="shop", service="app", desiredCount=3)
    ground.stable()
    assert ground.service()["runningCount"] == 3
    assert len(ground.service()["deployments"]) == 1

    ground.ecs.update_service(cluster="shop", service="app", desiredCount=0)
    until(ground.stopped_tasks, lambda stopped: len(stopped) == 3)


def test_deleted(ground: Ground) -> None:
    ground.serve(ground.define())
    ground.stable()

    ground.ecs.delete_service(cluster="shop", service="app", force=True)

    until(ground.service, lambda service: service["status"] == "INACTIVE")
    assert ground.ecs.list_services(cluster="shop")["serviceArns"] == []
    assert len(ground.stopped_tasks()) == 1


def test_configuration_leaves_no_room(ground: Ground) -> None:
    limits = {"minimumHealthyPercent": 100, "maximumPercent": 100}
    ground.serve(ground.define("one"), deploymentConfiguration=limits)
    ground.stable()

    ground.ecs.update_service(cluster="shop", service="app", taskDefinition=ground.define("two"))

    until(ground.messages, lambda found: "unable to stop or start tasks" in found[-1])


@pytest.mark.parametrize(
    ("kind", "rules", "message"),
    [
        ("instance", True, "which is incompatible with the awsvpc network mode specified in the"),
        ("ip", False, "does not have an associated load balancer."),
    ],
)
def test_refused(ground: Ground, kind: str, rules: bool, message: str) -> None:
    group = ground.target_group("app", kind=kind)
    if rules:
        ground.rule(group, 10, "/*")

    with pytest.raises(ClientError, match=message):
        ground.serve(ground.define(), group)
