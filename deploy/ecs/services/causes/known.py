"""What is known of a failure, and what a failure is recognised by."""

from dataclasses import dataclass, field

from deploy.ecs.services.stopped import StoppedTask

# Said here: while a capacity provider may still start an instance, ECS says nothing.
WAITS = "has a task that waits for an instance"


@dataclass
class Evidence:
    """Of `what` failed, such as "the service accounts", each in the order in which it came."""

    what: str
    events: list[str] = field(default_factory=list)  # of the service, or of RunTask
    targets: list[str] = field(default_factory=list)  # why the load balancer finds them unhealthy
    stopped: list[StoppedTask] = field(default_factory=list)
    states: list[str] = field(default_factory=list)  # sentences of diagnose's, of what is there
    is_own: bool = True  # of deployment.toml, else any service of ECS


@dataclass(frozen=True)
class Known:
    fault: str
    pattern: str
    cause: str  # {what}, {found} and the pattern's groups stand for themselves
    cure: str
    elsewhere: str = ""  # the cure without deployment.toml, where it is another

    def cure_of(self, evidence: Evidence) -> str:
        return self.cure if evidence.is_own else self.elsewhere or self.cure
