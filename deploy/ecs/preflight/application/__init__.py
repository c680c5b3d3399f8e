"""What only the application and its Dockerfile tell: what it answers, starts and connects to.

B01 to B05, B21, B23, C01, C03, C04, C07, C14, D02 to D06, I07, I10 and P20.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.ecs.graph import Graph
from deploy.ecs.preflight.application.asking import Answer, Question
from deploy.ecs.preflight.application.clients import Client
from deploy.ecs.preflight.application.dockerfile import Dockerfile
from deploy.ecs.preflight.application.entry_point import entry_point
from deploy.ecs.preflight.application.exposed import exposed
from deploy.ecs.preflight.application.health import Check, health_path
from deploy.ecs.preflight.application.health_command import health_command
from deploy.ecs.preflight.application.kept import kept, kept_by_image
from deploy.ecs.preflight.application.loading import not_loaded
from deploy.ecs.preflight.application.memory import memory
from deploy.ecs.preflight.application.migrations import migrations
from deploy.ecs.preflight.application.platform import platform
from deploy.ecs.preflight.application.shutdown import shutdown
from deploy.ecs.preflight.application.starting import Starting
from deploy.ecs.preflight.application.subjects import Subject, subjects
from deploy.ecs.preflight.application.told import Spot
from deploy.ecs.preflight.application.trust import trust
from deploy.ecs.preflight.application.variables import Variables, variables_of
from deploy.ecs.preflight.finding import Finding, Severity

OWN = "ecom.wsgi"


def findings(graph: Graph, app: str | None, dockerfile: Path | None) -> Iterable[Finding]:
    """`app` is MODULE or MODULE:ATTRIBUTE of a WSGI application that can be imported from the
    current folder. It is loaded and asked, once for each container and path."""
    image = None
    if dockerfile is not None:
        try:
            image = Dockerfile.read(dockerfile)
        except (OSError, UnicodeDecodeError) as error:
            yield _unreadable(dockerfile, error)
    with ThreadPoolExecutor(os.cpu_count()) as side_by_side:
        for found in side_by_side.map(lambda each: list(_of(each, image, app)), subjects(graph)):
            yield from found


def _of(subject: Subject, image: Dockerfile | None, app: str | None) -> Iterator[Finding]:
    starting = Starting(subject.container, image)
    yield from _of_image(subject, starting)
    if app is not None:
        yield from _of_application(subject, starting, app)


def _of_image(subject: Subject, starting: Starting) -> Iterator[Finding]:
    yield from shutdown(subject, starting)
    yield from migrations(subject, starting)
    if starting.dockerfile is not None:
        yield from entry_point(starting)
        yield from exposed(subject, starting)
        yield from kept_by_image(subject, starting)
        yield from health_command(subject, starting.dockerfile)
        yield from platform(subject, starting.dockerfile)


def _of_application(subject: Subject, starting: Starting, app: str) -> Iterator[Finding]:
    image = starting.dockerfile
    variables = variables_of(subject.container, image.variables if image else {})
    answers: dict[str | None, Answer] = {}
    paths = dict.fromkeys(health_path(each) for each in subject.feeds) or {None: None}
    for path in paths:
        answers[path] = _asked(app, path, variables, starting)
        if not answers[path].is_loaded:
            yield not_loaded(subject, app, answers[path], variables)
            return
    for fed in subject.feeds:
        path = health_path(fed)
        if path and fed.group:
            check = Check(subject, fed, fed.group, path, answers[path], variables)
            yield from check.findings()
    yield from _of_settings(subject, starting, next(iter(answers.values())), variables)
    if app.partition(":")[0] == OWN:
        yield from memory(subject, variables)


def _asked(app: str, path: str | None, variables: Variables, starting: Starting) -> Answer:
    return Question(
        app,
        path,
        variables.values,
        variables.secrets,
        variables.default_secret,
        starting.configuration,
    ).ask()


def _of_settings(
    subject: Subject, starting: Starting, answer: Answer, variables: Variables
) -> Iterator[Finding]:
    yield from trust(subject, answer, variables)
    for each in answer.settings.get("databases", {}).values():
        yield from Client(subject, each, starting.contents).findings()
    if starting.configuration:
        yield from kept(subject, answer, starting.configuration)


def _unreadable(path: Path, error: Exception) -> Finding:
    return Spot(path, 1, "Dockerfile").tell(
        Severity.NOTE,
        "I10",
        why=[f"{path} cannot be read: {error}"],
        message="What the image starts is not known.",
        cure="Name the Dockerfile with --dockerfile.",
    )
