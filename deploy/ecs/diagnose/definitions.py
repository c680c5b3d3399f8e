"""What a task definition says of its containers: which of them matter, and where they log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deploy.ecs.aws import AWS

Described = Mapping[str, Any]
AWSLOGS = "awslogs"


@dataclass(frozen=True)
class Log:
    driver: str  # empty where the definition names none
    group: str
    region: str
    prefix: str

    @classmethod
    def of(cls, container: Described) -> "Log":
        configuration = container.get("logConfiguration") or {}
        options = configuration.get("options") or {}
        return cls(
            configuration.get("logDriver", ""),
            options.get("awslogs-group", ""),
            options.get("awslogs-region", ""),
            options.get("awslogs-stream-prefix", ""),
        )

    def stream(self, container: Described, task: str) -> str:
        """https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html: without
        a prefix, which only instances allow, it is the id that Docker gives the container."""
        if self.prefix:
            return f"{self.prefix}/{container['name']}/{task}"
        return str(container.get("runtimeId", ""))


@dataclass
class Definitions:
    aws: AWS
    found: dict[str, Described] = field(default_factory=dict)

    def of(self, arn: str) -> Described:
        if arn not in self.found:
            client = self.aws.client("ecs")
            answer = client.describe_task_definition(taskDefinition=arn)
            self.found[arn] = answer["taskDefinition"]
        return self.found[arn]

    def container(self, arn: str, name: str) -> Described:
        containers: Sequence[Described] = self.of(arn).get("containerDefinitions", ())
        return next((each for each in containers if each["name"] == name), {})


def culprit(containers: Sequence[Described], essential: Sequence[str]) -> Described:
    """Of a task that is over: the container that ended it, as far as can be told."""

    def rank(each: Described) -> tuple[bool, bool, bool]:
        # One that was killed because another had ended has no reason, and often code 137 or 143.
        code = each.get("exitCode")
        return (
            not each.get("reason"),
            code in {None, 0, 137, 143},
            each["name"] not in essential,
        )

    return min(containers, key=rank, default={})
