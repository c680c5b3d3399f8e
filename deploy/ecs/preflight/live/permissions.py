"""Whether existing roles may do what their tasks need: pull, read secrets, decrypt."""

from collections.abc import Iterator

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph import Container, Graph, Secret, SecretReference
from deploy.ecs.graph.parts import Part
from deploy.ecs.preflight.egress.needs import names_secret
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.live.roles import Existing, admits, role_of
from deploy.ecs.preflight.live.subjects import containers, is_here, likely_arn
from deploy.ecs.preflight.permissions.execution import CANNOT_PULL, PULL, UNABLE
from deploy.ecs.preflight.permissions.subjects import is_customer_key, repository_arn
from deploy.ecs.preflight.permissions.task_roles import READ

OF_SECRETS = "AWS::SecretsManager::ResourcePolicy"


def allow_reading(graph: Graph, account: Account) -> Iterator[Finding]:
    """What the environment names, as the task role."""
    for definition, container in containers(graph):
        role = role_of(definition.task_role, account)
        for name, value in container.environment.items() if role else ():
            if role and names_secret(container, value) and _may_not_read(role, container, value):
                yield error(
                    "A02",
                    definition,
                    "TaskRoleArn",
                    why=(
                        f"{name} of {container.container_name} names a secret.",
                        f"The application reads it as {role.name}, which may not {READ} on it.",
                    ),
                    message="botocore.exceptions.ClientError: An error occurred "
                    "(AccessDeniedException) when calling the GetSecretValue operation",
                    cure=f"Let {role.name} {READ} on it.",
                )


def _may_not_read(role: Existing, part: Part, value: Value) -> bool:
    arn = likely_arn(part.graph, value, role.account)
    if arn is None or not is_here(arn, role.account):
        return False
    return role.refused(READ, arn, _policy_of_secret(part, value, arn, role.account))


def _policy_of_secret(part: Part, value: Value, arn: str, account: Account) -> str | None:
    if part.graph.find(value) is None:
        return account.secret_policy(arn)
    kinds = {each.resource.type for each in part.graph.nodes}
    return None if OF_SECRETS in kinds else ""


def allow_injecting(graph: Graph, account: Account) -> Iterator[Finding]:
    """What `Secrets` name, as the execution role."""
    for definition, container in containers(graph):
        role = role_of(definition.execution_role, account)
        for each in container.secrets if role else ():
            if role is None or each.service != "secretsmanager" or each.exists is False:
                continue
            if _may_not_read(role, each, each.target or each.arn):
                yield _not_injected("A03", each, role, READ)
            elif (key := _key(each, account)) and _may_not_decrypt(role, key):
                yield _not_injected("A04", each, role, "kms:Decrypt")


def _key(reference: SecretReference, account: Account) -> str | None:
    """That it is encrypted with, if it is one of the account's own."""
    if isinstance(reference.target, Secret):
        key = reference.target.key
    else:
        found = account.secret(str(reference.arn)) if isinstance(reference.arn, str) else None
        key = (found or {}).get("KmsKeyId")
    is_arn = isinstance(key, str) and key.startswith("arn:") and ":key/" in key
    return str(key) if is_arn and is_customer_key(key) and is_here(str(key), account) else None


def _may_not_decrypt(role: Existing, key: str) -> bool:
    policy = role.account.key_policy(key)
    root = f"arn:aws:iam::{role.account.id}:root"
    # A key whose policy names neither does not listen to the role's policies at all.
    if policy and not admits(policy, role.arn) and not admits(policy, root):
        return True
    return role.refused("kms:Decrypt", key, policy)


def _not_injected(fault: str, reference: SecretReference, role: Existing, action: str) -> Finding:
    return error(
        fault,
        reference,
        "ValueFrom",
        why=(
            f"ECS reads {reference.variable} as {role.name} before it starts a task.",
            f"{role.name} may not {action}"
            + (" on it." if fault == "A03" else " with the key that encrypts it."),
        ),
        message=UNABLE.format(source="asm", role=role.name, action=action),
        cure=f"Let {role.name} {action}" + (" on it." if fault == "A03" else " on the key."),
    )


def allow_pulling(graph: Graph, account: Account) -> Iterator[Finding]:
    for definition, container in containers(graph):
        role = role_of(definition.execution_role, account)
        denied = _not_pulled(container, role) if role else []
        if role and denied:
            yield error(
                "I02",
                definition,
                "ExecutionRoleArn",
                why=(
                    f"ECS pulls the image of {container.container_name} as {role.name}.",
                    f"{role.name} may not {', '.join(denied)}.",
                ),
                message=CANNOT_PULL,
                cure=f"Let {role.name} ecr:GetAuthorizationToken on *, and {' and '.join(PULL)} on "
                "the repository.",
            )


def _not_pulled(container: Container, role: Existing) -> list[str]:
    image, account = container.image, role.account
    if image is None or image.kind != "ecr":
        return []
    denied = ["ecr:GetAuthorizationToken"]
    denied = [each for each in denied if role.refused(each, "*")]
    arn = likely_arn(container.graph, repository_arn(image), account)
    if arn is None or not is_here(arn, account):
        return denied
    if image.node is None:
        policy = account.repository_policy(arn.partition("repository/")[2])
    else:
        policy = None if image.node.given("RepositoryPolicyText") is not False else ""
    return denied + [each for each in PULL if role.refused(each, arn, policy)]
