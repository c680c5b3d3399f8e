"""Tasks that run once: the bootstrap, migrations, commands of manage.py.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.errors import DeploymentError
from deploy.ecs.logs.stream import CONTAINER, LogStream
from deploy.ecs.services.causes import WAITS, Evidence, first_cause
from deploy.ecs.services.stopped import StoppedTask, stopped_task

POLL = 3  # seconds
PATIENCE = 600  # seconds for a place to come free, or an instance to start
# Seconds. After 10 to 30 minutes ECS gives up to wait for an instance, and says why.
PROVISIONED_WITHIN = 2100
LOOKS = 20  # for what AWS has just made: a role, a task
STARTED_BY = "deploy.ecs"


@dataclass(frozen=True)
class Place:
    """Where tasks run: outputs of the cluster's stack, and with awsvpc of the service's tasks."""

    cluster: str
    capacity_provider: str
    log_group: str
    subnets: Sequence[str] = ()
    security_groups: Sequence[str] = ()
    public_address: bool = False

    @property
    def network(self) -> dict[str, Any]:
        if not self.security_groups:
            return {}
        configuration = {
            "subnets": list(self.subnets),
            "securityGroups": list(self.security_groups),
            "assignPublicIp": "ENABLED" if self.public_address else "DISABLED",
        }
        return {"networkConfiguration": {"awsvpcConfiguration": configuration}}


@dataclass
class OneOffTask:
    aws: AWS
    clock: Clock
    place: Place
    what: str  # such as "the migration of accounts"
    definition: str  # ARN
    prefix: str  # of its log stream
    say: Callable[[str], None]  # how it goes
    show: Callable[[str], None]  # what it prints

    @property
    def client(self) -> Any:
        return self.aws.client("ecs")

    def run(self, command: Sequence[str] = ()) -> StoppedTask:
        """To its end, whatever that is. What it says is passed on as it comes.

        Raises DeploymentError where it never starts.
        """
        arn = self.started(command)
        stream = LogStream(
            self.aws, self.place.log_group, f"{self.prefix}/{CONTAINER}/{arn.rpartition('/')[2]}"
        )
        until = self.clock.now().timestamp() + PROVISIONED_WITHIN
        while (task := self.described(arn))["lastStatus"] != "STOPPED":
            if task["lastStatus"] == "PROVISIONING" and self.clock.now().timestamp() > until:
                raise self.never_placed(arn)
            self.pass_on(stream)
            self.clock.sleep(POLL)
        # CloudWatch shows lines some seconds after they were said.
        while self.pass_on(stream) or until:
            until = 0
            self.clock.sleep(POLL)
        return stopped_task(self.aws, task, self.place.log_group, self.prefix)

    def pass_on(self, stream: LogStream) -> bool:
        """Whether there was anything new."""
        lines = list(stream.fresh())
        for line in lines:
            self.show(line.text)
        return bool(lines)

    def described(self, arn: str) -> dict[str, Any]:
        """What has just been started may be unknown for a moment."""
        for _ in range(LOOKS):
            answer = self.client.describe_tasks(cluster=self.place.cluster, tasks=[arn])
            if answer["tasks"]:
                return dict(answer["tasks"][0])
            self.clock.sleep(POLL)
        raise first_cause(Evidence(self.what, events=[f"{arn} is not known to ECS."]))

    def never_placed(self, arn: str) -> DeploymentError:
        """It is not to start at some later time, when nobody waits for it."""
        self.client.stop_task(cluster=self.place.cluster, task=arn, reason="It found no place.")
        return first_cause(Evidence(self.what, events=[f"{self.what} {WAITS}"]))

    def succeed(self, command: Sequence[str] = ()) -> None:
        """Raises DeploymentError unless it ends with exit code 0."""
        ended = self.run(command)
        if ended.exit_code != 0:
            raise first_cause(Evidence(self.what, stopped=[ended]))

    def started(self, command: Sequence[str]) -> str:
        """The ARN. Waits for a place: an update of a service may have it for a moment."""
        until = self.clock.now().timestamp() + PATIENCE
        while True:
            answer = self.answered(command)
            if answer["tasks"]:
                return str(answer["tasks"][0]["taskArn"])
            reasons = [each["reason"] for each in answer["failures"]]
            wait = all(each.startswith(("RESOURCE", "AGENT", "EMPTY")) for each in reasons)
            if not wait or self.clock.now().timestamp() > until:
                raise self.unplaced(answer["failures"])
            self.say(f"No place yet: {', '.join(sorted(set(reasons)))}")
            self.clock.sleep(20)

    def answered(self, command: Sequence[str]) -> Mapping[str, Any]:
        """ECS may not know its roles yet, which have just been made."""
        for _ in range(LOOKS):
            try:
                return dict(self.client.run_task(**self.request(command)))
            except ClientError as error:
                if "assume the" not in error.response["Error"].get("Message", ""):
                    raise
            self.clock.sleep(POLL)
        return dict(self.client.run_task(**self.request(command)))

    def request(self, command: Sequence[str]) -> dict[str, Any]:
        overrides = [{"name": CONTAINER, "command": list(command)}] if command else []
        return {
            "cluster": self.place.cluster,
            "taskDefinition": self.definition,
            "count": 1,
            "startedBy": STARTED_BY,
            "capacityProviderStrategy": [
                {"capacityProvider": self.place.capacity_provider, "weight": 1}
            ],
            "overrides": {"containerOverrides": overrides},
            **self.place.network,
        }

    def unplaced(self, failures: Sequence[Mapping[str, Any]]) -> DeploymentError:
        reasons = sorted({each["reason"] for each in failures})
        return first_cause(Evidence(self.what, events=[f"RunTask: {each}" for each in reasons]))
