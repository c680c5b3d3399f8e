"""C14: what Django's settings say when they are loaded as in the container."""

from collections.abc import Iterator

from deploy.ecs.graph import Listener
from deploy.ecs.preflight.application.asking import Answer
from deploy.ecs.preflight.application.loading import variable_of
from deploy.ecs.preflight.application.subjects import Subject
from deploy.ecs.preflight.application.variables import Variables
from deploy.ecs.preflight.balancing.fed import called
from deploy.ecs.preflight.finding import Finding, warning


def trust(subject: Subject, answer: Answer, variables: Variables) -> Iterator[Finding]:
    settings = answer.settings
    if settings.get("DEBUG") and variables.is_known("DEBUG|ENV"):
        yield _debug(subject)
    if settings.get("insecure_key") and variables.is_known("SECRET|KEY|ENV"):
        yield _key(subject)
    listener = _terminating(subject)
    if (
        listener is not None
        and settings.get("checks_csrf")
        and not settings["has_proxy_header"]
        and not settings["trusted_origins"]
        and variables.is_known("CSRF|ORIGIN|PROX|URL|HTTPS")
    ):
        yield _origins(subject, listener)


def _terminating(subject: Subject) -> Listener | None:
    """A listener with TLS, behind which requests are plain."""
    groups = [each.group for each in subject.feeds if each.group]
    return next(
        (
            listener
            for group in groups
            if group.protocol == "HTTP"
            for listener in group.listeners
            if listener.protocol == "HTTPS"
        ),
        None,
    )


def _debug(subject: Subject) -> Finding:
    return warning(
        "C14",
        subject.container,
        *variable_of(subject, "DEBUG"),
        why=[
            f"With the variables of the container {subject.name} Django's settings have DEBUG on."
        ],
        message="Errors show settings, paths and queries to everybody.",
        cure=f"Set DEBUG to off for the container {subject.name}.",
    )


def _key(subject: Subject) -> Finding:
    return warning(
        "C14",
        subject.container,
        *variable_of(subject, "SECRET_KEY"),
        why=[
            f"With the variables of the container {subject.name} Django's SECRET_KEY is one of the "
            "code, or shorter than 32 characters.",
        ],
        message="Whoever knows the code can sign sessions and links.",
        cure=f"Give the container {subject.name} a SECRET_KEY of 50 random characters, by Secrets.",
    )


def _origins(subject: Subject, listener: Listener) -> Finding:
    return warning(
        "C14",
        subject.container,
        *variable_of(subject, "CSRF_TRUSTED_ORIGINS"),
        why=[
            f"The listener {listener.resource.logical_id} ends TLS, and the service "
            f"{called(subject.service)} gets plain HTTP.",
            "Django's settings have neither SECURE_PROXY_SSL_HEADER nor CSRF_TRUSTED_ORIGINS, so "
            "that the origin https://… is not that of the request.",
        ],
        message="403: CSRF verification failed. Origin checking failed - https://… does not match "
        "any trusted origins.",
        cure='Set SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https"), or '
        "CSRF_TRUSTED_ORIGINS to the site's address.",
    )
