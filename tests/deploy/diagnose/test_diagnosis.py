"""Whether something is wrong, and since when."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deploy.ecs.errors import DeploymentError
from tests.deploy.diagnose.shapes import (
    CLUSTER,
    SERVICE,
    STACK,
    ago,
    arn,
    container,
    deployment,
    diagnosed,
    event,
    fault,
    recorded,
    service,
    stack,
    stack_event,
    target,
    task,
)

PASSWORD = 'FATAL:  password authentication failed for user "web"'
BROKEN_OFF = [
    event(1, "has reached a steady state."),
    event(1, "(deployment ecs-svc/1) deployment completed."),
    event(3, "rolling back to deployment ecs-svc/1."),
    event(3, "(deployment ecs-svc/2) deployment failed: tasks failed to start."),
    event(9, "has started 1 tasks: (task 0a1b)."),
    event(60, "(deployment ecs-svc/1) deployment completed."),
]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


def rolled_back(**more: Any) -> dict[str, Any]:
    """It runs well, on what ran before."""
    former = deployment(1, "COMPLETED", createdAt=ago(3), updatedAt=ago(1))
    return service(deployments=[former], events=BROKEN_OFF) | more


# Well.


def test_well() -> None:
    found = diagnosed(recorded())
    assert (found.problem, found.besides, found.not_looked_at) == (None, [], [])
    assert "1 of 1 tasks run." in found.state
    assert "1 of 1 targets are healthy." in found.state


def test_failures_before_it_was_complete() -> None:
    """The database came up after the first task."""
    assert fault(recorded(stopped=[task(1, minutes=16)], lines=[PASSWORD])) is None


def test_failures_of_a_deployment_that_was_mended() -> None:
    events = [event(0.5, "(deployment ecs-svc/3) deployment completed."), *BROKEN_OFF]
    mended = deployment(3, "COMPLETED", createdAt=ago(0.9), updatedAt=ago(0.5))
    found = recorded(service(deployments=[mended], events=events), [task(1)], lines=[PASSWORD])
    assert fault(found) is None


def test_being_deployed() -> None:
    deploying = service(deployments=[deployment(2, "IN_PROGRESS")], runningCount=0)
    assert fault(recorded(deploying, targets=[target("initial")])) is None


def test_target_that_has_its_time_to_start() -> None:
    begun = [deployment(2, "IN_PROGRESS", createdAt=ago(1))]
    unhealthy = [target("unhealthy", "Target.Timeout", "Request timed out")]
    deploying = service(deployments=begun, healthCheckGracePeriodSeconds=120)
    assert fault(recorded(deploying, targets=unhealthy)) is None
    assert fault(recorded(deploying | {"healthCheckGracePeriodSeconds": 30}, targets=unhealthy))


def test_none_is_wanted() -> None:
    assert fault(recorded(service(desiredCount=0, runningCount=0), targets=[])) is None


def test_scaled_in_and_updated_tasks() -> None:
    ended = task(
        1,
        stopCode="ServiceSchedulerInitiated",
        stoppedReason="Scaling activity initiated by (deployment ecs-svc/2)",
        containers=[{"name": "web", "exitCode": 137}],
    )
    found = diagnosed(recorded(stopped=[ended]))
    assert found.problem is None
    assert [each.fault for each in found.besides] == ["C04"]


# Not well.


def test_dies_again_and_again() -> None:
    """After it was complete, and with another one in its place."""
    found = diagnosed(recorded(stopped=[task(1)], lines=["one", PASSWORD]))
    assert found.problem
    assert found.problem.fault == "K10"
    assert found.problem.details[-2:] == ["one", PASSWORD]
    assert "deployment.toml" not in found.problem.cure
    assert [each.source for each in found.timeline if each.at > ago(10)] == ["log", "log", "task"]


def test_rolled_back() -> None:
    """The failed deployment is gone; its task is not yet."""
    found = recorded(rolled_back(), [task(1)], lines=[PASSWORD])
    assert fault(found) == "K10"


def test_rolled_back_and_forgotten() -> None:
    assert fault(recorded(rolled_back())) == "C10"


def test_rolled_back_by_what_ecs_remembers() -> None:
    """The events are of later by now."""
    brief = {
        "serviceDeploymentArn": "arn:x:service-deployment/shop/web/0a1b",
        "createdAt": ago(9),
        "startedAt": ago(9),
        "finishedAt": ago(3),
        "status": "ROLLBACK_SUCCESSFUL",
        "statusReason": "Service deployment rolled back because the circuit breaker threshold was "
        "exceeded.",
    }
    former = rolled_back(events=[event(1, "has reached a steady state.")])
    known: dict[str, Any] = {"ecs.ListServiceDeployments": {"serviceDeployments": [brief]}}
    assert fault(recorded(former, [task(1)], lines=[PASSWORD]) | known) == "K10"
    assert fault(recorded(former) | known) == "C10"
    later = brief | {"status": "SUCCESSFUL", "startedAt": ago(2), "finishedAt": ago(1)}
    known = {"ecs.ListServiceDeployments": {"serviceDeployments": [later, brief]}}
    assert fault(recorded(former) | known) is None


def test_main_process_that_ends_well() -> None:
    found = diagnosed(recorded(stopped=[task(1, containers=[{"name": "web", "exitCode": 0}])]))
    assert found.problem
    assert "exit code 0" in found.problem.cause


def test_deployed_by_codedeploy() -> None:
    """ECS has task sets then, and no deployments."""
    sets = [{"id": "ecs-svc/1", "loadBalancers": service()["loadBalancers"]}]
    described = service(deployments=[], loadBalancers=[], taskSets=sets)
    assert fault(recorded(described)) is None
    unhealthy = [target("unhealthy", "Target.Timeout", "Request timed out")]
    assert fault(recorded(described, targets=unhealthy)) == "B08"


def test_rolled_back_and_kept() -> None:
    """Hours later ECS knows neither task nor event of it, and the log is away."""
    diagnosed(recorded(rolled_back(), [task(1)], lines=[PASSWORD]), keep=True)
    found = diagnosed(recorded(rolled_back()), keep=True, minutes=300)
    assert found.problem
    assert found.problem.fault == "K10"
    assert PASSWORD in found.problem.details
    assert "task" in {each.source for each in found.timeline}
    assert fault(recorded(rolled_back()), minutes=300) == "C10"


def test_nothing_of_the_environment_is_kept(state: Path) -> None:
    diagnosed(recorded(rolled_back(), [task(1)], lines=[PASSWORD]), keep=True)
    [file] = state.rglob("*.jsonl")
    assert "not-to-be-kept" not in file.read_text()


def test_broken_file_is_named(state: Path) -> None:
    diagnosed(recorded(), keep=True)
    [file] = state.rglob("*.jsonl")
    file.write_text("{")
    found = diagnosed(recorded(), keep=True)
    assert "put aside" in found.not_looked_at[0]
    assert found.problem is None


def test_first_deployment() -> None:
    failed = deployment(1, "FAILED", rolloutStateReason="tasks failed to start.")
    assert fault(recorded(service(deployments=[failed], runningCount=0))) == "C11"


def test_no_end() -> None:
    endless = deployment(2, "IN_PROGRESS", failedTasks=12, createdAt=ago(60))
    without = {"minimumHealthyPercent": 100, "maximumPercent": 200}
    found = service(deployments=[endless], runningCount=0, deploymentConfiguration=without)
    assert fault(recorded(found, targets=[])) == "C12"


def test_evidence_is_what_it_was_recognised_by() -> None:
    unused = "Target is in an Availability Zone that is not enabled for the load balancer"
    found = diagnosed(recorded(targets=[target("unused", "Target.NotInUse", unused)]))
    assert found.problem
    assert found.problem.details == [f"unused: Target.NotInUse {unused}"]


def test_events_of_one_second_keep_their_order() -> None:
    """AWS tells the newest first."""
    found = diagnosed(recorded(rolled_back()))
    texts = [each.text for each in found.timeline if each.at == ago(3)]
    assert [text.rpartition(")")[2][:11] for text in texts] == [
        " deployment",
        " rolling ba",
        "begins, wit",
    ]


def test_few_run_and_nothing_is_said() -> None:
    found = diagnosed(recorded(service(runningCount=0), targets=[]))
    assert found.problem
    assert found.problem.cause == "The service web did not become healthy."


def test_update_of_the_stack_that_was_cancelled() -> None:
    """As up does it, when no place is found: no resource has failed, and the service is well."""
    unplaced = "was unable to place a task because no container instance met all of its "
    unplaced += "requirements. The closest matching (container-instance 0a) has insufficient memory"
    whole = "AWS::CloudFormation::Stack"
    events = stack(
        "UPDATE_ROLLBACK_COMPLETE",
        stack_event(3, STACK, whole, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated"),
        stack_event(9, STACK, whole, "UPDATE_IN_PROGRESS", "User Initiated"),
    )
    told = [
        event(1, "(deployment ecs-svc/2) deployment completed."),
        event(8, f"{unplaced} available."),
    ]
    found = recorded(service(events=told)) | events
    assert fault(found, stack=STACK) == "P01"
    tagged = service(events=told, tags=[{"key": "aws:cloudformation:stack-name", "value": STACK}])
    assert fault(recorded(tagged) | events) is None  # of something else in somebody's stack


def test_the_last_of_two_failures() -> None:
    """A deployment was taken back; then an update of the stack failed before it came to ECS."""
    whole, said = "AWS::CloudFormation::Stack", "Priority '10' is currently in use"
    events = stack(
        "UPDATE_ROLLBACK_COMPLETE",
        stack_event(
            0.5, "Rule", "AWS::ElasticLoadBalancingV2::ListenerRule", "CREATE_FAILED", said
        ),
        stack_event(0.8, STACK, whole, "UPDATE_IN_PROGRESS"),
    )
    assert (
        fault(recorded(rolled_back(), [task(1)], lines=[PASSWORD]) | events, stack=STACK) == "X08"
    )


def test_stack_says_what_nobody_knows() -> None:
    whole = "AWS::CloudFormation::Stack"
    events = stack(
        "UPDATE_ROLLBACK_COMPLETE",
        stack_event(5, "Rule", "AWS::ElasticLoadBalancingV2::ListenerRule", "UPDATE_FAILED", "No."),
        stack_event(6, STACK, whole, "UPDATE_IN_PROGRESS"),
    )
    found = diagnosed(recorded() | events, stack=STACK)
    assert found.problem
    assert "Rule" in found.problem.cause
    assert "No." in found.problem.cause


def test_what_follows_is_told_besides() -> None:
    refused = "(port 80) is unhealthy in (target-group web) due to (reason Health checks failed "
    refused += "with these codes: [404])."
    found = diagnosed(
        recorded(service(events=[event(4, refused)]), [task(1)], lines=[PASSWORD]),
    )
    assert found.problem
    assert found.problem.fault == "K10"
    assert [each.fault for each in found.besides] == ["B01"]


# Gone.


def test_deleted_service() -> None:
    """Its last task is known; ECS no longer lists it by the service."""

    def listed(given: Any) -> Any:
        if "serviceName" in given:
            raise gone
        others = task(2, group="service:other", stoppedReason="OutOfMemoryError")["taskArn"]
        return {"taskArns": [task(1)["taskArn"], others]}

    gone = ClientError({"Error": {"Code": "ServiceNotFoundException"}}, "ListTasks")
    tasks = [task(1), task(2, group="service:other", stoppedReason="OutOfMemoryError")]
    answers = recorded({}, tasks, lines=[PASSWORD]) | {"ecs.ListTasks": listed}
    assert fault(answers) == "K10"


def test_unknown_service() -> None:
    answers = recorded({}) | {"ecs.ListServices": {"serviceArns": ["arn:x/shop/api"]}}
    found = diagnosed(answers)
    assert found.problem
    assert found.problem.cause == f"There is no service {SERVICE} in the cluster {CLUSTER}."
    assert found.problem.cure == "Its services are: api."


def test_unknown_cluster() -> None:
    answers = recorded() | {
        "ecs.DescribeServices": "ClusterNotFoundException",
        "ecs.ListClusters": {"clusterArns": ["arn:x/other"]},
    }
    with pytest.raises(DeploymentError, match=f"no cluster {CLUSTER} in eu-central-1") as wrong:
        diagnosed(answers)
    assert wrong.value.cure.startswith("Its clusters are: other.")


# Not everything may be asked.


@pytest.mark.parametrize(
    ("operation", "part"),
    [
        ("logs.GetLogEvents", "logs"),
        ("elbv2.DescribeTargetHealth", "target health"),
        ("ecs.DescribeTaskDefinition", "task definitions"),
        ("ecs.ListServiceDeployments", "former deployments"),
        ("application-autoscaling.DescribeScalingActivities", "auto scaling of the service"),
    ],
)
def test_access_denied_for_a_part(operation: str, part: str) -> None:
    died = task(1, containers=[{"name": "web", "reason": "OutOfMemoryError: killed"}])
    found = diagnosed(recorded(stopped=[died]) | {operation: "AccessDeniedException"})
    assert any(each.startswith(f"{part}: AccessDeniedException") for each in found.not_looked_at)
    assert found.problem
    assert found.problem.fault == "P20"


def test_access_denied_for_tasks() -> None:
    found = diagnosed(recorded(service(runningCount=0)) | {"ecs.ListTasks": "AccessDenied"})
    assert {each.partition(":")[0] for each in found.not_looked_at} == {"tasks", "stopped tasks"}
    assert found.problem


def test_access_denied_for_the_service() -> None:
    """Its tasks may tell; else nothing is known, which is not that it is gone."""
    denied: dict[str, Any] = {"ecs.DescribeServices": "AccessDeniedException"}
    assert fault(recorded(stopped=[task(1)], lines=[PASSWORD]) | denied) == "K10"
    found = diagnosed(recorded() | denied)
    assert found.problem
    assert (
        found.problem.cause
        == f"The service {SERVICE} in the cluster {CLUSTER} may not be looked at."
    )
    assert found.not_looked_at[0].startswith("service: AccessDeniedException")
    assert found.state == []


def test_access_denied_for_what_there_is() -> None:
    found = diagnosed(recorded({}) | {"ecs.ListServices": "AccessDeniedException"})
    assert found.problem
    assert found.problem.cure == "See that its name is right."


def test_log_elsewhere() -> None:
    other = container(logConfiguration={"logDriver": "awsfirelens"})
    found = diagnosed(recorded(stopped=[task(1)], defined={"containerDefinitions": [other]}))
    assert found.not_looked_at == ["logs: the container web has awsfirelens, not awslogs"]


# What prepares it.


def migration(number: int, minutes: float, exit_code: int) -> dict[str, Any]:
    own = {"taskDefinitionArn": arn(f"task-definition/{CLUSTER}-{SERVICE}-migrate:3")}
    own |= {"group": f"family:{CLUSTER}-{SERVICE}-migrate"}
    containers = [{"name": "web", "exitCode": exit_code}]
    return task(number, minutes, containers=containers, **own)


def prepared(*tasks: dict[str, Any], lines: Sequence[str] = ()) -> dict[str, Any]:
    """The service itself is well."""

    def listed(given: Mapping[str, Any]) -> Mapping[str, Any]:
        is_it = given.get("family") == f"{CLUSTER}-{SERVICE}-migrate"
        return {"taskArns": [each["taskArn"] for each in tasks] if is_it else []}

    return (
        recorded(stopped=tasks, lines=lines) | stack("UPDATE_COMPLETE") | {"ecs.ListTasks": listed}
    )


def test_migration_fails() -> None:
    found = diagnosed(prepared(migration(1, 5, 1), lines=[PASSWORD]), stack=STACK)
    assert found.problem
    assert "the migration of web" in found.problem.cause.lower()
    assert PASSWORD in found.problem.details


def test_migration_went_well_later() -> None:
    ended = [migration(1, 9, 1), migration(2, 5, 0)]
    assert diagnosed(prepared(*ended), stack=STACK).problem is None
    assert diagnosed(prepared(*reversed(ended)), stack=STACK).problem is None


def test_migrations_of_others_are_not_asked_for() -> None:
    """Whose families mean nothing here."""
    assert diagnosed(prepared(migration(1, 5, 1))).problem is None
