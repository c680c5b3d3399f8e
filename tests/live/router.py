"""One URL for two services: each request goes to the one that has its path."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CATALOG = re.compile(rb"^[A-Z]+ /(catalog/|items?(/|\?| )|buy/)")
CONNECTION = re.compile(rb"\r\nconnection:[^\r]*", re.IGNORECASE)
MAX_HEAD = 64 * 1024  # bytes

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Router:
    """A connection carries one request, so that what follows the head needs no reading."""

    def __init__(self, accounts_port: int, catalog_port: int) -> None:
        self.accounts_port = accounts_port
        self.catalog_port = catalog_port

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            port = self.catalog_port if CATALOG.match(head) else self.accounts_port
            upstream = await asyncio.open_connection("127.0.0.1", port, limit=MAX_HEAD)
        except ConnectionRefusedError:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            writer.close()
            return
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.close()
            return
        upstream[1].write(
            CONNECTION.sub(b"", head).replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        )
        body = asyncio.create_task(forward(reader, upstream[1]))
        await forward(upstream[0], writer)
        body.cancel()
        upstream[1].close()
        writer.close()


async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while part := await reader.read(MAX_HEAD):
            writer.write(part)
            await writer.drain()


@contextmanager
def routing(accounts_port: int, catalog_port: int) -> Iterator[int]:
    """The router's port; it runs in a thread of its own."""
    loop = asyncio.new_event_loop()
    router = Router(accounts_port, catalog_port)
    server = loop.run_until_complete(
        asyncio.start_server(router.serve, "127.0.0.1", 0, limit=MAX_HEAD)
    )
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
