"""Faults on order, by MongoDB's own interface: the fail point "failCommand" of its test commands.

https://github.com/mongodb/mongo/wiki/The-failCommand-fail-point
`closeAfter` is an addition: the command is carried out, then the connection is closed unanswered.
"""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

from tests.documentdb_server import codes
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.sessions import LabelledError

FAIL_COMMAND = "failCommand"


@dataclass(frozen=True)
class Fault:
    commands: frozenset[str]
    code: int | None
    labels: list[str]
    close: bool
    close_after: bool
    delay: float  # seconds
    write_concern_error: dict[str, Any] | None

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Fault":
        return cls(
            commands=frozenset(name.lower() for name in data["failCommands"]),
            code=data.get("errorCode"),
            labels=data.get("errorLabels", []),
            close=bool(data.get("closeConnection")),
            close_after=bool(data.get("closeAfter")),
            delay=data.get("blockTimeMS", 0) / 1000 if data.get("blockConnection") else 0,
            write_concern_error=data.get("writeConcernError"),
        )

    def error(self) -> LabelledError | None:
        if self.code is None:
            return None
        return LabelledError(self.code, "Failing command via 'failCommand' failpoint", self.labels)


@dataclass
class FailPoint:
    fault: Fault | None = None
    skip: float = 0  # matching commands that still pass
    left: float = 0  # faults that are still to come
    probability: float = 1
    hits: int = 0  # ever
    hit: asyncio.Event = field(default_factory=asyncio.Event)

    def configure(self, mode: Any, data: dict[str, Any]) -> None:
        self.fault, self.skip, self.left, self.probability = None, 0, 0, 1
        match mode:
            case "off":
                return
            case "alwaysOn":
                self.left = float("inf")
            case {"times": int(times)}:
                self.left = times
            case {"skip": int(skip)}:
                self.skip, self.left = skip, float("inf")
            case {"activationProbability": int() | float() as probability}:
                self.left, self.probability = float("inf"), probability
            case _:
                raise CommandError(codes.BAD_VALUE, f"unknown mode of a fail point: {mode!r}")
        if not data.get("failCommands"):
            raise CommandError(codes.BAD_VALUE, "data.failCommands is missing: name commands")
        self.fault = Fault.of(data)

    def fault_for(self, command: str) -> Fault | None:
        """What is to happen to this command. Counts as one of the times."""
        if self.fault is None or command.lower() not in self.fault.commands:
            return None
        if self.skip:
            self.skip -= 1
            return None
        if self.left < 1 or random.random() >= self.probability:
            return None
        self.left -= 1
        self.hits += 1
        self.hit.set()
        self.hit = asyncio.Event()
        return self.fault

    async def wait(self, hits: int, within: float) -> None:
        """Until there were so many hits. CommandError after `within` seconds."""
        try:
            async with asyncio.timeout(within):
                while self.hits < hits:
                    await self.hit.wait()
        except TimeoutError:
            raise CommandError(
                codes.MAX_TIME_EXPIRED, f"{self.hits} hits of {hits} within {within} s"
            ) from None
