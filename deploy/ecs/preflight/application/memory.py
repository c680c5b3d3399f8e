"""P20: this shop's own need of memory (docs/image.md, "What it weighs")."""

from collections.abc import Iterator

from deploy.ecs.preflight.application.subjects import Subject
from deploy.ecs.preflight.application.variables import Variables
from deploy.ecs.preflight.finding import Finding, error

FIRST, FURTHER = 140, 80  # MiB that a service takes with one worker, and with each further one


def memory(subject: Subject, variables: Variables) -> Iterator[Finding]:
    link = subject.service.task_definition
    definition = link.node if link else None
    written = variables.values.get("WEB_CONCURRENCY", "1")
    if definition is None or not written.isdecimal() or not variables.is_known("WEB_CONCURRENCY"):
        return
    needed = FIRST + FURTHER * (int(written) - 1)
    limit = subject.container.memory or definition.memory
    if limit is not None and limit < needed:
        part = subject.container if subject.container.memory else definition
        yield error(
            "P20",
            part,
            "Memory",
            why=[
                f"The container {subject.name} may use {limit} MiB.",
                f"With WEB_CONCURRENCY {written} the service takes about {needed} MiB.",
            ],
            message="OutOfMemoryError: Container killed due to memory usage",
            cure=f"Set Memory to {needed} or more, or WEB_CONCURRENCY to less.",
        )
