"""What happened when, of all that a rehearsal runs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from deploy.ecs.clock import Clock


@dataclass(frozen=True)
class Event:
    at: datetime
    source: str  # such as "stack accounts", "service accounts", "task 0a1b", "target"
    text: str


@dataclass
class Timeline:
    """Safe for many threads. `told` is called with each event, in the thread that adds it."""

    clock: Clock
    told: Callable[[Event], None] | None = None
    _events: list[Event] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def add(self, source: str, text: str) -> None:
        # In one step, or the order would not be that of the times.
        with self._lock:
            event = Event(self.clock.now(), source, text)
            self._events.append(event)
        if self.told:
            self.told(event)

    def __iter__(self) -> Iterator[Event]:
        with self._lock:
            return iter(self._events.copy())
