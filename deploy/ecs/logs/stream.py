"""Lines of CloudWatch Logs.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html: the stream of a
container is prefix/container/task.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from botocore.exceptions import ClientError

from deploy.ecs.aws import AWS

CONTAINER = "app"


@dataclass(frozen=True)
class Line:
    at: datetime
    stream: str
    text: str


@dataclass
class LogStream:
    """Of one task. What was read is not read again."""

    aws: AWS
    group: str
    name: str
    token: str | None = None
    lines: list[Line] = field(default_factory=list)

    def fresh(self) -> Iterator[Line]:
        """Nothing where the stream does not exist yet, which is made with a task's first line."""
        while True:
            from_token = {"nextToken": self.token} if self.token else {}
            try:
                page = self.aws.client("logs").get_log_events(
                    logGroupName=self.group,
                    logStreamName=self.name,
                    startFromHead=True,
                    **from_token,
                )
            except ClientError as error:
                if error.response["Error"]["Code"] == "ResourceNotFoundException":
                    return
                raise
            for event in page["events"]:
                line = Line(moment(event["timestamp"]), self.name, event["message"])
                self.lines.append(line)
                yield line
            # At the end it gives back what it was given; a page may be empty before that.
            if page["nextForwardToken"] == self.token:
                return
            self.token = page["nextForwardToken"]

    def last(self, count: int) -> list[str]:
        for _ in self.fresh():
            pass
        return [each.text for each in self.lines[-count:]]


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
