"""Whether the application answers the load balancer's health check.

The request is sent through its WSGI callable, as the check would send it: with the target's address
as Host, over HTTP, without a user, and while no database answers.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from deploy.ecs.graph import Container, Graph, TargetGroup
from deploy.ecs.preflight.application.environment import environment
from deploy.ecs.preflight.balancing.feeds import feeds
from deploy.ecs.preflight.balancing.health import container_of
from deploy.ecs.preflight.finding import Finding, Tell, error, note, warning

SECONDS = 20
ADDRESS = "10.0.0.10"
NOT_ASKED = "T05"
CODES = "due to (reason Health checks failed with these codes: [{}])"


def answers_health_checks(graph: Graph, module: str) -> Iterator[Finding]:
    asked = list(_questions(graph))
    with ThreadPoolExecutor() as pool:  # each waits for a process of its own
        answers = pool.map(partial(ask, module), asked)
        for each, answer in zip(asked, answers, strict=True):
            yield from judged(answer, each)


def _questions(graph: Graph) -> Iterator["Asked"]:
    for workload, service, feed, group in feeds(graph):
        container, check = container_of(workload, feed), group.health_check
        is_web = check.is_of_network is False and check.protocol in {"HTTP", "HTTPS"}
        if container is not None and is_web and check.path is not None:
            host = f"{ADDRESS}:{feed.container_port or 80}"
            yield Asked(container, group, service.resource.logical_id, check.path, host)


def ask(module: str, asked: "Asked") -> dict[str, Any]:
    words = [sys.executable, "-m", f"{__package__}.answering", module, asked.path, asked.host]
    try:
        ended = subprocess.run(  # noqa: S603
            words,
            env=environment(asked.container),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"silent": True}
    try:
        found: dict[str, Any] = json.loads(ended.stdout.strip().splitlines()[-1])
        return found
    except (IndexError, ValueError):
        last = (ended.stderr.strip() or "it ended without a word").splitlines()[-1]
        return {"unloaded": last}


@dataclass(frozen=True)
class Asked:
    container: Container
    group: TargetGroup
    service: str
    path: str
    host: str

    @property
    def sentence(self) -> str:
        return (
            f"{self.group.resource.logical_id} asks for {self.path} of "
            f"{self.container.container_name}, with Host: {self.host}."
        )

    def tell(self, tell: Tell, fault: str, why: str, message: str, cure: str) -> Finding:
        return tell(
            fault,
            self.group,
            "HealthCheckPath",
            why=(self.sentence, why),
            message=f"(service {self.service}) is unhealthy in (target-group) {message}",
            cure=cure,
        )


def judged(answer: dict[str, Any], asked: Asked) -> Iterator[Finding]:
    if "unloaded" in answer:
        yield note(
            NOT_ASKED,
            asked.container,
            why=(f"The application could not be asked: {answer['unloaded']}",),
            message="Nothing: its answers to health checks are not known.",
            cure="Give it what it needs, as the container's environment would.",
        )
        return
    status = answer.get("status")
    if "silent" in answer or "raised" in answer or (status or 0) >= 500:
        said = answer.get("raised") or ("nothing in time" if "silent" in answer else str(status))
        yield asked.tell(
            warning,
            "B23",
            f"While no database answers, it says: {said}",
            "and with it every task, one after the other",
            "Let the health check answer without the database; a readiness check may ask it.",
        )
    elif status is not None and asked.group.health_check.accepts(status) is False:
        yield _refused(status, str(answer.get("location", "")), asked)


def _refused(status: int, location: str, asked: Asked) -> Finding:
    accepts = asked.group.health_check.codes
    said = f"It answers {status}{f' to {location}' if location else ''}, and {accepts} is wanted."
    message = CODES.format(status)
    if status == 404:
        return asked.tell(
            error, "B01", said, message, "Name a path that the application has a route for."
        )
    if status == 400:
        cure = "Answer the check before the Host is judged: ALLOWED_HOSTS has no target's address."
        return asked.tell(error, "B02", said, message, cure)
    if 300 <= status < 400:
        cure = "Leave this path out of redirects to HTTPS, and write it with its last slash."
        return asked.tell(error, "B03", said, message, cure)
    return asked.tell(error, "B04", said, message, f"Let Matcher accept {status}, or answer 200.")
