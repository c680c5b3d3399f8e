"""Targets of target groups: registered, asked for their health, drained.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from deploy.ecs.rehearsal.agent.region import Region
from deploy.ecs.rehearsal.agent.tasks import Feed, Task

HOST = "127.0.0.1"
INITIAL, HEALTHY, UNHEALTHY, DRAINING, UNUSED = (
    "initial",
    "healthy",
    "unhealthy",
    "draining",
    "unused",
)
DESCRIPTIONS = {
    "Elb.InitialHealthChecking": "Initial health checks in progress",
    "Target.Timeout": "Request timed out",
    "Target.FailedHealthChecks": "Health checks failed",
    "Target.DeregistrationInProgress": "Target deregistration is in progress",
    "Target.NotInUse": "Target group is not configured to receive traffic from the load balancer",
}
OFTENEST = 0.1  # real seconds between two checks, or a fast clock would keep the machine busy


@dataclass
class Target:
    group: Any  # moto's
    task: Task
    port: int
    real_port: int | None  # None: nothing in the task listens there
    id: str  # an address, or that of an instance
    state: str = INITIAL
    reason: str = "Elb.InitialHealthChecking"
    description: str = DESCRIPTIONS["Elb.InitialHealthChecking"]
    in_flight: int = 0
    gone: threading.Event = field(default_factory=threading.Event)

    def become(self, state: str, reason: str = "", description: str = "") -> None:
        description = description or DESCRIPTIONS.get(reason, "")
        if (state, description) != (self.state, self.description):
            about = f": {description}" if description else ""
            text = f"{self.id}:{self.port} in {self.group.name} is {state}{about}"
            self.task.region.timeline.add("target", text)
        self.state, self.reason, self.description = state, reason, description


@dataclass(frozen=True)
class Verdict:
    """Of one check. Healthy without a reason."""

    reason: str = ""
    description: str = ""


class Targets:
    def __init__(self, region: Region, reaches: Callable[[Any, Task, int], bool | None]) -> None:
        """`reaches(group, task, port)`: whether the load balancer of the group gets through to a
        task; None where the group has no load balancer."""
        self.region = region
        self.reaches = reaches
        self.all: list[Target] = []
        self._watching: list[threading.Thread] = []
        self.changed = threading.Condition(region.lock)

    def of(self, group_arn: str) -> list[Target]:
        with self.region.lock:
            return [each for each in self.all if each.group.arn == group_arn]

    def usable(self, group_arn: str) -> list[Target]:
        """The healthy ones; where there are none, the others: a load balancer fails open."""
        found = self.of(group_arn)
        healthy = [each for each in found if each.state == HEALTHY]
        return healthy or [each for each in found if each.state == UNHEALTHY]

    def of_task(self, task: Task) -> list[Target]:
        with self.region.lock:
            return [each for each in self.all if each.task is task]

    def register(self, task: Task, feed: Feed, group: Any) -> None:
        target = Target(
            group=group,
            task=task,
            port=task.host_ports.get(feed.port, feed.port),
            real_port=task.real_ports.get(feed.port),
            id=task.address if group.target_type == "ip" else instance_id(task),
        )
        with self.region.lock:
            self.all.append(target)
        self.region.timeline.add("target", f"{target.id}:{target.port} in {group.name} is initial")
        task.wish.announce(f"registered 1 targets in (target-group {group.arn})")
        name = f"health of {target.id}:{target.port}"
        thread = threading.Thread(target=self._watch, args=[target], name=name, daemon=True)
        self._watching.append(thread)
        thread.start()

    def join(self) -> None:
        """After the end of all tasks."""
        for each in self._watching:
            each.join()

    def deregister(self, task: Task) -> None:
        """Until no request is on its way to it any more, or the delay of the group is over."""
        targets = self.of_task(task)
        for each in targets:
            each.become(DRAINING, "Target.DeregistrationInProgress")
            task.wish.announce(f"deregistered 1 targets in (target-group {each.group.arn})")
        for each in targets:
            self._drain(each)
        with self.region.lock:
            for each in targets:
                each.gone.set()
                self.all.remove(each)

    def _drain(self, target: Target) -> None:
        delay = int(target.group.attributes["deregistration_delay.timeout_seconds"])
        self.region.pause(delay)
        # What a request takes is real, however fast the clock.
        until = time.monotonic() + self.region.patience(delay)
        with self.changed:
            while target.in_flight and time.monotonic() < until and not self.region.ended.is_set():
                self.changed.wait(0.1)

    def _watch(self, target: Target) -> None:
        group = target.group
        interval = max(self.region.real(int(group.health_check_interval_seconds)), OFTENEST)
        passed = failed = 0
        while not (target.gone.is_set() or self.region.ended.is_set()):
            began = time.monotonic()
            verdict = self._check(target)
            if verdict.reason:
                passed, failed = 0, failed + 1
            else:
                passed, failed = passed + 1, 0
            self._judge(target, verdict, passed, failed)
            target.gone.wait(max(interval - (time.monotonic() - began), 0))

    def _judge(self, target: Target, verdict: Verdict, passed: int, failed: int) -> None:
        with self.region.lock:
            if target.state == DRAINING:
                return
            # A new target is healthy when it has passed once.
            needed = 1 if target.state == INITIAL else int(target.group.healthy_threshold_count)
            if verdict.reason == "Target.NotInUse":
                target.become(UNUSED, verdict.reason, verdict.description)
            elif passed >= needed:
                target.become(HEALTHY)
            elif failed >= int(target.group.unhealthy_threshold_count):
                target.become(UNHEALTHY, verdict.reason, verdict.description)

    def _check(self, target: Target) -> Verdict:
        group, task = target.group, target.task
        port = target.port
        if group.health_check_port not in {None, "traffic-port", str(port)}:
            port = int(group.health_check_port)
        reaches = self.reaches(group, task, port)
        if reaches is None:
            return Verdict("Target.NotInUse")
        if not reaches:
            return Verdict("Target.Timeout")
        real = target.real_port if port == target.port else task.real_ports.get(port)
        if real is None:
            return Verdict("Target.FailedHealthChecks")
        return self._ask(target, real)

    def _ask(self, target: Target, real_port: int) -> Verdict:
        group = target.group
        seconds = self.region.patience(int(group.health_check_timeout_seconds))
        connection = http.client.HTTPConnection(HOST, real_port, timeout=seconds)
        headers = {
            "Host": f"{target.task.address}:{target.port}",
            "User-Agent": "ELB-HealthChecker/2.0",
            "Connection": "close",
        }
        try:
            connection.request("GET", group.health_check_path or "/", headers=headers)
            status = connection.getresponse().status
        except TimeoutError:
            return Verdict("Target.Timeout")
        except (OSError, http.client.HTTPException):
            return Verdict("Target.FailedHealthChecks")
        finally:
            connection.close()
        if accepts(str((group.matcher or {}).get("HttpCode") or "200"), status):
            return Verdict()
        text = f"Health checks failed with these codes: [{status}]"
        return Verdict("Target.ResponseCodeMismatch", text)


def accepts(codes: str, status: int) -> bool:
    """As of a matcher: 200, 200,302 or 200-299."""
    for part in codes.split(","):
        first, _, last = part.strip().partition("-")
        if int(first) <= status <= int(last or first):
            return True
    return False


def instance_id(task: Task) -> str:
    return task.instance.ec2_id if task.instance else task.address
