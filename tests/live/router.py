"""One URL for two services: each request goes to the one that has its path.

A process of its own, `python -m tests.live.router ACCOUNTS_PORT CATALOG_PORT`, which says its port.
"""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CATALOG = re.compile(rb"^[A-Z]+ /(catalog/|items?(/|\?| )|buy/)")
CONNECTION = re.compile(rb"\r\nconnection:[^\r]*", re.IGNORECASE)
BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
BLOCK = 64 * 1024  # bytes
LINGER = 2  # seconds for what a client goes on sending after its answer


class Router:
    """A connection carries one request, so that what follows the head needs no reading."""

    def __init__(self, accounts_port: int, catalog_port: int) -> None:
        self.accounts_port = accounts_port
        self.catalog_port = catalog_port

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await reader.readuntil(b"\r\n\r\n")
            await self.answer(head, reader, writer)
        writer.close()

    async def answer(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        port = self.catalog_port if CATALOG.match(head) else self.accounts_port
        try:
            answer, upstream = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            writer.write(BAD_GATEWAY)
            return
        lines = CONNECTION.sub(b"", head).replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        upstream.write(lines)
        body = asyncio.create_task(forward(reader, upstream))
        await forward(answer, writer)
        upstream.close()
        await self.close(reader, writer)
        body.cancel()

    async def close(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What the client sends beyond its answer is read; unread it would void the answer."""
        writer.write_eof()
        with suppress(TimeoutError, OSError, RuntimeError):
            async with asyncio.timeout(LINGER):
                while await reader.read(BLOCK):
                    pass


async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while part := await reader.read(BLOCK):
            writer.write(part)
            await writer.drain()


@contextmanager
def routing(accounts_port: int, catalog_port: int) -> Iterator[int]:
    """The router's port."""
    command = [sys.executable, "-m", "tests.live.router", str(accounts_port), str(catalog_port)]
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


async def main() -> None:
    router = Router(*map(int, sys.argv[1:]))
    server = await asyncio.start_server(router.serve, "127.0.0.1", 0, limit=BLOCK)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
