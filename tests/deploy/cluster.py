"""A cluster whose tasks do what a test says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.deploy.amazon import ACCOUNT, REGION, Amazon, Request

CLUSTER, LOG_GROUP = "shop", "/shop"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/shop@sha256:{'0' * 64}"


def arn(path: str) -> str:
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:{path}"


def now() -> float:
    return datetime.now(UTC).timestamp()


@dataclass
class Cluster:
    """Its one-off tasks say `prints` and end with `exit_code`."""

    amazon: Amazon
    prints: Sequence[str] = ()
    exit_code: int | None = 0
    stopped: Mapping[str, Any] = field(default_factory=dict)
    failures: list[list[dict[str, str]]] = field(default_factory=list)  # of RunTask, in turn
    started: dict[str, Request] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.amazon.answers |= {"RunTask": self.run, "DescribeTasks": self.describe}
        self.amazon.client("logs").create_log_group(logGroupName=LOG_GROUP)

    def definition(self, family: str, **more: Any) -> str:
        container = {"name": "app", "image": IMAGE, "memory": 256, **more}
        answer = self.amazon.client("ecs").register_task_definition(
            family=family, containerDefinitions=[container]
        )
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def run(self, request: Request) -> Mapping[str, Any]:
        if self.failures:
            return {"tasks": [], "failures": self.failures.pop(0)}
        task = arn(f"task/{CLUSTER}/{len(self.started):032x}")
        self.started[task] = request
        return {"tasks": [{"taskArn": task}], "failures": []}

    def describe(self, request: Request) -> Mapping[str, Any]:
        """Running when it is asked for the first time, and over afterwards."""
        [task] = request["tasks"]
        asked = len([each for each in self.amazon.requests_of("DescribeTasks") if each == request])
        described = {
            "taskArn": task,
            "taskDefinitionArn": self.started[task]["taskDefinition"],
            "lastStatus": "RUNNING" if asked == 1 else "STOPPED",
            "createdAt": now(),
            "containers": [{"name": "app", "exitCode": self.exit_code}],
            "stopCode": "EssentialContainerExited",
            "stoppedReason": "Essential container in task exited",
        }
        if asked == 2:
            self.log(task)
        return {"tasks": [{**described, **self.stopped}]}

    def log(self, task: str) -> None:
        if not self.prints:
            return
        family = self.started[task]["taskDefinition"].rpartition("/")[2].partition(":")[0]
        prefix = {"accounts-keys": "accounts/keys", "accounts-migrate": "accounts/migrate"}
        stream = f"{prefix.get(family, 'accounts')}/app/{task.rpartition('/')[2]}"
        logs = self.amazon.client("logs")
        logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName=stream)
        events = [{"timestamp": int(now() * 1000), "message": each} for each in self.prints]
        logs.put_log_events(logGroupName=LOG_GROUP, logStreamName=stream, logEvents=events)
