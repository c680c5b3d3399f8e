"""The tasks of any service: those that are over with their last lines, and those that run."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from deploy.ecs.aws import AWS
from deploy.ecs.diagnose.asking import Asking
from deploy.ecs.diagnose.definitions import AWSLOGS, Definitions, Described, Log, culprit
from deploy.ecs.diagnose.seen import LOG, ONE_OFF, TASK, Seen, task_seen
from deploy.ecs.diagnose.subject import Subject
from deploy.ecs.logs.stream import moment
from deploy.ecs.services.stopped import LAST_LINES, StoppedTask

MOST = 100  # tasks that ECS describes at once
WITH_LOGS = 5  # of those that failed, the last
GONE = {"ServiceNotFoundException", "ServiceNotActiveException"}


@dataclass
class Tasks:
    aws: AWS
    asking: Asking
    subject: Subject
    definitions: Definitions = field(init=False)

    def __post_init__(self) -> None:
        self.definitions = Definitions(self.aws)

    def arns(self, desired: str) -> list[str]:
        """Of a service that is gone, among all of the cluster."""
        try:
            return self.listed(desired, serviceName=self.subject.service)
        except ClientError as error:
            if error.response["Error"]["Code"] not in GONE:
                raise
            return self.listed(desired)

    def listed(self, desired: str, **of: str) -> list[str]:
        pages = self.aws.client("ecs").get_paginator("list_tasks")
        found = pages.paginate(cluster=self.subject.cluster, desiredStatus=desired, **of)
        return [arn for page in found for arn in page["taskArns"]]

    def described(self, arns: list[str]) -> list[Described]:
        client = self.aws.client("ecs")
        return [
            task
            for some in chunks(arns)
            for task in client.describe_tasks(cluster=self.subject.cluster, tasks=some)["tasks"]
        ]

    def of_service(self, desired: str) -> list[Described]:
        group = f"service:{self.subject.service}"
        found = self.described(self.arns(desired))
        return [task for task in found if task.get("group", group) == group]

    def running(self) -> list[Described]:
        with self.asking.part("tasks"):
            return self.of_service("RUNNING")
        return []

    def over(self, now: datetime) -> Iterator[Seen]:
        with self.asking.part("stopped tasks"):
            yield from self.seen(self.of_service("STOPPED"), now, TASK)

    def one_off(self, now: datetime) -> Iterator[Seen]:
        """Those that prepare the service, which run by themselves."""
        with self.asking.part("stopped tasks"):
            for family in self.subject.one_off:
                found = self.described(self.listed("STOPPED", family=family))
                yield from self.seen(found, now, ONE_OFF)

    def seen(self, tasks: Iterable[Described], now: datetime, source: str) -> Iterator[Seen]:
        """The last ones that failed with their last lines."""
        found = [each for each in tasks if each["lastStatus"] == "STOPPED"]
        found.sort(key=lambda each: each.get("stoppedAt", now), reverse=True)
        wanted = WITH_LOGS
        for each in found:
            task, log = self.ended(each)
            if task.failed and wanted:
                wanted -= 1
                lines = list(self.last_lines(each, log))
                yield from lines
                task = with_lines(task, [line.text for line in lines])
            yield task_seen(task, each.get("stoppedAt", now), source)

    def ended(self, task: Described) -> tuple[StoppedTask, Described]:
        """And the container that ended it."""
        arn = str(task.get("taskDefinitionArn", ""))
        containers: Sequence[Described] = task.get("containers", ())
        with self.asking.part("task definitions"):
            defined = self.definitions.of(arn).get("containerDefinitions", ())
            essential = [each["name"] for each in defined if each.get("essential", True)]
            return stopped(task, culprit(containers, essential))
        return stopped(task, culprit(containers, [each["name"] for each in containers]))

    def last_lines(self, task: Described, container: Described) -> Iterator[Seen]:
        """Each with its time."""
        name = str(container.get("name", ""))
        with self.asking.part("logs"):
            definition = self.definitions.container(str(task.get("taskDefinitionArn")), name)
            log = Log.of(definition)
            if log.driver != AWSLOGS or not log.group:
                told = log.driver or "no log driver"
                self.asking.note(f"logs: the container {name} has {told}, not {AWSLOGS}")
                return
            for event in self.tail(log, log.stream(container, identity(task))):
                at, text = moment(event["timestamp"]), str(event["message"]).rstrip("\n")
                yield Seen(at, LOG, identity(task), text)

    def tail(self, log: Log, stream: str) -> list[dict[str, Any]]:
        """Nothing where no line was ever written."""
        client = self.aws.client("logs")
        if log.region and log.region != self.aws.region:
            client = AWS(log.region, self.aws.session.profile_name).client("logs")
        try:
            answer = client.get_log_events(
                logGroupName=log.group, logStreamName=stream, limit=LAST_LINES, startFromHead=False
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return []
            raise
        return list(answer["events"][-LAST_LINES:])


def stopped(task: Described, container: Described) -> tuple[StoppedTask, Described]:
    return StoppedTask(
        id=identity(task),
        definition=str(task.get("taskDefinitionArn", "")),
        code=str(task.get("stopCode", "")),
        reason=str(task.get("stoppedReason", "")),
        container_reason=str(container.get("reason", "")),
        exit_code=container.get("exitCode"),
        lines=(),
    ), container


def with_lines(task: StoppedTask, lines: Sequence[str]) -> StoppedTask:
    return StoppedTask(**vars(task) | {"lines": tuple(lines)})


def identity(task: Described) -> str:
    return str(task["taskArn"]).rpartition("/")[2]


def chunks(arns: list[str]) -> Iterator[list[str]]:
    yield from (arns[start : start + MOST] for start in range(0, len(arns), MOST))
