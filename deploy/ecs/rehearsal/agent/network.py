"""One thread in which everything listens that stands for an address of AWS."""

import asyncio
import itertools
import os
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from deploy.local.router import BLOCK

HOST = "127.0.0.1"
# Below those that the kernel gives to whoever connects: between the choice of a port and the start
# of the server that is to have it, none of them may be taken.
FIRST_PORT, PORTS = 20_000, 12_000
T = TypeVar("T")
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Network:
    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="network", daemon=True)
        self._handling: set[asyncio.Task[None]] = set()
        self._servers: dict[int, asyncio.Server] = {}
        self._holes: list[socket.socket] = []

    def start(self) -> None:
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """From any other thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def listen(self, handler: Handler, port: int = 0) -> int:
        """The port. Raises OSError where it is taken."""

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = self.loop.create_task(self._handle(handler, reader, writer))
            self._handling.add(task)
            task.add_done_callback(self._handling.discard)

        async def open_it() -> int:
            server = await asyncio.start_server(accept, HOST, port, limit=BLOCK, backlog=1024)
            found = int(server.sockets[0].getsockname()[1])
            self._servers[found] = server
            return found

        return self.run(open_it())

    async def _handle(
        self, handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            with suppress(OSError):
                await handler(reader, writer)
        finally:
            writer.close()

    def black_hole(self) -> int:
        """A port at which connecting takes for ever, as where a security group drops packets: the
        queue of connections that wait to be accepted is full."""
        holes = [socket.socket() for _ in range(4)]
        holes[0].bind((HOST, 0))
        holes[0].listen(0)
        port = int(holes[0].getsockname()[1])
        for each in holes[1:]:
            each.setblocking(False)
            each.connect_ex((HOST, port))
        self._holes += holes
        return port

    def close(self, port: int) -> None:
        async def close_it() -> None:
            server = self._servers.pop(port, None)
            if server:
                server.close()

        self.run(close_it())

    def stop(self) -> None:
        self.run(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()
        for each in self._holes:
            each.close()

    async def _end(self) -> None:
        for server in self._servers.values():
            server.close()
        tasks = list(self._handling)
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # for what closes
        await self.loop.shutdown_default_executor()


async def hang(reader: asyncio.StreamReader) -> None:
    """Until the other side has enough of it."""
    while await reader.read(BLOCK):
        pass


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


_turns = itertools.count(os.getpid() * 97)


def free_port() -> int:
    """Another one at each call."""
    while True:
        port = FIRST_PORT + next(_turns) % PORTS
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
