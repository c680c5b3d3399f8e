"""Which of all that is known of a failure is its cause."""

import re
from collections.abc import Iterator, Sequence

from deploy.ecs.errors import DeploymentError
from deploy.ecs.services.causes.application import APPLICATION
from deploy.ecs.services.causes.health import HEALTH
from deploy.ecs.services.causes.known import Evidence, Known
from deploy.ecs.services.causes.placement import PLACEMENT
from deploy.ecs.services.causes.refused import REFUSED
from deploy.ecs.services.causes.state import BREAKER, STATE
from deploy.ecs.services.causes.stopping import STOPPING
from deploy.ecs.services.stopped import StoppedTask


def first_cause(evidence: Evidence) -> DeploymentError:
    """The dead task's last lines are its details: nothing hides them."""
    tasks = [each for each in evidence.stopped if each.failed] or evidence.stopped
    task = tasks[0] if tasks else None
    details = [f"{task.id}: {task.why}", *task.lines] if task else evidence.events[-5:]
    for known, found in matches(evidence, tasks):
        if found.string not in "\n".join(details):
            details = [*details, found.string]
        return DeploymentError(
            sentence(known, found, evidence), known.cure_of(evidence), details, known.fault
        )
    what = evidence.what[0].upper() + evidence.what[1:]
    if task:
        return DeploymentError(
            f"{what} ended: {task.why}.", "Its last lines say why; correct that.", details
        )
    return DeploymentError(
        f"{what} did not become healthy.",
        "The events say what happened; python -m deploy.ecs logs shows what it said."
        if evidence.is_own
        else "The events say what happened, and the log of its containers what they said.",
        details,
    )


def all_causes(evidence: Evidence) -> Iterator[DeploymentError]:
    """Each fault once, by a text that no other explains; the first cause first."""
    tasks = [each for each in evidence.stopped if each.failed] or evidence.stopped
    told: set[str] = set()
    for known, found in matches(evidence, tasks):
        if not {known.fault, found.string} & told:
            told |= {known.fault, found.string}
            cause = sentence(known, found, evidence)
            yield DeploymentError(cause, known.cure_of(evidence), [found.string], known.fault)


def sentence(known: Known, found: re.Match[str], evidence: Evidence) -> str:
    groups = found.groupdict() | {"what": evidence.what, "found": shortened(found[0])}
    cause = known.cause.format(**groups)
    return cause[0].upper() + cause[1:]


def matches(
    evidence: Evidence, tasks: Sequence[StoppedTask]
) -> Iterator[tuple[Known, re.Match[str]]]:
    """What comes earlier in the life of a task explains what comes later."""
    lines = [line for task in tasks[:1] for line in reversed(task.lines)]
    reasons = [each.why for each in tasks]
    has_failed = any(each.failed for each in tasks)
    events = standing(evidence.events) if has_failed else evidence.events
    # A service that could not start a task says why in an event, as the task would.
    unplaced = [each for each in events if "unable to place a task. Reason:" in each]
    for table, texts in (
        (STOPPING, reasons + unplaced),
        (APPLICATION, lines),
        (REFUSED, evidence.events + reasons),
        (STATE, evidence.states),
        (PLACEMENT, events + reasons),
    ):
        for known in table:
            for text in texts:
                if found := re.search(known.pattern, text):
                    yield known, found
    # The last first: a target of the deployment before may have been unwell in another way.
    for text in reversed(reasons + evidence.targets + evidence.events):
        for known in HEALTH:
            if found := re.search(known.pattern, text):
                yield known, found
    # That it was taken back is no cause, and a task that is known says more.
    for known in [] if tasks else BREAKER:
        for text in evidence.states:
            if found := re.search(known.pattern, text):
                yield known, found


def standing(events: Sequence[str]) -> list[str]:
    """Without the places that were lacking for a while, until a task was started all the same. It
    may still be that others wait, so this is asked only where one that had a place has failed."""
    started = max((index for index, each in enumerate(events) if "has started" in each), default=-1)
    return [
        each
        for index, each in enumerate(events)
        if index > started or "unable to place" not in each
    ]


def shortened(text: str, length: int = 400) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[:length]}…"
