"""Whether the shop's own settings find in a secret what they read from it (ecom/secrets)."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, TaskDefinition
from deploy.ecs.graph.secrets import SecretLike
from deploy.ecs.preflight.finding import Finding, error

VARIABLE = "ECOM_DATABASE_SECRET_ID"
WANTED = ("username", "password")


def has_user_and_password(graph: Graph) -> Iterator[Finding]:
    for definition in graph.all(TaskDefinition):
        for container in definition.containers:
            settings = container.environment.get("DJANGO_SETTINGS_MODULE")
            secret = graph.find(container.environment.get(VARIABLE), SecretLike)
            is_own = isinstance(settings, str) and settings.startswith("ecom.")
            if not is_own or secret is None or secret.keys is None:
                continue
            lacking = [each for each in WANTED if each not in secret.keys]
            if lacking:
                yield error(
                    "K10",
                    secret,
                    why=(
                        f"{container.container_name} reads the database's user and password from "
                        f"{secret.resource.logical_id}.",
                        f"It will have no {' and no '.join(lacking)}.",
                    ),
                    message=f"The secret has no {lacking[0]}.",
                    cure="Store a JSON object with username and password in it.",
                )
