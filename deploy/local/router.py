"""One URL for two services: each request goes to the one that has its path.

    python -m deploy.local.router --accounts 127.0.0.1:8001 --catalog 127.0.0.1:8002

What a load balancer does on AWS, for a laptop and for tests. It needs nothing but Python. A
connection carries one request, so that what follows its head is passed on unread, in both
directions and block by block.
"""

import argparse
import asyncio
import json
import re
import signal
import socket
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from http import HTTPStatus

CATALOG = re.compile(rb"[A-Z]+ (?:(?i:https?)://[^/ ]*)?/(?:catalog|items?|buy)(?=[/? ])")
REPLACED = re.compile(
    rb"\r\n(?:Connection|Keep-Alive|Proxy-Connection|X-Forwarded-Proto|X-Forwarded-Port):[^\r\n]*",
    re.IGNORECASE,
)
FORWARDED_FOR = re.compile(rb"\r\nX-Forwarded-For:([^\r\n]*)", re.IGNORECASE)

BLOCK = 64 * 1024  # bytes
HEAD_WITHIN = 20  # seconds
CONNECT_WITHIN = 2  # seconds
IDLE = 60  # seconds in which neither side sends anything, as with AWS
LINGER = 2  # seconds for what a client goes on sending after its answer
ENDED = "ended before it answered; whether the call took effect is not known"


class RefusedError(Exception):
    """Answered by the router itself, in the one shape of the shop's errors."""

    def __init__(self, status: HTTPStatus, code: str, detail: str, *headers: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers

    def response(self) -> bytes:
        body = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "errors": [],
            "request_id": "",
        }
        content = json.dumps(body).encode()
        head = [
            f"HTTP/1.1 {self.status} {self.status.phrase}",
            "Content-Type: application/problem+json",
            f"Content-Length: {len(content)}",
            "Connection: close",
            *self.headers,
        ]
        return "\r\n".join([*head, "", ""]).encode() + content


@dataclass(frozen=True)
class Service:
    name: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.name} ({self.host}:{self.port})"

    def away(self, why: str) -> RefusedError:
        detail = f"The service {self} {why}. Try again shortly."
        return RefusedError(HTTPStatus.BAD_GATEWAY, "bad_gateway", detail, "Retry-After: 1")

    async def connect(self) -> socket.socket:
        """Raises RefusedError."""
        connection = socket.socket()
        connection.setblocking(False)
        with ExitStack() as unless_connected:  # also where nobody waits for it any more
            unless_connected.callback(connection.close)
            try:
                async with asyncio.timeout(CONNECT_WITHIN):
                    address = (self.host, self.port)
                    await asyncio.get_running_loop().sock_connect(connection, address)
            except TimeoutError as error:
                raise self.away("does not accept connections") from error
            except OSError as error:
                raise self.away("is not there") from error
            unless_connected.pop_all()
        return connection


def rewritten(head: bytes, client: str, scheme: str = "http", *more: bytes) -> bytes:
    """The head for the service: one request only, and who the client is. `more` are header lines.

    What the client says of itself stands further left, where nobody believes it.
    """
    addresses = [*FORWARDED_FOR.findall(head), client.encode()]
    line, rest = FORWARDED_FOR.sub(b"", REPLACED.sub(b"", head)).split(b"\r\n", 1)
    own = [
        b"Connection: close",
        b"X-Forwarded-For: " + b", ".join(address.strip() for address in addresses),
        b"X-Forwarded-Proto: " + scheme.encode(),
        *more,
    ]
    return b"\r\n".join([line, *own, rest])


class Exchange:
    """One request on its way to a service, and the answer on its way back.

    The service is read and written as a plain socket: a stream of asyncio forgets what it has
    received when a write fails, and a service that refuses a body answers and does not read it.
    """

    def __init__(
        self,
        service: Service,
        upstream: socket.socket,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.service = service
        self.upstream = upstream
        self.reader = reader
        self.writer = writer
        self.loop = asyncio.get_running_loop()
        self.patience = asyncio.timeout(IDLE)

    async def run(self, head: bytes) -> None:
        """Raises RefusedError as long as nothing of the answer has been passed on."""
        body = asyncio.create_task(self.forward_body(head))
        answered = False
        try:
            async with self.patience:
                while block := await self.loop.sock_recv(self.upstream, BLOCK):
                    answered = True
                    self.progress()
                    self.writer.write(block)
                    await self.writer.drain()
        except TimeoutError as error:
            if not answered:
                detail = f"The service {self.service} has not answered within {IDLE} seconds."
                raise RefusedError(HTTPStatus.GATEWAY_TIMEOUT, "gateway_timeout", detail) from error
        except OSError as error:
            if not answered:
                raise self.service.away(ENDED) from error
        finally:
            body.cancel()
            await asyncio.wait({body})
            self.upstream.close()
        if not answered:
            raise self.service.away(ENDED)

    async def forward_body(self, head: bytes) -> None:
        # What goes wrong here the answer tells. RuntimeError: patience has run out.
        with suppress(OSError, RuntimeError):
            try:
                await self.loop.sock_sendall(self.upstream, head)
                while block := await self.reader.read(BLOCK):
                    self.progress()
                    await self.loop.sock_sendall(self.upstream, block)
            finally:  # or the service would wait for a client that has gone
                self.upstream.shutdown(socket.SHUT_WR)

    def progress(self) -> None:
        self.patience.reschedule(self.loop.time() + IDLE)


class Front:
    """Where clients connect, with one request each; its kinds say what becomes of it."""

    async def pass_on(
        self, head: bytes, client: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Raises RefusedError."""
        raise NotImplementedError

    def say(self, text: str) -> None:
        """What the front has refused itself."""
        raise NotImplementedError

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                await self.answer(reader, writer)
        finally:
            writer.close()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self.route(reader, writer)
        except RefusedError as refused:
            self.say(refused.detail)
            writer.write(refused.response())
        await end(reader, writer)

    async def route(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Raises RefusedError."""
        head = await head_of(reader)
        if head:
            peer = writer.get_extra_info("peername") or ("unknown",)
            await self.pass_on(head, peer[0], reader, writer)


class Router(Front):
    def __init__(self, accounts: Service, catalog: Service) -> None:
        self.accounts = accounts
        self.catalog = catalog

    def say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)  # noqa: T201

    async def pass_on(
        self, head: bytes, client: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        service = self.catalog if CATALOG.match(head) else self.accounts
        exchange = Exchange(service, await service.connect(), reader, writer)
        await exchange.run(rewritten(head, client))


async def head_of(reader: asyncio.StreamReader) -> bytes:
    """Up to the empty line; nothing where the client leaves before. Raises RefusedError."""
    try:
        async with asyncio.timeout(HEAD_WITHIN):
            return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    except asyncio.LimitOverrunError as error:
        detail = f"The request's header fields are longer than {BLOCK} bytes."
        status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        raise RefusedError(status, "headers_too_large", detail) from error
    except TimeoutError as error:
        detail = f"No complete request has come within {HEAD_WITHIN} seconds."
        raise RefusedError(HTTPStatus.REQUEST_TIMEOUT, "request_timeout", detail) from error


async def end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """What the client sends beyond its answer is read; unread it would void the answer."""
    try:
        async with asyncio.timeout(LINGER):
            await writer.drain()
            writer.write_eof()
            while await reader.read(BLOCK):
                pass
    except TimeoutError:
        writer.transport.abort()  # or it would wait for a client that reads nothing


def address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not like 127.0.0.1:8000")
    return host, int(port)


async def run(router: Router, host: str, port: int) -> None:
    server = await asyncio.start_server(router.serve, host, port, limit=BLOCK, backlog=1024)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    port = server.sockets[0].getsockname()[1]
    print(f"Listening at {host}:{port}", flush=True)  # noqa: T201
    await ended.wait()


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.local.router", description=__doc__)
    parser.add_argument("--listen", type=address, default=("127.0.0.1", 8000), metavar="HOST:PORT")
    parser.add_argument("--accounts", type=address, required=True, metavar="HOST:PORT")
    parser.add_argument("--catalog", type=address, required=True, metavar="HOST:PORT")
    options = parser.parse_args(arguments)
    router = Router(Service("accounts", *options.accounts), Service("catalog", *options.catalog))
    try:
        asyncio.run(run(router, *options.listen))
    except OSError as error:
        sys.exit(f"The router cannot listen at {':'.join(map(str, options.listen))}: {error}")


if __name__ == "__main__":
    main()
