"""Messages as AWS and the application word them."""

import re

import pytest

from deploy.ecs.services import causes
from deploy.ecs.services.causes import Evidence, Known, all_causes, first_cause
from deploy.ecs.services.stopped import StoppedTask

WHAT = "the service accounts"
UNABLE = (
    "(service accounts) was unable to place a task because no container instance met all of its "
    "requirements. The closest matching (container-instance 0a1b) "
)
ENI = UNABLE + 'encountered error "RESOURCE:ENI".'
STARTED = "(service accounts) has started 1 tasks: (task 1b2c)."
REASON = "(service accounts) was unable to place a task. Reason: "
CREATING = "Resource handler returned message: Invalid request provided: CreateService error: "
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
    "P14": [
        UNABLE + "is missing an attribute required by your task.",
        "RunTask: MemberOf placement constraint unsatisfied.",
    ],
    "P16": [REASON + "Internal error."],
    "P17": [
        REASON + "You've reached the limit on the number of vCPUs you can run concurrently.",
        REASON + "You\u2019ve reached the limit on the number of tasks you can run concurrently.",
        REASON + "The requested CPU configuration is above your limit.",
        REASON + "The requested MEMORY configuration is above your limit.",
    ],
    "P18": ["(service accounts) failed to launch: InsufficientFreeAddressesInSubnet"],
    "A09": [
        "Unable to assume the service linked role. Please verify that it exists.",
        "Unable to assume the service-linked role. Please verify that it exists.",
    ],
    "B11": ["The target group arn does not have an associated load balancer."],
    "": [
        REASON + "Capacity is unavailable at this time. Please try again later or in a different "
        "availability zone."
    ],
}
REFUSALS = {
    "B07": [
        "The provided target group arn has target type instance, which is incompatible with the "
        "awsvpc network mode specified in the task definition."
    ],
    "N02": [CREATING + "Assign public IP is not supported for this launch type."],
    "B20": [
        CREATING + "The container web does not exist in the task definition.",
        CREATING + "The container web did not have a container port 8080 defined.",
    ],
    "P21": [
        CREATING + "No Fargate configuration exists for given values.",
        "Invalid request provided: Create TaskDefinition: Invalid 'cpu' setting for task.",
    ],
    "A06": [
        "Create TaskDefinition: When you are specifying container secrets, you must also specify a "
        "value for 'executionRoleArn'."
    ],
    "A10": ["User: arn:aws:iam::123456789012:user/u is not authorized to perform: iam:PassRole on"],
    "B14": ["At least two subnets in two different Availability Zones must be specified"],
    "B17": ["Health check timeout '30' must be smaller than the interval '30'"],
    "X08": ["Priority '10' is currently in use (Service: ElasticLoadBalancingV2)"],
    "K08": [
        "You can't create this secret because a secret with this name is already scheduled for "
        "deletion."
    ],
    "D08": [
        "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ "
        "coverage: eu-central-1a. Add subnets to cover at least 2 AZs."
    ],
    "D09": [
        "The parameter group p with DBParameterGroupFamily postgres15 can't be used for this "
        "instance. Please use a parameter group with DBParameterGroupFamily postgres16"
    ],
}
STOPS = {
    "N17": [
        INIT + USER + "ecr:GetAuthorizationToken on resource: * because no VPC endpoint policy "
        "allows the ecr:GetAuthorizationToken action",
    ],
    "I01": [
        PULL + "failed to resolve ref 123.dkr.ecr/shop:1: not found",
        "CannotPullContainerError: Error response from daemon: manifest unknown",
        "CannotPullContainerError: API error (404): repository 123.dkr.ecr/shop not found",
        "CannotPullContainerError: The task can\u2019t pull the image. Check whether the image "
        "exists. Error response from daemon: pull access denied for some/nonsense, repository does "
        "not exist or may require 'docker login'",
    ],
    "I02": [
        PULL + USER + "ecr:BatchGetImage on resource: arn because no identity-based policy allows",
        "CannotPullContainerError: The task can\u2019t pull the image. Check that the role has the "
        "permissions to pull images from the registry.",
        INIT
        + "unable to retrieve ecr registry auth: AccessDeniedException: "
        + USER
        + "ecr:GetAuthorizationToken on resource: *",
        PULL + "failed to resolve ref 123.dkr.ecr.eu-central-1.amazonaws.com/shop:1: unexpected "
        "status from HEAD request to https://123.dkr.ecr/v2/shop/manifests/1: 403 Forbidden",
    ],
    "I03": [
        "CannotPullContainerError: Error response from daemon: Get https://123.dkr.ecr/v2/: "
        "net/http: request canceled while waiting for connection",
        INIT + "unable to retrieve ecr registry auth: service call has been retried 3 time(s): "
        'RequestError: send request failed caused by: Post "https://api.ecr.eu-central-1.": dial '
        "tcp 3.0.0.1:443: i/o timeout. Please check your task network configuration.",
        "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot "
        "pull registry auth from Amazon ECR: There is a connection issue between the task and "
        "Amazon ECR. Check your task network configuration. RequestError: send request failed "
        'caused by: Post "https://api.ecr.us-east-1.amazonaws.com/": dial tcp 172.40.1.94:443: '
        "i/o timeout",
        "CannotPullContainerError: The task can\u2019t pull the image. Check your network "
        "configuration.",
    ],
    "I04": [
        "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: "
        "httpReaderSeeker: failed open: failed to do request: dial tcp: i/o timeout"
    ],
    "I05": [
        "CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: "
        "httpReaderSeeker: failed open: unexpected status code https://prod-eu-central-1-starport-"
        "layer-bucket.s3.eu-central-1.amazonaws.com/0a1b: 403 Forbidden"
    ],
    "I06": [
        PULL + "429 Too Many Requests - toomanyrequests: You have reached",
        PULL + "failed to resolve ref docker.io/library/nginx:1: failed to do request: Head "
        '"https://registry-1.docker.io/v2/": dial tcp 34.205.13.154:443: i/o timeout',
    ],
    "I07": [
        "exec /venv/bin/python: exec format error",
        PULL + "image Manifest does not contain descriptor matching platform 'linux/amd64'",
    ],
    "I08": ["CannotPullContainerError: failed to register layer: no space left on device"],
    "I10": [
        "CannotStartContainerError: OCI runtime create failed: container_linux.go:370: exec",
        "CannotStartContainerError: Error response from daemon: failed to create shim task",
    ],
    "N12": [
        INIT + 'send request failed caused by: Post "https://api.ecr.eu-central-1.amazonaws.com/": '
        "dial tcp: lookup api.ecr.eu-central-1.amazonaws.com on 10.0.0.2:53: no such host"
    ],
    "A03": [
        INIT + "AccessDeniedException: " + USER + "secretsmanager:GetSecretValue on resource",
        INIT + "operation error SSM: GetParameters, https response error StatusCode: 400, api "
        "error AccessDeniedException: " + USER + "ssm:GetParameters on resource: arn",
    ],
    "A04": [INIT + "AccessDeniedException: Access to KMS is not allowed"],
    "A05": ["ECS was unable to assume the role 'arn' that was provided for this task."],
    "A06": ["unable to find execution role credentials"],
    "A07": [
        "ResourceInitializationError: failed to validate logger args: create stream has been "
        "retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The "
        "specified log group does not exist."
    ],
    "A08": [
        "ResourceInitializationError: failed to validate logger args: create stream has been "
        "retried 1 times: AccessDeniedException: " + USER + "logs:CreateLogGroup on resource: arn"
    ],
    "N03": [
        INIT + "unable to retrieve secret from asm: service call has been retried 5 time(s): "
        "dial tcp 3.0.0.1:443: i/o timeout. Please check your task network configuration.",
        INIT + "unable to retrieve secret from asm: There is a connection issue between the task "
        "and AWS Secrets Manager. Check your task network configuration. failed to fetch secret "
        "arn from secrets manager: operation error Secrets Manager: GetSecretValue, https response "
        "error StatusCode: 0, RequestID: , canceled, context deadline exceeded.",
        INIT + "unable to retrieve secrets from ssm: The task cannot pull secrets from AWS Systems "
        "Manager. There is a connection issue between the task and AWS Systems Manager Parameter "
        "Store. Check your task network configuration. RequestCanceled: request context canceled",
    ],
    "N07": [
        "ResourceInitializationError: failed to validate logger args: : signal: killed",
        "ResourceInitializationError: failed to validate logger args: The task cannot find the "
        "Amazon CloudWatch log group defined in the task definition. There is a connection issue "
        "between the task and Amazon CloudWatch. Check your network configuration.",
    ],
    "N18": ["ResourceInitializationError: failed to download env files: i/o timeout"],
    "K01": [
        INIT + "ResourceNotFoundException: The task can't retrieve the secret with ARN 'arn:aws:"
        "secretsmanager:eu-central-1:1:secret:shop-AbCdEf:password' from AWS Secrets Manager. "
        "Check whether the secret exists in the specified Region",
        INIT + "ResourceNotFoundException: Secrets Manager can't find the specified secret.",
    ],
    "K02": [INIT + "retrieved secret from Secrets Manager did not contain json key PASSWORD"],
    "K03": [INIT + "unable to retrieve secret from asm: invalid character 'p' looking for value"],
    "K04": [
        INIT + "InvalidParameter: 1 validation error(s) found. - minimum field size of 32, "
        "GetSecretValueInput.VersionId."
    ],
    "K05": [
        INIT + "unable to retrieve secrets from ssm: service call has been retried 1 time(s): "
        "invalid ssm parameters: shop/password"
    ],
    "P19": ["Essential container in task exited; exit code 137"],
    "P20": ["OutOfMemoryError: Container killed due to memory usage"],
    "P21": ["No Fargate configuration exists for given values: 256 CPU, 4096 memory."],
    "C01": ["Task failed container health checks"],
    "X07": [
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: "
        'stderr: Failed to resolve "fs-0a1b.efs.eu-central-1.amazonaws.com" - check that your file '
        "system ID is correct"
    ],
}
LINES = {
    "A01": [
        SECRET + "this process has no AWS credentials: give the task definition a task role.",
        "botocore.exceptions.NoCredentialsError: Unable to locate credentials",
    ],
    "A02": [
        SECRET + "arn:aws:sts::1:assumed-role/r/t may not call secretsmanager:GetSecretValue",
        "botocore.exceptions.ClientError: An error occurred (AccessDeniedException) when calling "
        "the GetSecretValue operation: " + USER + "secretsmanager:GetSecretValue on resource: arn",
    ],
    "A04": [
        SECRET + "arn:aws:sts::1:assumed-role/r/t may not call kms:Decrypt on the key.",
        "An error occurred (AccessDeniedException) when calling the GetSecretValue operation: "
        "Access to KMS is not allowed",
    ],
    "N01": [
        "botocore.exceptions.ConnectTimeoutError: Connect timeout on endpoint URL: "
        '"https://secretsmanager.eu-central-1.amazonaws.com/"'
    ],
    "N08": [
        SECRET + "secretsmanager.eu-central-1.amazonaws.com did not accept a connection within 1 s",
        SECRET + "secretsmanager.eu-central-1.amazonaws.com did not answer within 10 s: make a way",
    ],
    "N17": [USER + "sqs:SendMessage on resource: arn because no VPC endpoint policy allows it"],
    "I07": ["exec /app/entrypoint: exec format error"],
    "B02": ["Invalid HTTP_HOST header: '10.0.0.10:8080'. You may need to add '10.0.0.10'."],
    "C08": ['django.db.utils.ProgrammingError: relation "shop_item" does not exist'],
    "C09": [
        "requests.exceptions.ConnectionError: HTTPConnectionPool(host='catalog.svc.cluster.local')",
        "CATALOG_URL: http://catalog.shop.internal:8000 did not answer",
        "ConnectionError: HTTPConnectionPool(host='localhost', port=8001): Max retries exceeded",
    ],
    "C14": [
        "django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty."
    ],
    "D01": [
        'django.db.utils.OperationalError: connection to server at "10.0.0.5", port 5432 failed: '
        "connection timeout expired",
        "pymongo.errors.ServerSelectionTimeoutError: docdb:27017: timed out",
    ],
    "D02": ['FATAL:  no pg_hba.conf entry for host "10.0.0.7", user "u", no encryption'],
    "D03": [
        'connection to server at "db", port 5432 failed: root certificate file "/ca.pem" does not '
        "exist",
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate",
    ],
    "D04": ["pymongo.errors.ServerSelectionTimeoutError: SSL handshake failed: docdb:27017: EOF"],
    "D05": [
        "pymongo.errors.OperationFailure: Retryable writes are not supported",
        "pymongo.errors.OperationFailure: Unrecognized field: 'txnNumber', full error: {'code': 9}",
    ],
    "D06": ["pymongo.errors.OperationFailure: Aggregation stage not supported: '$facet'"],
    "D07": ["pymongo.errors.AutoReconnect: docdb:27017: [Errno 111] Connection refused"],
    "D11": [
        "FATAL:  sorry, too many clients already",
        "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
    ],
    "K09": ["ValueError: Port could not be cast to integer value as 'p4ss'"],
    "K10": [
        'FATAL:  password authentication failed for user "accounts_user"',
        "pymongo.errors.OperationFailure: Authentication failed., full error: {'code': 18}",
    ],
    "P20": ["[ERROR] Worker (pid:7) was sent SIGKILL! Perhaps out of memory?"],
    "": [
        "CommandError: There is no migration 9.",
        "Error: SECRET_ID is not set.",
        "An error occurred (AccessDenied): " + USER + "s3:GetObject on resource: arn",
    ],
}
TARGETS = {
    "B01": [UNHEALTHY.format("404"), "Health checks failed with these codes: [404]"],
    "B02": [UNHEALTHY.format("400")],
    "B03": [UNHEALTHY.format("301"), UNHEALTHY.format("302")],
    "B04": [UNHEALTHY.format("502"), UNHEALTHY.format("200")],
    "B05": [
        "Target.FailedHealthChecks Health checks failed",
        "Task failed ELB health checks in g",
        "(service accounts) (instance i-0a) is unhealthy in (elb e) due to (reason Instance has "
        "failed at least the UnhealthyThreshold number of health checks consecutively.)",
    ],
    "B08": ["Target.Timeout Request timed out"],
    "B11": [
        "Target.NotInUse Target group is not configured to receive traffic from the load balancer"
    ],
    "B13": [
        "Target.NotInUse Target is in an Availability Zone that is not enabled for the load "
        "balancer"
    ],
}
STATES = {
    "P06": [
        "The service accounts: every instance has a former task at its fixed host port, and none "
        "may be ended first."
    ],
    "P07": [
        "The service accounts: of 1 desired tasks at least 1 have to run and at most 1 may, so "
        "that none can be replaced."
    ],
    "P08": [
        "The service accounts: an instance as a whole is large enough for a task, and the former "
        "tasks of the service hold it."
    ],
    "P10": ["The task definition a:1 has the host port 22, which every instance keeps for itself."],
    "P11": ["The cluster shop: no container instance is registered in the cluster."],
    "P13": [
        "The cluster shop: the agent of i-0a1b is disconnected, and no other instance has one that "
        "is connected."
    ],
    "P15": ["The instance i-0a1b has 100 host ports in use, which is all that there are."],
}
DEPLOYMENTS = {
    "C10": [
        "(service accounts) rolling back to deployment ecs-svc/1.",
        "ECS deployment circuit breaker: tasks failed to start.",
        "ROLLBACK_SUCCESSFUL: Service deployment rolled back because the circuit breaker threshold "
        "was exceeded.",
    ],
    "C11": ["The deployment ecs-svc/1 failed, and no deployment before it was ever complete."],
    "C12": [
        "Deployment ecs-svc/1: 12 tasks have failed, and no circuit breaker ends the deployment."
    ],
}
TABLES = [
    (causes.PLACEMENT, EVENTS),
    (causes.REFUSED, REFUSALS),
    (causes.STOPPING, STOPS),
    (causes.APPLICATION, LINES),
    (causes.HEALTH, TARGETS),
    (causes.STATE, STATES),
    (causes.BREAKER, DEPLOYMENTS),
]


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


@pytest.mark.parametrize(("fault", "message"), cases(REFUSALS))
def test_refusal(fault: str, message: str) -> None:
    error = first_cause(Evidence(WHAT, events=[message]))
    assert error.fault == fault
    check_sentences(error.cause, error.cure)


@pytest.mark.parametrize(("fault", "message"), cases(STATES | DEPLOYMENTS))
def test_state(fault: str, message: str) -> None:
    error = first_cause(Evidence(WHAT, states=[message]))
    assert error.fault == fault
    assert error.details == [message]
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


@pytest.mark.parametrize(("table", "messages"), TABLES)
def test_every_cause_has_a_message_here(table: list[Known], messages: dict[str, list[str]]) -> None:
    assert {each.fault for each in table} == set(messages)
    texts = [text for each in messages.values() for text in each]
    for known in table:
        assert any(re.search(known.pattern, text) for text in texts), known.pattern


def test_what_the_application_said_explains_its_health() -> None:
    """Not the last symptom: a task without its secret fails every check afterwards."""
    line = LINES["A02"][0]
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


FAILED = task("Task failed ELB health checks in (target-group arn)", exit_code=None)


@pytest.mark.parametrize(
    ("events", "stopped", "fault"),
    [
        ([ENI, STARTED], [FAILED], "B01"),
        ([ENI, STARTED, ENI], [FAILED], "P03"),
        ([STARTED, ENI], [FAILED], "P03"),
        ([ENI], [FAILED], "P03"),
        ([ENI, STARTED], [], "P03"),
    ],
)
def test_place_that_was_lacking_for_a_while(
    events: list[str], stopped: list[StoppedTask], fault: str
) -> None:
    """As beside tasks of the version before, which had not ended yet."""
    evidence = Evidence(WHAT, events, [UNHEALTHY.format("404")], stopped)
    assert first_cause(evidence).fault == fault


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


@pytest.mark.parametrize("table", [table for table, _ in TABLES])
def test_elsewhere_nothing_is_said_of_deployment_toml(table: list[Known]) -> None:
    evidence = Evidence(WHAT, is_own=False)
    for known in table:
        cure = known.cure_of(evidence)
        own = re.search(
            r"deployment\.toml|egress|tasks_in|\[task\]|instance_(type|class)|--\w+", cure
        )
        assert own is None or "docker build" in cure, cure


def test_taken_back_is_no_cause_where_a_task_is_known() -> None:
    evidence = Evidence(WHAT, states=DEPLOYMENTS["C10"], stopped=[task("Exited")])
    assert first_cause(evidence).fault == ""


def test_taken_back_is_no_cause_while_it_is_watched() -> None:
    """As `up` does: it has seen all that there was."""
    assert first_cause(Evidence(WHAT, events=DEPLOYMENTS["C10"])).fault == ""


def test_what_follows_is_told_behind() -> None:
    evidence = Evidence(WHAT, [UNHEALTHY.format("404")], stopped=[task("", tuple(LINES["D02"]))])
    assert [each.fault for each in all_causes(evidence)] == ["D02", "B01"]
