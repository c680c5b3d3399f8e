"""Since when something is wrong: what was before is another story."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from deploy.ecs.diagnose.gathered import Gathered
from deploy.ecs.diagnose.seen import DEPLOYMENT, ONE_OFF, SERVICE, STACK, TASK, Seen
from deploy.ecs.diagnose.stack import BEGINS
from deploy.ecs.services.stopped import StoppedTask

COMPLETED = re.compile(r"\(deployment (?P<id>[^)]+)\) deployment completed")
TAKEN_BACK = re.compile(r"rolling back to deployment (?P<id>\S+?)\.?$")
BROKEN_OFF = re.compile(r"deployment failed: tasks failed to start")
CANCELLED = "cancelled"  # of a resource, since another one failed


def began(found: Gathered, seen: Sequence[Seen]) -> datetime | None:
    """The last, which may be told in several ways. None where all went well."""
    starts = [taken_back(seen), by_history(seen), of_stack(found, seen)]
    return max(filter(None, starts), default=None)


def taken_back(seen: Iterable[Seen]) -> datetime | None:
    """When the deployment began that the circuit breaker ended, unless a later one went well."""
    complete: datetime | None = None  # the last one that was, before it
    start: datetime | None = None
    former = ""
    for each in of_source(seen, SERVICE):
        if BROKEN_OFF.search(each.text) or TAKEN_BACK.search(each.text):
            start = start or complete or datetime.min.replace(tzinfo=each.at.tzinfo)
        if back := TAKEN_BACK.search(each.text):
            former = back["id"]
        if (done := COMPLETED.search(each.text)) and done["id"] != former:
            complete, start = each.at, None
    return start


def by_history(seen: Iterable[Seen]) -> datetime | None:
    """The same as ECS remembers it, when the events are gone."""
    deployments = of_source(seen, DEPLOYMENT)
    over = [each for each in deployments if each.text.startswith(("ROLLBACK", "SUCCESSFUL"))]
    if not over or over[-1].text.startswith("SUCCESSFUL"):
        return None
    last = over[-1].subject
    return min(each.at for each in deployments if each.subject == last)


def of_stack(found: Gathered, seen: Sequence[Seen]) -> datetime | None:
    """When the update of it began that failed."""
    if "ROLLBACK" not in found.stack_status and not found.stack_status.endswith("_FAILED"):
        return None
    if not found.subject.is_own and not stack_failures(found, seen):
        return None
    return max([each.at for each in of_source(seen, STACK) if is_whole_begin(each)], default=None)


def stack_failures(found: Gathered, seen: Iterable[Seen]) -> list[str]:
    """The first first. Of a stack with much else in it, only what concerns the service."""
    last: list[str] = []
    for each in of_source(seen, STACK):
        if is_whole_begin(each):
            last = []
        is_told = found.subject.is_own or "(AWS::ECS::" in each.subject
        if "_FAILED" in each.text and CANCELLED not in each.text and is_told:
            last.append(f"{each.subject}: {each.text}")
    return last


def is_whole_begin(each: Seen) -> bool:
    return each.text.startswith(BEGINS) and "(" not in each.subject


def present(found: Gathered, seen: Sequence[Seen]) -> datetime | None:
    """Since when the deployment is what it is now. None where ECS does not tell."""
    primary = found.primary
    if primary.get("rolloutState") != "COMPLETED":
        created: datetime | None = primary.get("createdAt")
        return created
    done = [each.at for each in of_source(seen, SERVICE) if is_completion(each, primary["id"])]
    updated: datetime | None = primary.get("updatedAt") or primary.get("createdAt")
    return max(done, default=updated)


def is_completion(each: Seen, deployment: str) -> bool:
    found = COMPLETED.search(each.text)
    return found is not None and found["id"] == deployment


def failed_since(seen: Iterable[Seen], start: datetime) -> list[Seen]:
    """Tasks, the last first; of one-off tasks the last of each family alone."""
    seen = [each for each in seen if each.at >= start]
    tasks = [each for each in of_source(seen, TASK) if each.task and has_failed(each.task)]
    last = {family(each.task): each for each in of_source(seen, ONE_OFF) if each.task}
    tasks += [each for each in last.values() if each.task and each.task.exit_code != 0]
    return sorted(tasks, key=lambda each: each.at, reverse=True)


def family(task: StoppedTask) -> str:
    """Of its task definition."""
    return task.definition.rpartition("/")[2].partition(":")[0]


def has_failed(task: StoppedTask) -> bool:
    """A service's container is not to end by itself, whatever its exit code."""
    return task.failed or task.code not in {"ServiceSchedulerInitiated", "UserInitiated"}


def of_source(seen: Iterable[Seen], source: str) -> list[Seen]:
    return [each for each in seen if each.source == source]
