"""What ECS, Docker, the load balancers and the network do, on one machine.

Its threads see moto's backends directly; what is deployed sees it through AWS's APIs.
"""

import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from deploy.ecs.rehearsal.agent.balancing import Balancing
from deploy.ecs.rehearsal.agent.calls import Calls
from deploy.ecs.rehearsal.agent.capacity import Capacity
from deploy.ecs.rehearsal.agent.databases import Databases
from deploy.ecs.rehearsal.agent.interfaces import Interfaces
from deploy.ecs.rehearsal.agent.launching import Launching
from deploy.ecs.rehearsal.agent.names import Names
from deploy.ecs.rehearsal.agent.network import Network
from deploy.ecs.rehearsal.agent.placement import Refusal
from deploy.ecs.rehearsal.agent.processes import make_path
from deploy.ecs.rehearsal.agent.reachability import Interface, Reachability
from deploy.ecs.rehearsal.agent.region import FRESH, Region
from deploy.ecs.rehearsal.agent.rollout import Rollout
from deploy.ecs.rehearsal.agent.router import LoadBalancers
from deploy.ecs.rehearsal.agent.running import Life
from deploy.ecs.rehearsal.agent.schedules import Schedules
from deploy.ecs.rehearsal.agent.services import COMPLETED, FAILED, Service
from deploy.ecs.rehearsal.agent.shells import Shells
from deploy.ecs.rehearsal.agent.starting import Starting
from deploy.ecs.rehearsal.agent.targets import HEALTHY, UNHEALTHY, Targets
from deploy.ecs.rehearsal.agent.tasks import RUNNING, Task, Wish
from deploy.ecs.rehearsal.agent.wires import Wires
from deploy.ecs.rehearsal.cloud import Cloud, NotStabilizedError
from deploy.ecs.rehearsal.cloud.patches import Patches

ENTRYPOINT = [sys.executable, "-m", "ecom.entrypoint"]  # of the image
TICK = 0.05  # real seconds
PATIENCE = 3 * 3600  # seconds for which CloudFormation waits
TRIGGERED = "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'."


class Agent:
    """A context manager: at its end nothing of it is left. The load balancers are at `url`."""

    def __init__(
        self, cloud: Cloud, folder: Path, *, program: list[str] = ENTRYPOINT, port: int = 0
    ) -> None:
        self.region = Region(
            account=cloud.account,
            name=cloud.region,
            url=cloud.url,
            clock=cloud.clock,
            timeline=cloud.timeline,
            stacks=cloud.stacks,
            ids=cloud.physical_ids,
            folder=folder,
            program=program,
        )
        self.port = port
        self.clients = cloud.client
        self.network = Network()
        self.balancing = Balancing(self.region)
        self.capacity = Capacity(self.region)
        self.interfaces = Interfaces(self.region, self.capacity.machines.get)
        self.targets = Targets(self.region, self.balancer_reaches)
        self.launching = Launching(self.region, self.capacity, self.interfaces, self.live)
        self.databases = Databases(self.region, self.clients)
        self.names = Names(
            self.region,
            self.balancing,
            self.databases,
            self.interfaces.own,
            lambda: list(self.launching.tasks.values()),
        )
        shells = Shells(self.region, self.interfaces)
        self.calls = Calls(
            region=self.region,
            capacity=self.capacity,
            launching=self.launching,
            targets=self.targets,
            balancing=self.balancing,
            shells=shells,
        )
        self.schedules = Schedules(self.region, self.run_scheduled)
        self.patches = Patches()
        self._threads = [
            threading.Thread(target=each, name=each.__name__, daemon=True)
            for each in (self.tick, self.look)
        ]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        """Raises OSError where the port is taken."""
        self.path = str(make_path(self.region.folder / "bin"))
        self.network.start()
        router = LoadBalancers(self.region, self.balancing, self.targets)
        try:
            self.port = self.network.listen(router.serve, self.port)
        except OSError:
            self.network.stop()
            raise
        self.names.router_port = self.port
        self.calls.install(self.patches)
        for each in self._threads:
            each.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.region.ended.set()
        for each in self._threads:
            each.join()
        with self.region.lock:
            tasks = list(self.launching.tasks.values())
        for task in tasks:
            task.stop("UserInitiated", "The rehearsal has ended")
        for thread in self.launching.threads:
            thread.join()
        self.targets.join()
        self.databases.stop()
        self.patches.close()
        self.network.stop()

    def tick(self) -> None:
        while not self.region.ended.wait(TICK):
            with self.region.lock:
                for instance in self.capacity.step():
                    self.launching.lose(instance)
                self.launching.step()
                for service in list(self.calls.services.values()):
                    Rollout(service, self.start, self.is_healthy, self.failure).step()
                self.schedules.step()

    def look(self) -> None:
        """What is deployed, for those who hold the lock."""
        while not self.region.ended.wait(FRESH):
            self.region.graph()

    def start(self, wish: Wish) -> Task | None:
        found = self.launching.launch(wish)
        return None if isinstance(found, Refusal) else found

    def live(self, task: Task) -> None:
        wires = Wires(task, self.network, self.names.destination)
        starting = Starting(
            self.region, self.network, self.interfaces, self.clients, lambda _: wires, self.path
        )
        try:
            Life(self.region, task, starting, self.targets, self.launching.release).run()
        finally:
            wires.close()

    def run_scheduled(self, given: dict[str, Any]) -> None:
        self.calls.run_task(given)

    def is_healthy(self, task: Task) -> bool:
        if task.status != RUNNING or not task.is_alive:
            return False
        checks = [each for each in task.containers if each.container.health_check]
        if checks and task.health != "HEALTHY":
            return False
        targets = self.targets.of_task(task)
        return len(targets) == len(task.wish.feeds) and all(
            each.state == HEALTHY for each in targets
        )

    def failure(self, task: Task) -> str:
        """Why a task has to be replaced, or nothing."""
        if task.status != RUNNING or not task.is_alive:
            return ""
        if task.health == "UNHEALTHY":
            task.wish.announce(f"(task {task.id}) failed container health checks.")
            return "Task failed container health checks"
        service = self.calls.services[task.wish.cluster, task.wish.group.partition(":")[2]]
        age = (self.region.now() - task.times["startedAt"]).total_seconds()
        for target in self.targets.of_task(task):
            if target.state == UNHEALTHY and age >= service.grace:
                place = f"(instance {target.id}) " if target.id.startswith("i-") else ""
                task.wish.announce(
                    f"{place}(port {target.port}) is unhealthy in (target-group "
                    f"{target.group.arn}) due to (reason {target.description})."
                )
                return f"Task failed ELB health checks in (target-group {target.group.arn})"
        return ""

    def balancer_reaches(self, group: Any, task: Task, port: int) -> bool | None:
        balancers = self.balancing.load_balancers_of(group.arn)
        if not balancers:
            return None
        found = balancers[0]
        source = Interface(tuple(found.security_groups), tuple(each.id for each in found.subnets))
        here = Reachability(self.region.graph(), self.region.name)
        return here.reaches(source, self.interfaces.own(task), port)

    def wait_until_stable(self, cluster: str, service: str) -> None:
        """Raises NotStabilizedError."""
        began = self.region.now()
        while not self.region.ended.wait(TICK):
            with self.region.lock:
                found = self.calls.services.get((cluster, service))
                if found is None or found.status != "ACTIVE" or self._is_stable(found):
                    return
            if (self.region.now() - began).total_seconds() > PATIENCE:
                raise NotStabilizedError("Exceeded attempts to wait")

    def _is_stable(self, service: Service) -> bool:
        """Raises NotStabilizedError."""
        wanted = service.asked_for
        if wanted is None or wanted.state == FAILED:
            raise NotStabilizedError(TRIGGERED)
        return wanted is service.primary and wanted.state == COMPLETED
