"""Messages as AWS and the application word them."""

import pytest

from deploy.ecs.services.causes import (
    APPLICATION,
    HEALTH,
    PLACEMENT,
    STOPPING,
    Evidence,
    first_cause,
)
from deploy.ecs.services.stopped import StoppedTask

WHAT = "the service accounts"
UNABLE = (
    "(service accounts) was unable to place a task because no container instance met all of its "
    "requirements. The closest matching (container-instance 0a1b) "
)
PULL = "CannotPullContainerError: pull image manifest has been retried 5 time(s): "
INIT = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
INIT += "retrieval failed: "
USER = "User: arn:aws:sts::123456789012:assumed-role/shop/0a1b is not authorized to perform: "
UNHEALTHY = (
    "(service accounts) (port 8000) is unhealthy in (target-group arn) due to (reason Health "
)
UNHEALTHY += "checks failed with these codes: [{}])."
SECRET = (
    "django.core.exceptions.ImproperlyConfigured: ECOM_SECRET_ID: the secret arn in eu-central-1 "
)
SECRET += "cannot be read by secretsmanager:GetSecretValue, since "

EVENTS = {
    "P01": [UNABLE + "has insufficient memory available.", "RunTask: RESOURCE:MEMORY"],
    "P02": [UNABLE + "has insufficient CPU units available.", "RunTask: RESOURCE:CPU"],
    "P03": [UNABLE + 'encountered error "RESOURCE:ENI".', "RunTask: RESOURCE:ENI"],
    "P05": [UNABLE + "is already using a port required by your task.", "RunTask: RESOURCE:PORTS"],
    "P07": [
        "(service accounts) was unable to stop or start tasks during a deployment because of the "
        "service deployment configuration. Update the minimumHealthyPercent or maximumPercent "
        "value and try again."
    ],
    "P11": [
        "(service accounts) was unable to place a task because no container instance met all of "
        "its requirements. Reason: No Container Instances were found in your cluster.",
        "RunTask: EMPTY CAPACITY PROVIDER",
    ],
    "P13": [UNABLE + 'encountered error "AGENT".', "RunTask: AGENT"],
    "P14": [UNABLE + "is missing an attribute required by your task."],
    "P17": [
        "(service accounts) was unable to place a task. Reason: You've reached the limit on the "
        "number of vCPUs you can run concurrently."
    ],
    "P18": ["(service accounts) failed to launch: InsufficientFreeAddressesInSubnet"],
    "A09": ["Unable to assume the service linked role. Please verify that it exists."],
    "B07": [
        "The provided target group arn has target type instance, which is incompatible with the "
        "awsvpc network mode specified in the task definition."
    ],
    "B11": ["The target group arn does not have an associated load balancer."],
}
STOPS = {
    "I01": [
        PULL + "failed to resolve ref 123.dkr.ecr/shop:1: not found",
        "CannotPullContainerError: Error response from daemon: manifest unknown",
    ],
    "I02": [
        PULL + USER + "ecr:BatchGetImage on resource: arn because no identity-based policy allows",
        "CannotPullContainerError: The task can't pull the image. Check that the role has the "
        "permissions to pull images from the registry.",
        INIT
        + "unable to retrieve ecr registry auth: AccessDeniedException: "
        + USER
        + "ecr:GetAuthorizationToken on resource: *",
    ],
    "I03": [
        "CannotPullContainerError: Error response from daemon: Get https://123.dkr.ecr/v2/: "
        "net/http: request canceled while waiting for connection",
        INIT + "unable to retrieve ecr registry auth: service call has been retried 3 time(s): "
        'RequestError: send request failed caused by: Post "https://api.ecr.eu-central-1.": dial '
        "tcp 3.0.0.1:443: i/o timeout. Please check your task network configuration.",
    ],
    "I04": [
        "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: "
        "httpReaderSeeker: failed open: failed to do request: dial tcp: i/o timeout"
    ],
    "I06": [PULL + "429 Too Many Requests - toomanyrequests: You have reached"],
    "I07": ["exec /venv/bin/python: exec format error"],
    "I08": ["CannotPullContainerError: failed to register layer: no space left on device"],
    "I10": ["CannotStartContainerError: OCI runtime create failed: container_linux.go:370: exec"],
    "A03": [INIT + "AccessDeniedException: " + USER + "secretsmanager:GetSecretValue on resource"],
    "A05": ["ECS was unable to assume the role 'arn' that was provided for this task."],
    "A06": ["unable to find execution role credentials"],
    "A07": [
        "ResourceInitializationError: failed to validate logger args: create stream has been "
        "retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The "
        "specified log group does not exist."
    ],
    "N03": [
        INIT + "unable to retrieve secret from asm: service call has been retried 5 time(s): "
        "dial tcp 3.0.0.1:443: i/o timeout. Please check your task network configuration."
    ],
    "N07": ["ResourceInitializationError: failed to validate logger args: : signal: killed"],
    "N18": ["ResourceInitializationError: failed to invoke EFS utils: i/o timeout"],
    "K02": [INIT + "retrieved secret from Secrets Manager did not contain json key PASSWORD"],
    "K03": [INIT + "unable to retrieve secret from asm: invalid character 'p' looking for value"],
    "P20": ["OutOfMemoryError: Container killed due to memory usage"],
    "P21": ["No Fargate configuration exists for given values: 256 CPU, 4096 memory."],
    "C01": ["Task failed container health checks"],
}
LINES = {
    "A01": [SECRET + "this process has no AWS credentials: give the task definition a task role."],
    "A02": [SECRET + "arn:aws:sts::1:assumed-role/r/t may not call secretsmanager:GetSecretValue"],
    "A04": [SECRET + "arn:aws:sts::1:assumed-role/r/t may not call kms:Decrypt on the key."],
    "N08": [
        SECRET + "secretsmanager.eu-central-1.amazonaws.com did not accept a connection within 1 s",
        SECRET + "secretsmanager.eu-central-1.amazonaws.com did not answer within 10 s: make a way",
    ],
    "C09": [
        "requests.exceptions.ConnectionError: HTTPConnectionPool(host='catalog.svc.cluster.local')",
        "CATALOG_URL: http://catalog.shop.internal:8000 did not answer",
    ],
    "D01": [
        'django.db.utils.OperationalError: connection to server at "10.0.0.5", port 5432 failed: '
        "connection timeout expired",
        "pymongo.errors.ServerSelectionTimeoutError: docdb:27017: timed out",
    ],
    "D02": ['FATAL:  no pg_hba.conf entry for host "10.0.0.7", user "u", no encryption'],
    "D11": [
        "FATAL:  sorry, too many clients already",
        "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
    ],
    "K10": [
        'FATAL:  password authentication failed for user "accounts_user"',
        "pymongo.errors.OperationFailure: Authentication failed., full error: {'code': 18}",
    ],
    "": ["CommandError: There is no migration 9.", "Error: SECRET_KEY is not set."],
}
TARGETS = {
    "B01": [UNHEALTHY.format("404"), "Health checks failed with these codes: [404]"],
    "B02": [UNHEALTHY.format("400")],
    "B03": [UNHEALTHY.format("301"), UNHEALTHY.format("302")],
    "B04": [UNHEALTHY.format("502"), UNHEALTHY.format("200")],
    "B05": ["Target.FailedHealthChecks Health checks failed", "Task failed ELB health checks in g"],
    "B08": ["Target.Timeout Request timed out"],
}


def cases(messages: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(fault, each) for fault, texts in messages.items() for each in texts]


def task(reason: str = "", lines: tuple[str, ...] = (), exit_code: int | None = 1) -> StoppedTask:
    code = "EssentialContainerExited" if exit_code is not None else "TaskFailedToStart"
    return StoppedTask("0a1b", "arn", code, reason, "", exit_code, lines)


@pytest.mark.parametrize(("fault", "message"), cases(EVENTS))
def test_event(fault: str, message: str) -> None:
    error = first_cause(Evidence(WHAT, events=["(service accounts) has started 1 tasks.", message]))
    assert error.fault == fault
    assert error.details[-1] == message
    check_sentences(error.cause, error.cure)


@pytest.mark.parametrize(("fault", "message"), cases(STOPS))
def test_stop(fault: str, message: str) -> None:
    error = first_cause(Evidence(WHAT, stopped=[task(message, exit_code=None)]))
    assert error.fault == fault
    check_sentences(error.cause, error.cure)


@pytest.mark.parametrize(("fault", "message"), cases(LINES))
def test_line(fault: str, message: str) -> None:
    lines = ("Traceback (most recent call last):", message, "[INFO] Shutting down: Master")
    error = first_cause(Evidence(WHAT, stopped=[task("Essential container exited", lines)]))
    assert error.fault == fault
    assert message in error.details
    check_sentences(error.cause, error.cure)


@pytest.mark.parametrize(("fault", "message"), cases(TARGETS))
def test_target(fault: str, message: str) -> None:
    error = first_cause(Evidence(WHAT, targets=[message]))
    assert error.fault == fault
    check_sentences(error.cause, error.cure)


def check_sentences(cause: str, cure: str) -> None:
    assert "{" not in cause.replace("{'code'", "")
    assert cause[0].isupper()
    assert cure.endswith(".")


def test_every_cause_has_a_message_here() -> None:
    for table, messages in (
        (PLACEMENT, EVENTS),
        (STOPPING, STOPS),
        (APPLICATION, LINES),
        (HEALTH, TARGETS),
    ):
        assert {each.fault for each in table} == set(messages)


def test_what_the_application_said_explains_its_health() -> None:
    """Not the last symptom: a task without its secret fails every check afterwards."""
    [line] = LINES["A02"]
    evidence = Evidence(WHAT, [UNABLE], [UNHEALTHY.format("404")], [task("", (line,))])
    assert first_cause(evidence).fault == "A02"


def test_what_stopped_it_comes_before_what_it_said() -> None:
    [line] = LINES["D02"]
    assert first_cause(Evidence(WHAT, stopped=[task(STOPS["P20"][0], (line,))])).fault == "P20"


def test_the_last_line_counts_most() -> None:
    """The first may be of an attempt that was repeated."""
    lines = (*LINES["D02"], *LINES["A02"])
    assert first_cause(Evidence(WHAT, stopped=[task("", lines)])).fault == "A02"


def test_task_that_ecs_ended_is_no_cause() -> None:
    """As those of the former version are."""
    former = StoppedTask("0", "arn", "ServiceSchedulerInitiated", "Scaling", "", 0, ("bye",))
    evidence = Evidence(WHAT, stopped=[former, task("", tuple(LINES["D02"]))])
    assert first_cause(evidence).fault == "D02"


def test_unknown_end() -> None:
    error = first_cause(Evidence(WHAT, stopped=[task("Essential container exited", ("a", "b"))]))
    assert (error.fault, error.cause) == (
        "",
        "The service accounts ended: Essential container exited; exit code 1.",
    )
    assert error.details[1:] == ["a", "b"]


def test_nothing_is_known() -> None:
    error = first_cause(Evidence(WHAT, events=[str(number) for number in range(9)]))
    assert error.cause == "The service accounts did not become healthy."
    assert error.details == ["4", "5", "6", "7", "8"]
