"""What everything in one region has in common."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from deploy.ecs.clock import Clock
from deploy.ecs.evaluator import Resource, Stack
from deploy.ecs.evaluator.symbols import Reference
from deploy.ecs.graph import Graph, Physical
from deploy.ecs.rehearsal.timeline import Timeline
from deploy.local.processes import ROOT

FRESH = 0.2  # real seconds for which what is deployed is taken for unchanged


@dataclass
class Region:
    account: str
    name: str
    url: str  # of AWS's APIs
    clock: Clock
    timeline: Timeline
    stacks: Callable[[], list[Stack]]
    ids: Callable[[str], Mapping[str, str]]  # of a stack's resources, by their logical ids
    folder: Path
    program: list[str]  # what the image's entrypoint is
    content: Path = ROOT  # of the image
    lock: threading.RLock = field(default_factory=threading.RLock)
    ended: threading.Event = field(default_factory=threading.Event)
    _graph_lock: threading.Lock = field(default_factory=threading.Lock)
    latest: Graph = field(default_factory=lambda: Graph.of([]))  # of the last call of graph()
    _resources: list[Resource] = field(default_factory=list)
    _graph_at: float = 0

    def now(self) -> datetime:
        return self.clock.now()

    def arn(self, service: str, rest: str) -> str:
        return f"arn:aws:{service}:{self.name}:{self.account}:{rest}"

    def real(self, seconds: float) -> float:
        """How long they last here."""
        return seconds / self.clock.rate

    def patience(self, seconds: float) -> float:
        """Real seconds for what a process does: it works no faster here than there."""
        return max(self.real(seconds), min(seconds, 5))

    def pause(self, seconds: float) -> bool:
        """Whether the end has come meanwhile."""
        return self.ended.wait(self.real(seconds))

    def graph(self) -> Graph:
        """Of all that is deployed, not older than FRESH. Not to be called with the lock: the stacks
        may ask AWS's APIs, whose server answers one request at a time, and that may wait for it."""
        with self._graph_lock:
            if time.monotonic() - self._graph_at > FRESH:
                stacks = self.stacks()
                resources = [each for stack in stacks for each in stack.resources.values()]
                if [id(each) for each in resources] != [id(each) for each in self._resources]:
                    self._resources = resources
                    self.latest = Graph.of(stacks, dict(self._physical(stacks)))
                self._graph_at = time.monotonic()
            return self.latest

    def _physical(self, stacks: list[Stack]) -> Iterator[tuple[Reference, Physical]]:
        for stack in stacks:
            for logical_id, id_ in self.ids(stack.name).items():
                yield Reference(logical_id, stack.name), Physical(id_)


def new_id() -> str:
    return uuid.uuid4().hex
