"""The life of one task, from its start to its end, in a thread of its own.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
"""

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.ecs.rehearsal.agent.network import listens
from deploy.ecs.rehearsal.agent.processes import Process
from deploy.ecs.rehearsal.agent.region import Region
from deploy.ecs.rehearsal.agent.starting import Prepared, StartError, Starting
from deploy.ecs.rehearsal.agent.targets import Targets
from deploy.ecs.rehearsal.agent.tasks import (
    ACTIVATING,
    DEACTIVATING,
    PENDING,
    RUNNING,
    STOPPED,
    STOPPING,
    Running,
    Task,
)

STARTS_WITHIN = 20  # real seconds: no laptop starts a process faster than AWS
STEP = 0.05  # real seconds
MEMORY_STEP = 1.0  # real seconds
CHECK_STEP = 1.0  # real seconds between health checks at least: each is a process
KILLED = 137
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"


@dataclass
class Life:
    region: Region
    task: Task
    starting: Starting
    targets: Targets
    release: Callable[[Task], None]  # gives back what it has of its instance
    processes: list[tuple[Running, Prepared, Process]] = field(default_factory=list)
    checks: list[threading.Thread] = field(default_factory=list)

    def run(self) -> None:
        task = self.task
        try:
            self.start()
            self.watch()
        except StartError as error:
            task.stop("TaskFailedToStart", str(error))
        finally:
            self.end()

    def start(self) -> None:
        """Raises StartError."""
        task = self.task
        task.change(PENDING)
        prepared = self.starting.prepare(task)
        for running, each in zip(task.containers, prepared, strict=True):
            self.begin(running, each)
        self.wait_until_started()
        if any(self.has_ended(*each) for each in self.processes) or task.stop_wanted.is_set():
            return
        task.change(ACTIVATING)
        for feed in task.wish.feeds:
            self.targets.register(task, feed, self.starting.target_group(feed.group))
        task.change(RUNNING)

    def begin(self, running: Running, prepared: Prepared) -> None:
        """Raises StartError."""
        try:
            process = Process(
                prepared.command, prepared.environment, prepared.say, self.region.content
            )
        except OSError as error:
            raise StartError(
                "CannotStartContainerError: Error response from daemon: failed to create task for "
                f"container: OCI runtime create failed: {error.strerror}: unknown"
            ) from error
        running.status = RUNNING
        self.processes.append((running, prepared, process))

    def wait_until_started(self) -> None:
        """Until all listen, or one has ended; the clock's intervals count from then."""
        until = time.monotonic() + STARTS_WITHIN
        ports = [
            self.task.real_ports[port]
            for running, _, _ in self.processes
            for port in running.container.ports
            if port in self.task.real_ports
        ]
        while time.monotonic() < until and not all(map(listens, ports)):
            if any(process.code is not None for _, _, process in self.processes):
                return
            if self.task.stop_wanted.wait(STEP):
                return

    def watch(self) -> None:
        """Until it is to stop, or an essential container has ended."""
        for running, prepared, process in self.processes:
            if running.container.health_check:
                watching = threading.Thread(
                    target=self.check, args=[running, prepared, process], daemon=True
                )
                watching.start()
                self.checks.append(watching)
        weighed = time.monotonic()
        while not self.task.stop_wanted.wait(STEP):
            if any(self.has_ended(*each) for each in self.processes):
                self.task.stop("EssentialContainerExited", "Essential container in task exited")
                return
            if time.monotonic() - weighed > MEMORY_STEP:
                weighed = time.monotonic()
                self.weigh()

    def has_ended(self, running: Running, prepared: Prepared, process: Process) -> bool:
        if process.code is None:
            return False
        if running.status != STOPPED:
            running.status = STOPPED
            running.exit_code = process.code
            self.task.tell(f"container {running.container.name} ended with {process.code}")
        return running.container.essential

    def weigh(self) -> None:
        limit = self.task.wish.definition.memory
        for running, _, process in self.processes:
            allowed = running.container.memory or limit
            if allowed and process.memory() > allowed:
                running.reason = OUT_OF_MEMORY
                process.send(signal.SIGKILL)

    def check(self, running: Running, prepared: Prepared, process: Process) -> None:
        """The container's own health check, as Docker does it."""
        check = running.container.health_check
        if check is None:
            return
        began, failed = self.region.now(), 0
        while process.code is None and not self.task.stop_wanted.is_set():
            if self.passes(check.command, prepared, check.timeout):
                failed = 0
                running.health = "HEALTHY"
            elif (self.region.now() - began).total_seconds() > check.start_period:
                failed += 1
                if failed >= check.retries:
                    running.health = "UNHEALTHY"
            self.task.stop_wanted.wait(max(self.region.real(check.interval), CHECK_STEP))

    def passes(self, command: list[str], prepared: Prepared, seconds: int) -> bool:
        words = ["/bin/sh", "-c", *command[1:]] if command[0] == "CMD-SHELL" else command[1:]
        try:
            process = Process(words, prepared.environment, folder=self.region.content)
        except OSError:
            return False
        try:
            return process.wait(self.region.patience(seconds)) == 0
        finally:
            process.end()

    def end(self) -> None:
        task = self.task
        task.desired = STOPPED
        task.stop_wanted.set()
        if self.targets.of_task(task):
            task.change(DEACTIVATING)
            self.targets.deregister(task)
        if self.processes:
            task.change(STOPPING)
        for running, _, process in self.processes:
            if running.status != STOPPED:
                process.send(signal.SIGTERM)
        for running, _, process in self.processes:
            self.finish(running, process)
        for each in self.checks:
            each.join()
        self.release(task)
        task.change(STOPPED)

    def finish(self, running: Running, process: Process) -> None:
        seconds = self.region.patience(running.container.stop_timeout)
        if process.wait(0 if self.region.ended.is_set() else seconds) is None:
            process.send(signal.SIGKILL)
        process.end()
        running.status = STOPPED
        running.exit_code = process.code
        running.health = "UNKNOWN"
