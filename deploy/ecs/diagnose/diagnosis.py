"""Whether something is wrong, and what came first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from deploy.ecs.diagnose.facts import facts, summary
from deploy.ecs.diagnose.gathered import Gathered
from deploy.ecs.diagnose.notes import notes
from deploy.ecs.diagnose.seen import DEPLOYMENT, SERVICE, TARGET, Seen
from deploy.ecs.diagnose.subject import Subject
from deploy.ecs.diagnose.trouble import (
    began,
    failed_since,
    family,
    of_source,
    present,
    stack_failures,
)
from deploy.ecs.errors import DeploymentError
from deploy.ecs.services.causes import WAITS, Evidence, all_causes, first_cause

LONGEST = timedelta(minutes=30)  # that a deployment takes
STARTS_WITHIN = timedelta(minutes=3)  # an instance that a capacity provider starts
BESIDES = 5  # other causes that are told
# What ECS says of it, where more is seen than it says.
SAME = {"P06": ("P05",), "P08": ("P01", "P02")}


@dataclass
class Diagnosis:
    subject: Subject
    timeline: Sequence[Seen]
    state: Sequence[str]
    problem: DeploymentError | None = None
    besides: Sequence[DeploymentError] = ()  # what follows from it, or is worth knowing
    not_looked_at: list[str] = field(default_factory=list)


@dataclass
class Diagnosing:
    found: Gathered
    seen: Sequence[Seen]  # with what was kept, in the order of time
    since: datetime
    now: datetime

    def diagnosis(self) -> Diagnosis:
        problem = self.problem()
        others: list[DeploymentError] = []
        if problem:
            causes = all_causes(self.evidence)
            told = {"", problem.fault, *SAME.get(problem.fault, ())}
            others = [each for each in causes if each.fault not in told]
        return Diagnosis(
            self.found.subject,
            [each for each in self.seen if each.at >= self.shown_since],
            summary(self.found),
            problem,
            [*others[:BESIDES], *notes(self.found, self.seen)],
            self.found.not_looked_at,
        )

    @property
    def shown_since(self) -> datetime:
        return min(self.since, self.start) if self.is_wrong else self.since

    def problem(self) -> DeploymentError | None:
        if not self.is_wrong:
            return None
        cause = first_cause(self.evidence)
        failures = stack_failures(self.found, self.seen)
        if self.evidence.stopped:
            return cause
        if cause.fault:
            [line] = next(all_causes(self.evidence)).details
            return replace(cause, details=[line])
        if failures:
            return DeploymentError(
                f"The stack is {self.found.stack_status}: {failures[0]}",
                "Correct what it names, and deploy again.",
                failures,
            )
        return cause if self.found.is_there else self.gone()

    def gone(self) -> DeploymentError:
        subject = self.found.subject
        if self.found.is_hidden:
            return DeploymentError(
                f"The service {subject.service} in the cluster {subject.cluster} may not be looked "
                "at.",
                "Take other credentials, or let an administrator allow ecs:DescribeServices.",
            )
        cure = "Deploy it: python -m deploy.ecs up" if subject.is_own else "Create it anew."
        return DeploymentError(
            f"There is no service {subject.service} in the cluster {subject.cluster} any more, and "
            "nothing is known of why.",
            cure,
        )

    @property
    def start(self) -> datetime:
        """Since when it counts. What a deployment lived through before is another story."""
        if start := began(self.found, self.seen):
            return start
        start = present(self.found, self.seen) or self.since
        is_complete = self.found.primary.get("rolloutState") == "COMPLETED"
        return max(start, self.since) if is_complete else start

    @property
    def is_wrong(self) -> bool:
        found = self.found
        if began(found, self.seen) or not found.is_there:
            return True
        if found.desired == 0:
            return False
        state = found.primary.get("rolloutState")
        if state == "FAILED" or failed_since(self.seen, self.start):
            return True
        if state == "IN_PROGRESS":
            age = self.now - found.primary.get("createdAt", self.now)
            return age > LONGEST or bool(first_cause(self.evidence).fault)
        return found.count < found.desired or bool(found.unhealthy)

    @property
    def evidence(self) -> Evidence:
        start = self.start
        seen = [each for each in self.seen if each.at >= start]
        events = [each.text for each in of_source(seen, SERVICE)]
        failures = stack_failures(self.found, seen)
        taken_back = [each.text for each in of_source(seen, DEPLOYMENT)]
        tasks = [each.task for each in failed_since(seen, start) if each.task]
        subject = self.found.subject
        what = subject.one_off.get(family(tasks[0]), subject.what) if tasks else subject.what
        return Evidence(
            what,
            [*failures, *events, *self.waiting()],
            [] if self.is_in_grace else [each.text for each in of_source(seen, TARGET)],
            tasks,
            [*facts(self.found, events), *failures, *events, *taken_back],
            subject.is_own,
        )

    @property
    def is_in_grace(self) -> bool:
        """A target may be unhealthy while its task starts."""
        primary = self.found.primary
        if primary.get("rolloutState") != "IN_PROGRESS" or "createdAt" not in primary:
            return False
        grace = timedelta(seconds=self.found.service.get("healthCheckGracePeriodSeconds") or 0)
        return bool(self.now - primary["createdAt"] < grace)

    def waiting(self) -> Iterator[str]:
        """Of a task without an instance ECS says nothing, for as long as one may come."""
        waits = [
            each
            for each in self.found.running
            if each["lastStatus"] == "PROVISIONING" and self.now - each["createdAt"] > STARTS_WITHIN
        ]
        if waits and self.found.is_on_instances:
            yield f"(service {self.found.subject.service}) {WAITS}"
