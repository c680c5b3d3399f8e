"""Whether a container's environment has what a Django application is not run with."""

import re
from collections.abc import Iterator

from deploy.ecs.graph import Container, Graph, TaskDefinition
from deploy.ecs.preflight.finding import Finding, warning

DEBUG = re.compile(r"(^|_)DEBUG$")
ON = {"1", "true", "yes", "on"}
SECRET_KEY = re.compile(r"(^|_)SECRET_KEY$")
LOOKS_LIKE_DJANGO = {"DJANGO_SETTINGS_MODULE", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS"}


def debugging_is_off(graph: Graph) -> Iterator[Finding]:
    for container in _containers(graph):
        for name, value in container.environment.items():
            if DEBUG.search(name) and str(value).lower() in ON and value is not None:
                yield warning(
                    "C14",
                    container,
                    "Environment",
                    why=(f"{name} of {container.container_name} is {str(value).lower()}.",),
                    message="Errors show settings and source to anybody.",
                    cure="Set it to false, or leave it out.",
                )
            elif SECRET_KEY.search(name) and isinstance(value, str) and "resolve:" not in value:
                yield _key(container, name, value)


def _key(container: Container, name: str, value: str) -> Finding:
    what = "is in the template, for all who may read it" if value else "is empty"
    return warning(
        "C14",
        container,
        "Environment",
        why=(f"{name} of {container.container_name} {what}.",),
        message="django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be "
        "empty."
        if not value
        else "Whoever reads the template can sign sessions.",
        cure="Give it by Secrets, from Secrets Manager.",
    )


def key_is_given(graph: Graph) -> Iterator[Finding]:
    """Only of what says by other settings that it is such an application, and shows one key."""
    for container in _containers(graph):
        named = set(container.environment) | {each.variable for each in container.secrets}
        is_django = LOOKS_LIKE_DJANGO & named and not _has_own_loader(container)
        if not is_django or not container.environment_complete or not container.secrets.complete:
            continue
        if None not in named and not any(SECRET_KEY.search(each) for each in named if each):
            yield warning(
                "C14",
                container,
                "Environment",
                why=(
                    f"{container.container_name} is a Django application by its settings.",
                    "It is given no SECRET_KEY, in its environment or by Secrets.",
                ),
                message="django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must "
                "not be empty.",
                cure="Give it by Secrets, from Secrets Manager.",
            )


def _has_own_loader(container: Container) -> bool:
    """Which reads the key itself, from a secret that the environment names."""
    return any("SECRET" in name for name in container.environment)


def _containers(graph: Graph) -> Iterator[Container]:
    for definition in graph.all(TaskDefinition):
        yield from definition.containers
