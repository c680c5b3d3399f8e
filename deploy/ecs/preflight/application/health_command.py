"""C01 and C03: health checks inside a container, which the image has to have the programs for."""

import re
from collections.abc import Iterator

from deploy.ecs.graph.reading import text
from deploy.ecs.preflight.application.bases import has, is_without_shell
from deploy.ecs.preflight.application.dockerfile import Dockerfile
from deploy.ecs.preflight.application.subjects import Subject
from deploy.ecs.preflight.application.told import Spot
from deploy.ecs.preflight.balancing.fed import called
from deploy.ecs.preflight.finding import Finding, Severity, error

TOOLS = ("curl", "wget")


def health_command(subject: Subject, dockerfile: Dockerfile) -> Iterator[Finding]:
    check = subject.container.health_check
    if check is not None:
        words = [text(each) for each in check.command]
        if check.command.complete and None not in words:
            yield from _absent(subject, dockerfile, [each for each in words if each])
    elif subject.container.given("HealthCheck") is False and not subject.feeds:
        yield from _ignored(subject, dockerfile)


def _absent(subject: Subject, dockerfile: Dockerfile, words: list[str]) -> Iterator[Finding]:
    written = " ".join(words[1:])
    called_tools = [each for each in TOOLS if re.search(rf"(^|[\s;&|(/]){each}\b", written)]
    if called_tools and all(_is_absent(dockerfile, each) for each in called_tools):
        yield _tell(subject, dockerfile, " and ".join(called_tools))
    elif words[:1] == ["CMD-SHELL"] and is_without_shell(dockerfile.base):
        yield _tell(subject, dockerfile, "a shell")


def _is_absent(dockerfile: Dockerfile, tool: str) -> bool:
    own = [each for each in dockerfile.final if each.name in {"RUN", "COPY", "ADD"}]
    mentions = [each.value for each in own if re.search(rf"\b{tool}\b", each.value)]
    removed = rf"\b(purge|remove|autoremove|del)\b[^&;|\n]*\b{tool}\b"
    if any(re.search(removed, each) for each in mentions):
        return True
    return not mentions and has(dockerfile.base, tool) is False


def _tell(subject: Subject, dockerfile: Dockerfile, what: str) -> Finding:
    return error(
        "C01",
        subject.container,
        "HealthCheck",
        "Command",
        why=[
            f"The health check of the container {subject.name} runs {what}.",
            f"Its image is built on {dockerfile.base}, which has no such program, and no RUN of "
            f"{dockerfile.path.name} leaves it there.",
        ],
        message=f"service {called(subject.service)}: task failed container health checks.",
        cure=f"Install {what} in {dockerfile.path.name}, or check with what the image has, such as "
        "its own interpreter.",
    )


def _ignored(subject: Subject, dockerfile: Dockerfile) -> Iterator[Finding]:
    found = dockerfile.last("HEALTHCHECK")
    if found is None or found.value.strip().upper() == "NONE":
        return
    yield Spot(dockerfile.path, found.line, "HEALTHCHECK").tell(
        Severity.WARNING,
        "C03",
        why=[
            f"{dockerfile.path.name} has a HEALTHCHECK, which ECS does not look at.",
            f"The container {subject.name} of the service {called(subject.service)} has no "
            "HealthCheck, and no load balancer checks it.",
        ],
        message="A task that hangs stays RUNNING, its health UNKNOWN, and is not replaced.",
        cure=f"Give the container {subject.name} a HealthCheck with that command.",
    )
