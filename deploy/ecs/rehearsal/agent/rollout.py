"""What ECS's scheduler does of a service in one step of a deployment.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html and
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from deploy.ecs.rehearsal.agent.placement import GUIDE
from deploy.ecs.rehearsal.agent.services import COMPLETED, FAILED, IN_PROGRESS, Deployment, Service
from deploy.ecs.rehearsal.agent.tasks import RUNNING, STOPPED, Task, Wish

AT_ONCE = 3  # failures after which a start is tried again without waiting
FIRST_WAIT, LONGEST_WAIT = 10, 900  # seconds
STUCK = (
    "was unable to stop or start tasks during a deployment because of the service deployment "
    "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
)


@dataclass(frozen=True)
class Rollout:
    service: Service
    start: Callable[[Wish], Task | None]  # None: no instance has a place for it
    is_healthy: Callable[[Task], bool]
    failure: Callable[[Task], str]  # of its health checks, or nothing

    def step(self) -> None:
        service = self.service
        for deployment in list(service.deployments):
            self.settle(deployment)
        if service.status != "ACTIVE":
            self.drain()
            return
        self.replace_unhealthy()
        if service.primary.state == FAILED:
            return
        self.break_off()
        started = self.start_missing()
        stopped = self.stop_surplus()
        self.complete()
        primary = service.primary
        is_stuck = len(primary.alive()) < service.desired and not (started or stopped)
        if is_stuck and self.room() == 0 and self.nothing_moves():
            service.event(STUCK)

    def settle(self, deployment: Deployment) -> None:
        """Tasks that have ended, and deployments that have none any more."""
        for task in [each for each in deployment.tasks if each.ended.is_set()]:
            deployment.tasks.remove(task)
            if task.stop_code not in {"ServiceSchedulerInitiated", "UserInitiated"}:
                self.count(deployment, task)
        for task in deployment.alive():
            if not task.was_healthy and self.is_healthy(task):
                task.was_healthy = True
                deployment.failures = 0
                deployment.retry_at = None
        if deployment is not self.service.primary and not deployment.tasks:
            self.service.deployments.remove(deployment)

    def drain(self) -> None:
        """A service that is deleted ends with its last task."""
        service = self.service
        self.stop(service.tasks(), service.primary.id)
        if not any(each.tasks for each in service.deployments):
            service.status = "INACTIVE"

    def count(self, deployment: Deployment, task: Task) -> None:
        if task.was_healthy:
            return
        if deployment.state == IN_PROGRESS:
            deployment.failed += 1
        deployment.failures += 1
        over = deployment.failures - AT_ONCE
        if over >= 0:
            wait = min(FIRST_WAIT * 2**over, LONGEST_WAIT)
            deployment.retry_at = self.service.region.now() + timedelta(seconds=wait)
            if deployment.state != IN_PROGRESS or not self.service.breaker.get("enable"):
                self.service.event(f"is unable to consistently start tasks successfully. {GUIDE}")

    def replace_unhealthy(self) -> None:
        for deployment in self.service.deployments:
            for task in deployment.alive():
                why = self.failure(task)
                if why:
                    task.stop("ServiceSchedulerInitiated", why)
                    self.count(deployment, task)
                    self.service.event(f"has stopped 1 running tasks: (task {task.id}).")

    def break_off(self) -> None:
        primary, service = self.service.primary, self.service
        if not service.breaker.get("enable") or primary.state != IN_PROGRESS:
            return
        if primary.failures < service.tolerated:
            return
        primary.state = FAILED
        primary.reason = "ECS deployment circuit breaker: tasks failed to start."
        service.event(f"(deployment {primary.id}) deployment failed: tasks failed to start.")
        to = service.completed
        if service.breaker.get("rollback") and to and to is not primary:
            self.roll_back(to)
        else:
            self.stop(primary.alive(), primary.id)

    def roll_back(self, to: Deployment) -> None:
        service = self.service
        if to in service.deployments:
            service.deployments.remove(to)
        service.deployments.insert(0, to)
        to.state, to.failures, to.retry_at = IN_PROGRESS, 0, None
        to.reason = f"ECS deployment circuit breaker: rolling back to deploymentId {to.id}."
        service.given["taskDefinition"] = to.wish.definition.arn
        service.event(f"rolling back to deployment {to.id}.")

    def room(self) -> int:
        """Tasks that end still take their place, as AWS counts them until they have stopped."""
        unfinished = sum(len(each.unfinished()) for each in self.service.deployments)
        return max(max(self.service.most, self.service.desired) - unfinished, 0)

    def start_missing(self) -> bool:
        service, primary = self.service, self.service.primary
        if primary.retry_at and service.region.now() < primary.retry_at:
            return False
        missing = service.desired - len(primary.alive())
        started = []
        for _ in range(min(missing, self.room())):
            task = self.start(primary.wish)
            if task is None:
                break
            primary.tasks.append(task)
            started.append(f"(task {task.id})")
        if started:
            service.event(f"has started {len(started)} tasks: {' '.join(started)}.")
        return bool(started)

    def stop_surplus(self) -> bool:
        """Old tasks as far as enough healthy ones remain, and what is more than desired."""
        service, primary = self.service, self.service.primary
        own = sorted(primary.alive(), key=self.is_healthy)
        surplus = own[: max(len(own) - service.desired, 0)]
        healthy = sum(map(self.is_healthy, service.tasks())) - sum(map(self.is_healthy, surplus))
        for deployment in service.deployments[1:]:
            for task in deployment.alive():
                if not self.is_healthy(task):
                    surplus.append(task)
                elif healthy - 1 >= service.fewest:
                    healthy -= 1
                    surplus.append(task)
        self.stop(surplus, primary.id)
        return bool(surplus)

    def stop(self, tasks: list[Task], deployment: str) -> None:
        for task in tasks:
            reason = f"Scaling activity initiated by (deployment {deployment})"
            task.stop("ServiceSchedulerInitiated", reason)
        if tasks:
            names = " ".join(f"(task {each.id})" for each in tasks)
            self.service.event(f"has stopped {len(tasks)} running tasks: {names}.")

    def complete(self) -> None:
        service, primary = self.service, self.service.primary
        if primary.state == COMPLETED or len(service.deployments) > 1:
            return
        alive = primary.alive()
        if len(alive) != service.desired or not all(map(self.is_healthy, alive)):
            return
        primary.state = COMPLETED
        primary.reason = f"ECS deployment {primary.id} completed."
        service.completed = primary
        service.event(f"(deployment {primary.id}) deployment completed.")
        service.event("has reached a steady state.")

    def nothing_moves(self) -> bool:
        """No task is on its way up or down."""
        unfinished = [task for each in self.service.deployments for task in each.unfinished()]
        return all(task.is_alive and self.is_settled(task) for task in unfinished)

    def is_settled(self, task: Task) -> bool:
        return task.status in {RUNNING, STOPPED} and self.is_healthy(task)
