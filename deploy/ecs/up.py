"""From whatever is there to the deployment that deployment.toml describes.

Nothing is remembered but by AWS, so that it can be interrupted anywhere and given again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import requests

from deploy.ecs.address import problem, urls
from deploy.ecs.aws import AWS
from deploy.ecs.certificate_wait import CertificateWait
from deploy.ecs.clock import Clock
from deploy.ecs.cloudformation.stack import CloudFormationStack, StackFailedError
from deploy.ecs.deployed import Deployed
from deploy.ecs.errors import DeploymentError
from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.image import Images
from deploy.ecs.preview import Preview
from deploy.ecs.progress import Progress
from deploy.ecs.secrets import BOOTSTRAPPED, MIGRATED, ServiceSecrets, marked
from deploy.ecs.services.causes import first_cause
from deploy.ecs.services.order import in_order
from deploy.ecs.services.tasks import ServiceTasks
from deploy.ecs.services.watch import ServiceWatch
from deploy.ecs.stacks import Part, Parts, Secrets

PLACED_WITHIN = timedelta(minutes=10)  # longer than an instance takes to start
JUDGED_WITHIN = 75  # seconds: three checks of the target group, and the time-out of the last
BREAKER = "Circuit Breaker was triggered"
ANSWER_WITHIN = 180  # seconds for the URL, and for names to be known


class UnplacedError(Exception):
    """No place was found for a task. CloudFormation itself would wait for three hours."""


@dataclass
class Up:
    aws: AWS
    parts: Parts
    clock: Clock
    progress: Progress
    http: requests.Session = field(default_factory=requests.Session)
    bootstrap: bool = False  # once more
    changed: bool = False
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)

    def run(self, image: Callable[[Images], str]) -> str:
        """The shop's URL, having answered. `image` finds or pushes the one that is to run.

        Raises DeploymentError.
        """
        # What the templates refuse is said before anything is made.
        Preview(self.parts, self.aws.account).check()
        self.deploy(self.parts.registry())
        registry = self.outputs["registry"]
        images = Images.of(self.aws, registry)
        with self.progress.step("image"):
            reference = image(images)
        self.deploy(self.parts.network())
        self.deploy_protected(self.parts.data)
        waiting = CertificateWait(self.parts.deployment, self.clock, self.progress.warn)
        self.deploy_protected(self.parts.cluster, meanwhile=waiting)
        self.deploy(self.parts.bastion(self.outputs))
        order = self.in_order()  # refused before anything is migrated
        secrets = {name: self.secrets(name) for name in self.parts.deployment.services}
        for name, arns in secrets.items():
            self.prepare(name, reference, arns)
        for name in order:
            self.deploy_service(name, reference, secrets[name])
        if self.changed:
            for name, service in self.parts.deployment.services.items():
                if service.peers:
                    self.check_peers(name)
        return self.answer()

    # Stacks.

    def deploy(self, part: Part | None, **watching: Any) -> bool:
        """Whether there was anything to change. Raises DeploymentError."""
        if part is None:
            return False
        stack = self.stack(part.name, **watching)
        with self.progress.step(part.name), self.explained(part.name):
            changed = stack.deploy(part.template, part.parameters, self.parts.tags)
            self.changed |= changed
            self.progress.ended("deployed" if changed else "unchanged")
        self.outputs[part.name] = stack.outputs()
        return changed

    def stack(self, part: str, **watching: Any) -> CloudFormationStack:
        name = self.parts.stack_name(part)
        return CloudFormationStack(
            self.aws, name, self.clock, watch=self.progress.resource, **watching
        )

    @contextmanager
    def explained(self, part: str) -> Iterator[None]:
        try:
            yield
        except StackFailedError as error:
            raise explanation(error, part) from error

    def deploy_protected(self, make: Callable[..., Part | None], **watching: Any) -> None:
        """Protected once it is there: a first creation that fails is rolled back, which deletes."""
        part = make(self.outputs)
        if part is None:
            return
        if self.parts.deployment.protect and not is_created(self.stack(part.name).status):
            self.deploy(make(self.outputs, protected=False), **watching)
        self.deploy(part, **watching)

    def deploy_service(self, name: str, image: str, arns: Secrets) -> None:
        exists = is_created(self.stack(name).status)
        self.roll_out(self.parts.service(name, self.outputs, image, arns, keep_count=exists))

    def in_order(self) -> list[str]:
        """The services. Raises DeploymentError."""
        names = list(self.parts.deployment.services)
        parameters = {name: self.stack(name).parameters() for name in names}
        present = {
            name: each["Priority"] for name, each in parameters.items() if "Priority" in each
        }
        return in_order({name: str(self.parts.priority(name)) for name in names}, present)

    def roll_out(self, part: Part) -> None:
        """Of a service; what ECS says of it meanwhile explains a failure."""
        name, cluster = part.name, self.outputs["cluster"]
        watch = ServiceWatch(
            self.aws,
            cluster["Cluster"],
            name,
            cluster["LogGroup"],
            self.clock.now(),
            partial(self.progress.service, name),
        )

        def look() -> None:
            watch.look()
            since = watch.unplaced_since
            if since and self.clock.now() - since > PLACED_WITHIN:
                raise UnplacedError

        try:
            changed = self.deploy(part, meanwhile=look)
        except UnplacedError as error:
            with self.progress.step(f"{name} back"):
                self.stack(name).cancel()
            raise first_cause(watch.evidence) from error
        except DeploymentError as error:
            watch.look()
            failed = error.__cause__
            if isinstance(failed, StackFailedError) and failed.of_type("AWS::ECS::Service"):
                reasons = [each.reason for each in failed.events]
                evidence = watch.evidence
                evidence.events[:0] = reasons
                cause = first_cause(evidence)
                # Else CloudFormation has said more than ECS.
                if cause.fault or evidence.stopped or any(BREAKER in each for each in reasons):
                    raise cause from error
            raise
        # CloudFormation has called a service complete that ECS had taken back.
        # https://github.com/aws/containers-roadmap/issues/1369
        if watch.is_taken_back:
            raise first_cause(watch.evidence)
        if changed and not watch.has_started_tasks:
            self.judge_anew(watch)

    def judge_anew(self, watch: ServiceWatch) -> None:
        """Tasks that stayed, by what changed around them, such as the path of the health check:
        CloudFormation does not wait for that. Raises DeploymentError."""
        with self.progress.step(f"{watch.service} health"):
            self.clock.sleep(JUDGED_WITHIN)
            watch.look()
        if watch.targets:
            raise first_cause(watch.evidence)

    # What a service needs before it can start.

    def secrets(self, name: str) -> Secrets:
        with self.progress.step(f"{name} secrets"):
            return ServiceSecrets(self.aws, self.parts, name).make(self.master(name))

    def master(self, name: str) -> str | None:
        """The ARN of the secret of the database's administrator."""
        kind = self.parts.deployment.services[name].database
        if existing := self.parts.existing(kind):
            return existing.master_secret or None
        if kind == "postgresql":
            return self.outputs["data"]["PostgreSQLMasterSecret"]
        # CloudFormation does not tell it.
        [cluster] = self.aws.client("docdb").describe_db_clusters(
            DBClusterIdentifier=self.outputs["data"]["DocumentDBCluster"]
        )["DBClusters"]
        return str(cluster["MasterUserSecret"]["SecretArn"])

    def prepare(self, name: str, image: str, arns: Secrets) -> None:
        """Roles, then tables, each by a task of its own, before the new version serves."""
        self.deploy(self.parts.tasks(name, self.outputs, image, arns))
        place, tasks = self.place(name, arns.master), self.tasks(name)
        for kind in self.due(name, image, arns):
            with self.progress.step(f"{name} {kind}"):
                if kind == "bootstrap":
                    tasks.bootstrap(place)
                else:
                    tasks.migrate()
            self.changed = True

    def due(self, name: str, image: str, arns: Secrets) -> list[str]:
        """Of bootstrap and migration, what the marks do not say is done."""
        marks = ServiceSecrets(self.aws, self.parts, name).marks()
        is_bootstrapped = marks.get(BOOTSTRAPPED) == marked(self.place(name, arns.master))
        if arns.master is not None and (self.bootstrap or not is_bootstrapped):
            return ["bootstrap", "migration"]
        return [] if marks.get(MIGRATED) == marked(image) else ["migration"]

    def place(self, name: str, master: Value | None) -> str:
        """Of its database: one that was restored or replaced knows nothing of the roles. RDS gives
        a new one of the same name the same host, and another administrator's secret."""
        kind = self.parts.deployment.services[name].database
        host = self.parts.database(kind, self.outputs).host
        return f"{host}/{str(master).rpartition(':')[2]}".replace("!", "/")

    def tasks(self, name: str) -> ServiceTasks:
        deployed = Deployed(self.parts, self.outputs)
        return ServiceTasks(self.aws, self.clock, deployed, name, self.progress.say)

    # What is true at the end.

    def check_peers(self, name: str) -> None:
        with self.progress.step(f"{name} peers"):
            self.tasks(name).check_peers()

    def answer(self) -> str:
        """Every service by its first path. Raises DeploymentError."""
        base = self.outputs["cluster"]["BaseUrl"]
        with self.progress.step(base):
            for name, url in urls(self.parts, base).items():
                self.wait_for_answer(name, url)
            self.progress.ended("answers")
        return base

    def wait_for_answer(self, name: str, url: str) -> None:
        until = self.clock.now().timestamp() + ANSWER_WITHIN
        while (wrong := problem(self.http, url)) and self.clock.now().timestamp() < until:
            self.clock.sleep(5)
        if wrong:
            host = urlsplit(url).hostname
            target = self.outputs["cluster"]["LoadBalancerDnsName"]
            name_it = f"If {host} does not resolve yet, make it a CNAME of {target}. Else see: "
            raise DeploymentError(
                f"{name} is deployed, and {url} {wrong}.",
                f"{'See: ' if host == target.lower() else name_it}python -m deploy.ecs status",
            )


def is_created(status: str | None) -> bool:
    """Also while it is updated, and where an update failed."""
    return status is not None and status.startswith(("CREATE_COMPLETE", "UPDATE_", "IMPORT_"))


def explanation(error: StackFailedError, part: str) -> DeploymentError:
    events = [f"{each.logical_id} ({each.type}): {each.reason}" for each in error.events]
    cause = events[0] if events else error.reason
    cure = "Correct what it names, and give the same command again: it goes on where it was."
    if error.status == "UPDATE_ROLLBACK_FAILED":
        cure = (
            "Mend what keeps the resource from its former state, and give up again: it goes on "
            "with the roll-back first."
        )
    return DeploymentError(f"The stack {part} is {error.status}: {cause}", cure, events[1:])
