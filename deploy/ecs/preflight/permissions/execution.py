"""Whether ECS, as the execution role, may fetch what a task starts with.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
"""

from collections.abc import Iterator

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph import Container, Graph, Role, Secret, SecretReference, TaskDefinition
from deploy.ecs.graph.keys import Key, permits_key
from deploy.ecs.graph.storage import SsmParameter
from deploy.ecs.preflight.finding import Finding, error, note
from deploy.ecs.preflight.permissions.subjects import (
    containers,
    instance_roles,
    is_customer_key,
    named,
    needs_fargate,
    parameter_arn,
    repository_arn,
)

PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
CANNOT_PULL = (
    "CannotPullContainerError: The task can't pull the image. Check that the role has the "
    "permissions to pull images from the registry."
)
UNABLE = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
    "retrieval failed: unable to retrieve secret from {source}: AccessDeniedException: {role} is "
    "not authorized to perform: {action}"
)


def pulls_images(graph: Graph) -> Iterator[Finding]:
    for definition in graph.all(TaskDefinition):
        for role, path in _pullers(definition):
            for container in containers(definition):
                yield from _pull(definition, container, role, path)


def _pullers(definition: TaskDefinition) -> Iterator[tuple[Role, tuple[str, ...]]]:
    """The execution role, or where there is none those of the instances."""
    link = definition.execution_role
    if link and link.node:
        yield link.node, ("ExecutionRoleArn",)
    elif definition.given("ExecutionRoleArn") is False:
        yield from ((each, ()) for each in instance_roles(definition) if each)


def _pull(
    definition: TaskDefinition, container: Container, role: Role, path: tuple[str, ...]
) -> Iterator[Finding]:
    image = container.image
    if image is None or image.kind != "ecr":
        return
    repository = repository_arn(image)
    wanted: list[tuple[str, Value]] = [("ecr:GetAuthorizationToken", "*")]
    if repository is not None:
        wanted += [(each, repository) for each in PULL]
    denied = [action for action, on in wanted if role.judged(action, on).truth is False]
    if denied:
        yield error(
            "I02",
            role,
            why=(
                f"ECS pulls the image of {container.container_name} in "
                f"{definition.resource.logical_id} as {named(role)}.",
                f"{named(role)} may not {', '.join(denied)}.",
            ),
            message=CANNOT_PULL,
            cure=f"Let {named(role)} ecr:GetAuthorizationToken on *, and {' and '.join(PULL)} on "
            "the repository.",
        )


def reads_secrets(graph: Graph) -> Iterator[Finding]:
    for definition in graph.all(TaskDefinition):
        link = definition.execution_role
        role = link.node if link else None
        for container in containers(definition):
            for each in container.secrets:
                if role is not None and each.exists is not False:
                    yield from _read(definition, role, each)


def _read(definition: TaskDefinition, role: Role, reference: SecretReference) -> Iterator[Finding]:
    action, resource, source = _asked(definition, reference)
    if resource is None:
        return
    subject = f"ECS reads {reference.variable} as {named(role)} before it starts a task."
    denied = role.judged(action, resource).truth is False
    if denied and not _is_read_as_parameter(role, reference):
        yield error(
            "A03",
            reference,
            "ValueFrom",
            why=(subject, f"{named(role)} may not {action} on it."),
            message=UNABLE.format(source=source, role=named(role), action=action),
            cure=f"Let {named(role)} {action} on it.",
        )
    yield from _decrypts(role, reference, subject)


def _asked(definition: TaskDefinition, reference: SecretReference) -> tuple[str, Value, str]:
    if reference.service == "secretsmanager":
        return "secretsmanager:GetSecretValue", reference.target or reference.arn, "asm"
    if reference.service == "ssm":
        written = reference.written
        is_arn = isinstance(written, str) and written.startswith("arn:")
        if isinstance(reference.target, SsmParameter):
            name: Value = reference.target.name or reference.target
            resource = parameter_arn(definition.graph, definition.resource.stack, name)
        elif is_arn:
            resource = written
        else:
            resource = parameter_arn(definition.graph, definition.resource.stack, written)
        return "ssm:GetParameters", resource, "ssm"
    return "", None, ""


def _is_read_as_parameter(role: Role, reference: SecretReference) -> bool:
    """K05 tells of it: a secret's name, which ECS takes for a parameter's."""
    written = reference.written
    is_name = isinstance(written, str) and not written.startswith(("arn:", "/"))
    return is_name and bool(role.about("secretsmanager:GetSecretValue"))


def _decrypts(role: Role, reference: SecretReference, subject: str) -> Iterator[Finding]:
    secret = reference.target
    if not isinstance(secret, Secret) or not is_customer_key(secret.key):
        return
    key = secret.graph.find(secret.key, Key)
    allowed = permits_key(key, role, "kms:Decrypt") if key else None
    outside = key is None and role.judged("kms:Decrypt", secret.key).truth is False
    if allowed is False or outside:
        tell = note if outside else error
        yield tell(
            "A04",
            secret,
            "KmsKeyId",
            why=(
                subject,
                f"{secret.resource.logical_id} is encrypted with a key of yours.",
                f"{named(role)} may not kms:Decrypt with it, by its own policies"
                + (" and the key's." if key else "."),
            ),
            message=UNABLE.format(source="asm", role=named(role), action="kms:Decrypt"),
            cure=f"Let {named(role)} kms:Decrypt on the key, and the key's policy leave that to "
            "the account.",
        )


def has_execution_role(graph: Graph) -> Iterator[Finding]:
    for definition in graph.all(TaskDefinition):
        if definition.given("ExecutionRoleArn") is not False:
            continue
        why = _why_needed(definition)
        if why:
            yield error(
                "A06",
                definition,
                "ExecutionRoleArn",
                why=(why, f"{definition.resource.logical_id} has no ExecutionRoleArn."),
                message="ResourceInitializationError: unable to pull secrets or registry auth: "
                "unable to find execution role credentials",
                cure="Give it a role for ExecutionRoleArn that ecs-tasks.amazonaws.com may assume "
                "and that may read these secrets, pull the image and write logs.",
            )


def _why_needed(definition: TaskDefinition) -> str:
    for container in containers(definition):
        name = container.container_name
        if len(container.secrets):
            return f"{name} has Secrets, which ECS reads as the execution role."
        if needs_fargate(definition):
            if container.image and container.image.kind == "ecr":
                return f"Fargate pulls the image of {name} from ECR as the execution role."
            if container.log and container.log.driver == "awslogs":
                return f"Fargate sends the logs of {name} as the execution role."
    return ""
