"""Everything of a deployment deleted, in the reverse order, and what cannot be had again named.

Nothing is remembered but by AWS, so that it can be interrupted anywhere and given again.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from botocore.exceptions import ClientError

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.cloudformation.stack import POLL, CloudFormationStack, stack_names
from deploy.ecs.down.holding import held
from deploy.ecs.down.leftovers import Leftovers, Snapshot
from deploy.ecs.down.protection import Protection
from deploy.ecs.errors import DeploymentError
from deploy.ecs.progress import Progress
from deploy.ecs.secrets import ServiceSecrets
from deploy.ecs.stacks import Parts

ATTEMPTS = 4  # AWS lets go of network interfaces minutes after what they belonged to
PAUSE = 30  # seconds
FOUNDATIONS = ("registry", "network", "data", "cluster", "bastion")
KEPT = ("registry", "network", "data")  # with --keep-data


@dataclass
class Remains:
    deleted: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    log_groups: list[str] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)


@dataclass
class Down:
    aws: AWS
    parts: Parts
    clock: Clock
    progress: Progress
    keep_data: bool = False

    @cached_property
    def names(self) -> list[str]:
        """Of the parts that are there and are to go, also those that deployment.toml names no
        longer."""
        prefix = self.parts.stack_name("")
        there = [
            each.removeprefix(prefix) for each in stack_names(self.aws, prefix, self.parts.tags)
        ]
        return [each for each in there if not (self.keep_data and each in KEPT)]

    def before(self, part: str) -> set[str]:
        """What has to be gone before, since it is in that part or has rules in its groups."""
        services = {each for each in self.names if each not in FOUNDATIONS}
        rules = set() if self.parts.is_awsvpc else {"cluster"}
        return {
            "registry": services,
            "cluster": services,
            "data": services | {"bastion"} | rules,
            "network": services | {"bastion", "cluster", "data"},
        }.get(part, set())

    def stack(self, part: str) -> CloudFormationStack:
        name = self.parts.stack_name(part)
        return CloudFormationStack(self.aws, name, self.clock, watch=self.progress.resource)

    def there(self) -> dict[str, str]:
        """Parts with their status."""
        found = {name: self.stack(name).status for name in self.names}
        return {name: status for name, status in found.items() if status}

    def run(self) -> Remains:
        """Raises DeploymentError."""
        there = list(self.there())
        with self.progress.step("protection"):
            for part in {"data", "cluster"} & set(there):
                if not self.settled(part):
                    continue
                Protection(self.aws, self.stack(part), self.parts.tags).lift()
        if "cluster" in there:
            self.stop_tasks()
        remains = Remains(deleted=[*there])
        with self.progress.step("stacks"):
            Removal(self, there).run()
        if self.keep_data:
            return remains
        with self.progress.step("secrets"):
            for name in self.parts.deployment.services:
                remains.secrets += ServiceSecrets(self.aws, self.parts, name).delete()
        with self.progress.step("what AWS made itself"):
            leftovers = Leftovers(self.aws, self.parts.deployment)
            remains.log_groups = leftovers.delete_log_groups()
            remains.snapshots = leftovers.snapshots()
        return remains

    def settled(self, part: str) -> bool:
        """Whether it is there to be updated, once what goes on has ended."""
        stack = self.stack(part)
        status = stack.status or ""
        if status == "DELETE_IN_PROGRESS":
            return False
        # It may wait for its certificate for hours, and is not protected before it is there.
        if part == "cluster" and status == "CREATE_IN_PROGRESS":
            return False
        if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
            stack.wait()
        return True

    def stop_tasks(self) -> None:
        """Those that no service would stop: each has a network interface that holds its group."""
        client = self.aws.client("ecs")
        cluster = f"{self.parts.deployment.project}-{self.parts.deployment.environment}"
        try:
            pages = client.get_paginator("list_tasks").paginate(cluster=cluster)
            arns = [arn for page in pages for arn in page["taskArns"]]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ClusterNotFoundException":
                return
            raise
        for start in range(0, len(arns), 100):
            some = arns[start : start + 100]
            for each in client.describe_tasks(cluster=cluster, tasks=some)["tasks"]:
                if not each.get("group", "").startswith("service:"):
                    client.stop_task(
                        cluster=cluster, task=each["taskArn"], reason="python -m deploy.ecs down"
                    )


@dataclass
class Removal:
    """Several stacks at a time, each as soon as nothing is left that needs it."""

    down: Down
    waiting: list[str]
    stacks: dict[str, CloudFormationStack] = field(default_factory=dict)
    attempts: Counter[str] = field(default_factory=Counter)
    failed: dict[str, list[str]] = field(default_factory=dict)

    def run(self) -> None:
        """What does not depend on a failure is deleted all the same. Raises DeploymentError."""
        self.stacks = {name: self.down.stack(name) for name in self.waiting}
        while ready := self.ready():
            for name in ready:
                self.look(name)
            if self.ready():
                self.down.clock.sleep(POLL)
        if self.failed:
            raise self.failure()

    def ready(self) -> list[str]:
        left = set(self.waiting)
        return [
            each
            for each in self.waiting
            if each not in self.failed and not self.down.before(each) & left
        ]

    def look(self, name: str) -> None:
        stack = self.stacks[name]
        stack.note_events()
        if self.attempts[name]:
            stack.report()
        status = stack.status
        if status is None:
            self.waiting.remove(name)
            self.down.progress.say(f"{name} is gone")
        elif status == "DELETE_FAILED" and self.attempts[name]:
            self.again(name)
        elif self.attempts[name] == 0 and may_be_deleted(status):
            self.delete(name)

    def again(self, name: str) -> None:
        why = [held(self.down.aws, each) for each in self.stacks[name].failures()]
        if self.attempts[name] == ATTEMPTS:
            self.failed[name] = why
            return
        for each in why:
            self.down.progress.warn(each)
        self.down.progress.say(f"{name} once more in {PAUSE} seconds")
        self.down.clock.sleep(PAUSE)
        self.delete(name)

    def delete(self, name: str) -> None:
        self.attempts[name] += 1
        stack = self.stacks[name]
        # Where an earlier command began it, it goes on.
        if stack.status != "DELETE_IN_PROGRESS":
            stack.client.delete_stack(StackName=stack.name)

    def failure(self) -> DeploymentError:
        lines = [line for each in self.failed.values() for line in each]
        names = " and ".join(self.failed)
        first = lines[0] if lines else f"CloudFormation does not say why ({names})."
        return DeploymentError(
            f"{names} cannot be deleted: {first}",
            "Delete what holds it, and give the same command again: it goes on where it was.",
            lines[1:],
        )


def may_be_deleted(status: str) -> bool:
    """An update cannot be interrupted by a deletion; a creation can."""
    busy = ("UPDATE_", "ROLLBACK_", "IMPORT_")
    return not (status.endswith("_IN_PROGRESS") and status.startswith(busy))
