"""Lines of all tasks of a deployment, in the order of their time.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.logs.stream import CONTAINER, moment

POLL = 2  # seconds
# A task's agent sends lines in batches, and CloudWatch shows them when it has them: for this long a
# line may still come with a time before others that were shown.
LATE = timedelta(minutes=2)


@dataclass(frozen=True)
class TaskLine:
    at: datetime
    service: str
    kind: str  # app for the service itself, else the one-off task: migrate, bootstrap, keys
    task: str
    text: str
    id: str = field(compare=False)


@dataclass
class LogLines:
    aws: AWS
    group: str
    services: Sequence[str]
    one_offs: bool  # also those of migrations and the like
    clock: Clock

    def since(self, start: datetime) -> Iterator[TaskLine]:
        """Nothing where the group is not there. Pages are fetched as they are needed."""
        # Each service's come in the order of their time.
        found = [self.of_service(each, start) for each in self.services]
        yield from heapq.merge(*found, key=lambda line: line.at)

    def following(self, start: datetime) -> Iterator[TaskLine]:
        """Without end. Each line once, also what comes late."""
        shown: dict[str, datetime] = {}
        # As CloudWatch counts: what was forgotten here must not be fetched again.
        start = moment(milliseconds(start))
        while True:
            for line in self.since(start):
                if line.id not in shown:
                    shown[line.id] = line.at
                    yield line
            start = max([start, *(at - LATE for at in shown.values())])
            shown = {name: at for name, at in shown.items() if at >= start}
            self.clock.sleep(POLL)

    def of_service(self, service: str, start: datetime) -> Iterator[TaskLine]:
        prefix = f"{service}/" if self.one_offs else f"{service}/{CONTAINER}/"
        try:
            for page in self.pages(prefix, start):
                for event in page["events"]:
                    # Said again here: a rehearsal's CloudWatch does not heed it.
                    if event["logStreamName"].startswith(prefix):
                        yield line_of(service, event)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise

    def pages(self, prefix: str, start: datetime) -> Iterator[dict[str, Any]]:
        """A page may be empty though others follow."""
        yield from (
            self.aws.client("logs")
            .get_paginator("filter_log_events")
            .paginate(
                logGroupName=self.group,
                logStreamNamePrefix=prefix,
                startTime=milliseconds(start),
            )
        )


def line_of(service: str, event: dict[str, Any]) -> TaskLine:
    """The stream is service/app/task, or service/migrate/app/task."""
    *middle, task = event["logStreamName"].split("/")[1:]
    return TaskLine(
        moment(event["timestamp"]),
        service,
        middle[0] if middle else CONTAINER,
        task,
        event["message"].rstrip("\n"),
        event["eventId"],
    )


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
