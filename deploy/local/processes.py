"""Processes that belong together: their lines labelled, and when one ends, all do."""

import asyncio
import ctypes
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN = 60  # seconds
STOP_WITHIN = 25  # seconds: longer than gunicorn lets requests finish
LONGEST_LINE = 1024 * 1024  # bytes
PR_SET_PDEATHSIG = 1  # prctl(2)

T = TypeVar("T")


class EndedError(Exception):
    """Why it cannot go on, in a sentence."""


def how_it_ended(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def bound_to_parent(stop: signal.Signals) -> Callable[[], None] | None:
    """What makes a child get `stop` when its parent is killed. Only Linux knows how."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # loaded here: between fork and exec little is allowed
    return lambda: prctl(PR_SET_PDEATHSIG, int(stop))


@dataclass(frozen=True)
class Child:
    name: str
    process: Process
    stop: signal.Signals
    relay: asyncio.Task[None]

    async def end(self) -> None:
        """By its own signal; what is left of it, and of its children, is killed."""
        with suppress(ProcessLookupError):
            self.process.send_signal(self.stop)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_WITHIN):
                await self.process.wait()
        self.kill()
        await self.process.wait()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Processes:
    def __init__(self, names: Sequence[str]) -> None:
        self.width = max(map(len, names))
        self.children: list[Child] = []
        self.ended: asyncio.Future[EndedError] = asyncio.get_running_loop().create_future()
        self.watching: set[asyncio.Task[None]] = set()

    async def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        user: str | None = None,
        stop: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Its end, until stop() is called, is everybody's."""
        child = await self._spawn(name, command, environment, user, stop)
        self.children.append(child)
        watch = asyncio.create_task(self._watch(child))
        self.watching.add(watch)

    async def run(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> int:
        """The exit code of a command that ends by itself."""
        child = await self._spawn(name, command, environment, None, signal.SIGTERM)
        try:
            await child.relay
            return await child.process.wait()
        finally:
            await child.end()

    async def while_all_run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`. Raises EndedError when a process ends before."""
        task = asyncio.create_task(work)
        first: set[asyncio.Future[Any]] = {task, self.ended}
        try:
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise self.ended.result()
            return task.result()
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError, EndedError):
                await task

    async def stop(self) -> None:
        """The last first, so that nobody misses what it needs."""
        for watch in self.watching:
            watch.cancel()
        for child in reversed(self.children):
            await child.end()
            await child.relay

    def kill(self) -> None:
        for child in self.children:
            child.kill()

    async def _spawn(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str] | None,
        user: str | None,
        stop: signal.Signals,
    ) -> Child:
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=ROOT,
                env=environment,
                user=user,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
                limit=LONGEST_LINE,
                start_new_session=True,  # a terminal's Ctrl-C would end all of them at once
                preexec_fn=bound_to_parent(stop),
            )
        except OSError as error:
            raise EndedError(f"{name} cannot be started: {error}.") from error
        output = cast(asyncio.StreamReader, process.stdout)
        return Child(name, process, stop, asyncio.create_task(self._relay(name, output)))

    async def _relay(self, name: str, output: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await output.readline()
            except ValueError:
                continue  # longer than any line should be
            if not line:
                return
            self.say(name, line.decode(errors="replace").rstrip("\n"))

    def say(self, name: str, line: str) -> None:
        try:
            print(f"{name:<{self.width}} | {line}", flush=True)  # noqa: T201
        except OSError as error:
            self._fail(f"Nobody reads any more what is said here ({error.strerror}).")

    async def _watch(self, child: Child) -> None:
        code = await child.process.wait()
        child.kill()  # its own children might hold its output open
        await child.relay  # its last words come first
        self._fail(f"{child.name} {how_it_ended(code)}, so everything ends.")

    def _fail(self, why: str) -> None:
        if not self.ended.done():
            self.ended.set_result(EndedError(why))


async def until(check: Callable[[], Awaitable[bool]], what: str) -> None:
    """Raises EndedError when it does not come about."""
    try:
        async with asyncio.timeout(START_WITHIN):
            while not await check():
                await asyncio.sleep(0.05)
    except TimeoutError as error:
        raise EndedError(f"{what} is not ready within {START_WITHIN} seconds.") from error
