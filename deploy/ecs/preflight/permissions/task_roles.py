"""Whether the application may do what it does: with the task role, or by chance the instance's.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

from collections.abc import Iterator

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph import Container, Graph, Role, Service, TaskDefinition
from deploy.ecs.graph.secrets import SecretLike
from deploy.ecs.preflight.egress.needs import names_secret
from deploy.ecs.preflight.finding import Finding, error, note, warning
from deploy.ecs.preflight.permissions.subjects import (
    containers,
    instance_roles,
    launched_by,
    named,
)

READ = "secretsmanager:GetSecretValue"
SESSION = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
NOT_CONNECTED = (
    "An error occurred (TargetNotConnectedException) when calling the ExecuteCommand operation: "
    "The execute command failed due to an internal error."
)
# What an application is told of only to call AWS for it.
CALLED = {
    "AWS::DynamoDB::Table",
    "AWS::Kinesis::Stream",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::StepFunctions::StateMachine",
}


def has_task_role(graph: Graph) -> Iterator[Finding]:
    for definition in graph.all(TaskDefinition):
        if definition.given("TaskRoleArn") is not False or not launched_by(definition):
            continue
        called = list(_calls(definition))
        roles = instance_roles(definition)
        lent = bool(roles) and all(each is None or _all_allowed(each, called) for each in roles)
        tell = note if not called or lent else error if _has_secret(called) else warning
        yield tell(
            "A01",
            definition,
            "TaskRoleArn",
            why=(
                f"{definition.resource.logical_id} has no TaskRoleArn.",
                *(f"{name} of {of.container_name} tells it to call AWS." for of, name, _ in called),
                "On instances it acts as the instance's role then, unless that is shut off."
                if roles
                else "So it has no credentials at all.",
            ),
            message="botocore.exceptions.NoCredentialsError: Unable to locate credentials"
            if not roles
            else "AccessDeniedException",
            cure="Give it a TaskRoleArn that ecs-tasks.amazonaws.com may assume, with what the "
            "application does and nothing more.",
        )


Called = tuple[Container, str, Value]


def _calls(definition: TaskDefinition) -> Iterator[Called]:
    for container in containers(definition):
        for name, value in container.environment.items():
            node = container.graph.find(value)
            if names_secret(container, value) or (node and node.resource.type in CALLED):
                yield container, name, value


def _has_secret(called: list[Called]) -> bool:
    return any(names_secret(container, value) for container, _, value in called)


def _all_allowed(role: Role, called: list[Called]) -> bool:
    wanted = [value for container, _, value in called if names_secret(container, value)]
    return all(role.judged(READ, value).truth is not False for value in wanted)


def may_read_secrets(graph: Graph) -> Iterator[Finding]:
    """Those that the environment names, which the application reads itself."""
    for definition in graph.all(TaskDefinition):
        role = definition.task_role.node if definition.task_role else None
        if role is None:
            continue
        for container, name, value in _calls(definition):
            if names_secret(container, value) and role.judged(READ, value).truth is False:
                yield from _unread(container, name, value, role)


def _unread(container: Container, name: str, value: Value, role: Role) -> Iterator[Finding]:
    secret = container.graph.find(value, SecretLike)
    of = secret.resource.logical_id if secret else str(value)
    yield error(
        "A02",
        role,
        why=(
            f"{name} of {container.container_name} names the secret {of}.",
            f"The application reads it as {named(role)}, which may not {READ} on it.",
        ),
        message="botocore.exceptions.ClientError: An error occurred (AccessDeniedException) when "
        "calling the GetSecretValue operation",
        cure=f"Let {named(role)} {READ} on {of}.",
    )


def may_be_entered(graph: Graph) -> Iterator[Finding]:
    for service in graph.all(Service):
        link = service.task_definition
        definition = link.node if link else None
        if service.allows_exec and definition:
            yield from _entered(service, definition)


def _entered(service: Service, definition: TaskDefinition) -> Iterator[Finding]:
    link = definition.task_role
    what = f"{service.resource.logical_id} has EnableExecuteCommand."
    cure = f"Let the task role {', '.join(SESSION)} on *."
    if definition.given("TaskRoleArn") is False and service.launch == "fargate":
        why = (what, f"{definition.resource.logical_id} has no task role to open a session as.")
        yield error("E01", definition, "TaskRoleArn", why=why, message=NOT_CONNECTED, cure=cure)
    role = link.node if link else None
    denied = [each for each in SESSION if role and role.judged(each).truth is False]
    if role and denied:
        why = (what, f"{named(role)} may not {', '.join(denied)}.")
        yield error("E01", role, why=why, message=NOT_CONNECTED, cure=cure)
