"""Tasks from being wished for to having a thread of their own."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from deploy.ecs.rehearsal.agent.capacity import Capacity
from deploy.ecs.rehearsal.agent.interfaces import Interfaces
from deploy.ecs.rehearsal.agent.placement import Instance, Refusal, place
from deploy.ecs.rehearsal.agent.region import Region
from deploy.ecs.rehearsal.agent.tasks import STOPPED, Task, Wish

# After which AWS gives up to look for a place: 10 to 30 minutes, it says.
PROVISIONS_FOR = timedelta(minutes=15)


@dataclass
class Launching:
    region: Region
    capacity: Capacity
    interfaces: Interfaces
    live: Callable[[Task], None]  # the task's life, in its own thread
    tasks: dict[str, Task] = field(default_factory=dict)
    waiting: list[Task] = field(default_factory=list)  # for a place
    threads: list[threading.Thread] = field(default_factory=list)
    _announced: set[tuple[str, str]] = field(default_factory=set)

    def launch(self, wish: Wish) -> Task | Refusal:
        """On capacity that grows a task waits for its place; elsewhere it is refused."""
        if wish.on_fargate:
            return self.begin(Task(self.region, wish))
        found = self.find(wish)
        if isinstance(found, Instance):
            return self.begin(Task(self.region, wish), found)
        self.announce(wish, found)
        if not self.capacity.scales(wish.provider):
            return found
        self.capacity.grow(wish.provider, wish.demand)
        task = Task(self.region, wish)
        self.tasks[task.id] = task
        self.waiting.append(task)
        task.tell("PROVISIONING: waits for an instance with a place for it")
        return task

    def find(self, wish: Wish) -> Instance | Refusal:
        instances = self.capacity.of(wish.cluster, wish.provider)
        return place(wish.demand, instances, wish.group, wish.strategy)

    def announce(self, wish: Wish, refusal: Refusal) -> None:
        """Once for each cause, until it is gone."""
        key = wish.group, refusal.code
        if key not in self._announced:
            self._announced.add(key)
            wish.announce(refusal.event)

    def begin(self, task: Task, instance: Instance | None = None) -> Task:
        wish = task.wish
        self._announced = {each for each in self._announced if each[0] != wish.group}
        if instance:
            instance.take(wish.demand, wish.group)
        task.instance = instance
        self.interfaces.attach(task)
        self.tasks[task.id] = task
        thread = threading.Thread(
            target=self.live, args=[task], name=f"task {task.name}", daemon=True
        )
        self.threads.append(thread)
        thread.start()
        return task

    def step(self) -> None:
        """Those that wait, once more."""
        for task in list(self.waiting):
            if task.desired == STOPPED:
                self.give_up(task)
                continue
            found = self.find(task.wish)
            if isinstance(found, Instance):
                self.waiting.remove(task)
                self.begin(task, found)
                continue
            self.announce(task.wish, found)
            self.capacity.grow(task.wish.provider, task.wish.demand)
            if self.region.now() - task.times["createdAt"] > PROVISIONS_FOR:
                task.stop("TaskFailedToStart", f"TaskFailedToStart: {found.code}")

    def give_up(self, task: Task) -> None:
        self.waiting.remove(task)
        for each in task.containers:
            each.status = STOPPED
        task.change(STOPPED)

    def release(self, task: Task) -> None:
        with self.region.lock:
            if task.instance:
                task.instance.give_back(task.wish.demand, task.wish.group)
            self.interfaces.detach(task)

    def lose(self, instance: Instance) -> None:
        """With an instance end its tasks."""
        for task in self.tasks.values():
            if task.instance is instance:
                task.stop("TerminationNotice", f"Host EC2 (instance {instance.ec2_id}) terminated.")
