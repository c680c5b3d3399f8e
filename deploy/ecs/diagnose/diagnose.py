"""From a question to a diagnosis: asked, put beside what was kept, and kept."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from botocore.exceptions import ClientError

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.diagnose.diagnosis import Diagnosing, Diagnosis
from deploy.ecs.diagnose.gathered import Gathered
from deploy.ecs.diagnose.gathering import Gathering
from deploy.ecs.diagnose.kept import Kept
from deploy.ecs.diagnose.seen import Seen, merged
from deploy.ecs.diagnose.subject import Subject
from deploy.ecs.diagnose.there import services, there_are
from deploy.ecs.errors import DeploymentError


@dataclass(frozen=True)
class Diagnose:
    aws: AWS
    clock: Clock
    keep: bool = True
    say: Callable[[str], None] = lambda text: None

    def run(self, subject: Subject, since: datetime) -> Diagnosis:
        """Raises DeploymentError where there is no such cluster."""
        found = Gathering(self.aws, self.clock, subject, self.say).gather(since)
        before = self.kept(subject, found) if self.keep else []
        seen = merged(before, found.seen)
        if not found.service and not seen and not found.is_hidden:
            unknown = self.unknown(subject)
            return Diagnosis(subject, [], [], unknown, (), found.not_looked_at)
        return Diagnosing(found, seen, since, self.clock.now()).diagnosis()

    def kept(self, subject: Subject, found: Gathered) -> list[Seen]:
        kept = Kept.of(self.aws.account, self.aws.region, subject.cluster, subject.service)
        before, wrong = kept.read()
        problems = [wrong]
        if found.seen:
            problems.append(kept.add(found.seen))
        found.not_looked_at += filter(None, problems)
        return before

    def unknown(self, subject: Subject) -> DeploymentError:
        names: list[str] = []
        with suppress(ClientError):
            names = services(self.aws, subject.cluster)
        there = there_are(names, "services")
        cure = "Deploy it: python -m deploy.ecs up" if subject.is_own else there
        return DeploymentError(
            f"There is no service {subject.service} in the cluster {subject.cluster}.", cure
        )
