"""Whether `Secrets` name what they mean, as ECS reads it.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
"""

import re
from collections.abc import Iterator

from deploy.ecs.graph import Graph, Role, SecretReference, TaskDefinition
from deploy.ecs.graph.secrets import SecretLike
from deploy.ecs.preflight.finding import Finding, error, note

FORM = "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-AbCdEf:JSON-KEY:STAGE:VERSION-ID"
SHORTEST_VERSION = 32  # characters
STAGE = re.compile(r"AWS(CURRENT|PENDING|PREVIOUS)")
NOT_FOUND = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
    "retrieval failed: unable to retrieve secret from asm: ResourceNotFoundException: Secrets "
    "Manager can't find the specified secret."
)


def _references(graph: Graph) -> Iterator[tuple[TaskDefinition, SecretReference]]:
    for definition in graph.all(TaskDefinition):
        for container in definition.containers:
            yield from ((definition, each) for each in container.secrets)


def are_whole(graph: Graph) -> Iterator[Finding]:
    for _, each in _references(graph):
        if each.service == "secretsmanager" and each.extra_fields in {1, 2}:
            yield error(
                "K01",
                each,
                "ValueFrom",
                why=(
                    f"Behind the ARN of {each.variable} {_counted(each.extra_fields)}.",
                    f"ECS takes none or three: {FORM}.",
                ),
                message=NOT_FOUND,
                cure="End it with two colons behind the key: ARN:password:: is whole.",
            )


def _counted(number: int | None) -> str:
    return "stands one field" if number == 1 else f"stand {number} fields"


def have_their_keys(graph: Graph) -> Iterator[Finding]:
    for _, each in _references(graph):
        secret, key = each.target, each.json_key
        keys = secret.keys if isinstance(secret, SecretLike) else None
        if not key or keys is None or key in keys or not isinstance(secret, SecretLike):
            continue
        there = ", ".join(sorted(keys)) or "none"
        yield error(
            "K02",
            each,
            "ValueFrom",
            why=(
                f"{each.variable} is the key {key} of {secret.resource.logical_id}.",
                f"That secret will have the keys: {there}.",
            ),
            message="ResourceInitializationError: unable to pull secrets or registry auth: "
            f"retrieved secret from Secrets Manager did not contain json key {key}",
            cure="Name a key that it has, or put that key into the secret.",
        )


def versions_are_ids(graph: Graph) -> Iterator[Finding]:
    for _, each in _references(graph):
        version = each.version
        if version and len(version) < SHORTEST_VERSION:
            yield error(
                "K04",
                each,
                "ValueFrom",
                why=(
                    f"The last field of {each.variable} is {version}; it is for a version's id.",
                    "A stage stands in the field before it."
                    if STAGE.fullmatch(version)
                    else "An id has at least 32 characters.",
                ),
                message="InvalidParameter: 1 validation error(s) found. - minimum field size of "
                "32, GetSecretValueInput.VersionId.",
                cure=f"Write …:{each.json_key or ''}:{version}: instead.",
            )


def are_arns(graph: Graph) -> Iterator[Finding]:
    for definition, each in _references(graph):
        written = each.written
        if not isinstance(written, str) or written.startswith(("arn:", "/")):
            continue
        link = definition.execution_role
        role = link.node if link else None
        is_secret = isinstance(each.target, SecretLike)
        if each.service == "ssm" and not is_secret and role is None:
            continue
        if is_secret or (role and each.target is None and _reads_secrets_only(role)):
            yield error(
                "K05",
                each,
                "ValueFrom",
                why=(
                    f"{each.variable} comes from {written}, which is no ARN.",
                    "ECS takes a name for that of a parameter of Systems Manager.",
                    "A secret of that name is in these stacks."
                    if is_secret
                    else "The execution role may read secrets, and no parameters.",
                ),
                message="ResourceInitializationError: unable to pull secrets or registry auth: "
                f"invalid ssm parameters: {written}",
                cure="Give the secret's ARN, such as !Ref of it.",
            )


def _reads_secrets_only(role: Role) -> bool:
    reads = any(each.has_action("secretsmanager:GetSecretValue") for each in role.statements)
    return reads and role.judged("ssm:GetParameters").truth is False


def rotation_reaches_tasks(graph: Graph) -> Iterator[Finding]:
    for _, each in _references(graph):
        secret = each.target
        if isinstance(secret, SecretLike) and secret.rotates:
            yield note(
                "K07",
                each,
                "ValueFrom",
                why=(
                    f"{secret.resource.logical_id} rotates; {each.variable} has the value of when "
                    "its task was started.",
                ),
                message="Authentication fails days later, until the next deployment.",
                cure="Read the secret in the application, or deploy anew after each rotation.",
            )
