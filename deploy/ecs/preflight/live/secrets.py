"""Secrets that no stack makes: whether they are there, with the keys that are read.

Of a secret's value only the names of its keys are looked at, and none of it is kept.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
"""

from collections.abc import Iterator

from deploy.ecs.graph import Container, Graph, Secret, SecretReference
from deploy.ecs.graph.reading import text
from deploy.ecs.graph.storage import SsmParameter
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.live.subjects import containers, is_here, may_be_made
from deploy.ecs.preflight.secrets.own_loader import VARIABLE, WANTED

UNABLE = "ResourceInitializationError: unable to pull secrets or registry auth: "
NOT_FOUND = f"{UNABLE}ResourceNotFoundException: Secrets Manager can't find the specified secret."


def _references(graph: Graph, account: Account) -> Iterator[tuple[SecretReference, str]]:
    """With the ARN of a secret, or the name of a parameter."""
    for _, container in containers(graph):
        for each in container.secrets:
            written = each.arn
            is_outside = each.target is None and each.exists is True
            if is_outside and isinstance(written, str) and is_here(written, account):
                yield each, written


def are_there(graph: Graph, account: Account) -> Iterator[Finding]:
    for reference, arn in _references(graph, account):
        if reference.service != "secretsmanager":
            continue
        found = account.secret(arn)
        if found is None or (found and "DeletedDate" not in found):
            continue
        if not found and may_be_made(graph, Secret):
            continue
        lacking = (
            "It is scheduled for deletion." if found else f"{account.region} has no such secret."
        )
        yield error(
            "K01",
            reference,
            "ValueFrom",
            why=(f"{reference.variable} comes from {arn}.", lacking),
            message=NOT_FOUND
            if not found
            else f"{UNABLE}InvalidRequestException: You can't perform this operation on the secret "
            "because it was marked for deletion.",
            cure="aws secretsmanager restore-secret, or name another."
            if found
            else "Make the secret first, or correct the ARN.",
        )


def parameters_are_there(graph: Graph, account: Account) -> Iterator[Finding]:
    """What is no ARN is the name of a parameter to ECS."""
    for reference, name in _references(graph, account):
        if reference.service != "ssm" or (name.startswith("arn:") and ":parameter/" not in name):
            continue
        bare = name.partition(":parameter/")[2]
        # The ARN of a name without a slash has one all the same.
        names = [f"/{bare}", bare] if name.startswith("arn:") else [name]
        if may_be_made(graph, SsmParameter) or any(
            account.has_parameter(each) is not False for each in names
        ):
            continue
        is_secret = not name.startswith("arn:") and bool(account.secret(name))
        yield error(
            "K05",
            reference,
            "ValueFrom",
            why=(
                f"{reference.variable} comes from {name}, which is a parameter of Systems Manager "
                "to ECS.",
                f"{account.region} has none of that name"
                + (", but a secret." if is_secret else "."),
            ),
            message=f"{UNABLE}invalid ssm parameters: {name}",
            cure="Give the secret's ARN." if is_secret else "Make the parameter first.",
        )


def have_their_keys(graph: Graph, account: Account) -> Iterator[Finding]:
    for reference, arn in _references(graph, account):
        key = reference.json_key
        if reference.service != "secretsmanager" or not key or not _is_readable(account, arn):
            continue
        keys = account.secret_keys(arn, **_version(reference))
        if keys is None or key in keys:
            continue
        of = f"{reference.variable} is the key {key} of {arn}."
        yield _not_json(reference, of) if not keys else _no_key(reference, of, key, keys)


def _is_readable(account: Account, arn: str) -> bool:
    found = account.secret(arn)
    return found is None or (bool(found) and "DeletedDate" not in found)


def _version(reference: SecretReference) -> dict[str, str]:
    asked = {"VersionStage": reference.stage, "VersionId": reference.version}
    return {name: value for name, value in asked.items() if value}


def _not_json(reference: SecretReference, of: str) -> Finding:
    return error(
        "K03",
        reference,
        "ValueFrom",
        why=(of, "What is stored there is no JSON object with keys."),
        message=f"{UNABLE}unable to extract JSON key: invalid character",
        cure="Store a JSON object, or leave the key out of ValueFrom.",
    )


def _no_key(reference: SecretReference, of: str, key: str, keys: frozenset[str]) -> Finding:
    return error(
        "K02",
        reference,
        "ValueFrom",
        why=(of, f"It has the keys: {', '.join(sorted(keys))}."),
        message=f"{UNABLE}retrieved secret from Secrets Manager did not contain json key {key}",
        cure="Name a key that it has, or put that key into the secret.",
    )


def have_what_the_loader_reads(graph: Graph, account: Account) -> Iterator[Finding]:
    """The shop's own settings: ecom/secrets."""
    for _, container in containers(graph):
        arn = _of_loader(container)
        if arn is None or not is_here(arn, account) or not _is_readable(account, arn):
            continue
        keys = account.secret_keys(arn)
        lacking = [each for each in WANTED if keys is not None and each not in keys]
        if lacking:
            yield error(
                "K10",
                container,
                "Environment",
                why=(
                    f"{container.container_name} reads the database's user and password from "
                    f"{arn}.",
                    f"It has no {' and no '.join(lacking)}.",
                ),
                message=f"The secret has no {lacking[0]}.",
                cure="Store a JSON object with username and password in it.",
            )


def _of_loader(container: Container) -> str | None:
    settings = text(container.environment.get("DJANGO_SETTINGS_MODULE")) or ""
    written = container.environment.get(VARIABLE)
    is_outside = isinstance(written, str) and container.graph.find(written) is None
    return str(written) if is_outside and settings.startswith("ecom.") else None


def names_are_free(graph: Graph, account: Account) -> Iterator[Finding]:
    for secret in graph.all(Secret):
        name = secret.name
        found = account.secret(name) if isinstance(name, str) and secret.exists else None
        if found and "DeletedDate" in found:
            yield error(
                "K08",
                secret,
                "Name",
                why=(
                    f"{secret.resource.logical_id} is to have the name {name}.",
                    f"A secret of that name was deleted, and is kept until the days of its "
                    f"recovery are over in {account.region}.",
                ),
                message="You can't create this secret because a secret with this name is already "
                "scheduled for deletion.",
                cure=f"aws secretsmanager delete-secret --secret-id {name} "
                "--force-delete-without-recovery, or take another name.",
            )
