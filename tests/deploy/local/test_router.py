"""The router between a client and services that misbehave, on real sockets."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest

from deploy.local import router as module
from deploy.local.router import Router, Service
from tests.live.server import free_port

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

HOST = "127.0.0.1"
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
MEGABYTE = 1024 * 1024


@asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[int]:
    """The port. At the end nothing goes on."""
    handling: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handling.add(asyncio.create_task(handle(reader, writer)))

    server = await asyncio.start_server(accept, HOST, limit=module.BLOCK)
    async with server:
        yield server.sockets[0].getsockname()[1]
    for task in handling:
        task.cancel()
    results = await asyncio.gather(*handling, return_exceptions=True)
    assert [result for result in results if isinstance(result, Exception)] == []
    await asyncio.sleep(0)  # for what closes


@asynccontextmanager
async def routed(accounts: Handler | None, catalog: Handler | None = None) -> AsyncIterator[int]:
    """The router's port; a service without a handler is away."""
    async with listening(accounts or silent) as first, listening(catalog or silent) as second:
        ports = [first if accounts else free_port(), second if catalog else free_port()]
        router = Router(Service("accounts", HOST, ports[0]), Service("catalog", HOST, ports[1]))
        async with listening(router.serve) as port:
            yield port


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def echo_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    writer.write(OK + head)


def named(name: bytes) -> Handler:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK + name)

    return answer


async def connect(port: int) -> Streams:
    return await asyncio.open_connection(HOST, port)


async def ask(port: int, request: bytes) -> tuple[bytes, bytes]:
    """Head and body of the answer."""
    reader, writer = await connect(port)
    writer.write(request)
    async with asyncio.timeout(10):
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    return head, body


@pytest.mark.parametrize(
    ("target", "service"),
    [
        ("/", b"accounts"),
        ("/health", b"accounts"),
        ("/accounts/me/", b"accounts"),
        ("/auth/signin", b"accounts"),
        ("/.well-known/jwks.json", b"accounts"),
        ("/itemsale", b"accounts"),
        ("/?next=/catalog/", b"accounts"),
        ("/catalog", b"catalog"),
        ("/catalog/items/?limit=1", b"catalog"),
        ("/item", b"catalog"),
        ("/item/5f0c4a3e6c0f4d8e9a53c7f3", b"catalog"),
        ("/items", b"catalog"),
        ("/items?x", b"catalog"),
        ("/items/anna", b"catalog"),
        ("/buy/5f0c4a3e6c0f4d8e9a53c7f3", b"catalog"),
        ("http://shop.example/catalog/", b"catalog"),
        ("HTTP://shop.example/catalog/", b"catalog"),
        ("http://catalog/", b"accounts"),
    ],
)
def test_path(target: str, service: bytes) -> None:
    async def check() -> None:
        async with routed(named(b"accounts"), named(b"catalog")) as port:
            _, body = await ask(port, f"GET {target} HTTP/1.1\r\nHost: shop\r\n\r\n".encode())
            assert body == service

    asyncio.run(check())


def test_what_the_service_is_told() -> None:
    """A client may say of itself what it likes: the router's word comes last, or alone."""
    request = (
        b"GET / HTTP/1.1\r\nHost: shop\r\nX-Forwarded-For: 203.0.113.7\r\nx-forwarded-for: ::1\r\n"
        b"Connection: keep-alive\r\nX-Forwarded-Proto: https\r\nAccept: */*\r\n\r\n"
    )

    async def check() -> None:
        async with routed(echo_head) as port:
            _, head = await ask(port, request)
        lines = head.decode().split("\r\n")
        assert lines[0] == "GET / HTTP/1.1"
        assert sorted(filter(None, lines[1:])) == [
            "Accept: */*",
            "Connection: close",
            "Host: shop",
            "X-Forwarded-For: 203.0.113.7, ::1, 127.0.0.1",
            "X-Forwarded-Proto: http",
        ]

    asyncio.run(check())


def refusal(head: bytes, body: bytes, status: int) -> str:
    """The sentence, in the shop's shape of errors."""
    assert head.startswith(f"HTTP/1.1 {status} ".encode()), head
    assert b"application/problem+json" in head
    problem = json.loads(body)
    assert problem["status"] == status
    return str(problem["detail"])


def test_service_is_away(capsys: pytest.CaptureFixture[str]) -> None:
    async def check() -> str:
        async with routed(None, named(b"catalog")) as port:
            head, body = await ask(port, b"GET / HTTP/1.1\r\n\r\n")
            assert b"Retry-After: 1" in head
            _, other = await ask(port, b"GET /items HTTP/1.1\r\n\r\n")
            assert other == b"catalog"
            return refusal(head, body, 502)

    sentence = asyncio.run(check())
    assert sentence.startswith("The service accounts (127.0.0.1:")
    assert "is not there" in sentence
    assert capsys.readouterr().err.strip() == sentence


def test_service_ends_before_it_answers() -> None:
    async def gone(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    async def check() -> None:
        async with routed(gone) as port:
            head, body = await ask(port, b"POST /auth/signin HTTP/1.1\r\n\r\n")
            assert "ended before it answered" in refusal(head, body, 502)

    asyncio.run(check())


def test_service_ends_amid_its_answer() -> None:
    """The client sees that it is not whole; nothing is added to it."""

    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        await writer.drain()
        writer.transport.abort()

    async def check() -> None:
        async with routed(half) as port:
            _, body = await ask(port, b"GET / HTTP/1.1\r\n\r\n")
            assert body in {b"half", b""}

    asyncio.run(check())


def test_service_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE", 0.2)

    async def check() -> None:
        async with routed(silent) as port:
            head, body = await ask(port, b"GET / HTTP/1.1\r\n\r\n")
            assert "has not answered within 0.2 seconds" in refusal(head, body, 504)

    asyncio.run(check())


def test_client_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEAD_WITHIN", 0.2)

    async def check() -> None:
        async with routed(echo_head) as port:
            head, body = await ask(port, b"GET / HTT")
            assert "No complete request" in refusal(head, body, 408)

    asyncio.run(check())


def test_long_head() -> None:
    async def check() -> None:
        async with routed(echo_head) as port:
            head, body = await ask(port, b"GET / HTTP/1.1\r\nX: " + b"x" * MEGABYTE)
            assert "header fields" in refusal(head, body, 431)

    asyncio.run(check())


def test_refused_body() -> None:
    """The service answers at once, and does not read what the client goes on sending."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
        await writer.drain()
        writer.transport.abort()

    async def check() -> None:
        async with routed(refuse) as port:
            head, body = await ask(port, b"POST / HTTP/1.1\r\n\r\n" + b"x" * 20 * MEGABYTE)
            assert (head.split()[1], body) == (b"413", b"no")

    asyncio.run(check())


def test_client_departs() -> None:
    """The service learns of it, and does not wait for the rest of the body."""
    ended = asyncio.Event()

    async def read_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        ended.set()

    async def check() -> None:
        async with routed(read_all) as port:
            _, writer = await connect(port)
            writer.write(b"POST / HTTP/1.1\r\nContent-Length: 500\r\n\r\nhalf")
            await writer.drain()
            writer.transport.abort()
            async with asyncio.timeout(5):
                await ended.wait()

    asyncio.run(check())


def test_client_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is parted from, though the answer has not reached it."""
    monkeypatch.setattr(module, "IDLE", 0.2)
    monkeypatch.setattr(module, "LINGER", 0.2)
    served = asyncio.Event()

    async def send_much(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"x" * 32 * MEGABYTE)
        with suppress(OSError):
            await writer.drain()

    async def check() -> None:
        async with listening(send_much) as upstream:
            service = Service("accounts", HOST, upstream)

            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await Router(service, service).serve(reader, writer)
                served.set()

            async with listening(serve) as port:
                _, writer = await connect(port)
                writer.write(b"GET / HTTP/1.1\r\n\r\n")
                async with asyncio.timeout(10):
                    await served.wait()
                writer.close()

    asyncio.run(check())


def test_long_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may last longer than silence may."""
    monkeypatch.setattr(module, "IDLE", 0.5)

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(head) + 8)
        writer.write(OK)
        for _ in range(8):
            await asyncio.sleep(0.15)
            writer.write(b"x")

    head = module.rewritten(b"POST / HTTP/1.1\r\n\r\n", HOST)

    async def check() -> None:
        async with routed(drip) as port:
            reader, writer = await connect(port)
            writer.write(b"POST / HTTP/1.1\r\n\r\n")
            for _ in range(8):
                await asyncio.sleep(0.15)
                writer.write(b"x")
            assert await reader.read() == OK + b"x" * 8
            writer.close()

    asyncio.run(check())


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def test_connecting_is_given_up() -> None:
    """As by a router that ends. Nothing stays open."""
    with ExitStack() as stack:
        full = stack.enter_context(socket.create_server((HOST, 0), backlog=0))
        for _ in range(3):  # the queue of those that wait to be accepted
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())

        async def check() -> None:
            service = Service("accounts", *full.getsockname())
            before = open_files()
            connecting = asyncio.create_task(service.connect())
            while open_files() == before:
                await asyncio.sleep(0)
            connecting.cancel()
            await asyncio.wait({connecting})
            assert connecting.cancelled()
            assert open_files() == before

        asyncio.run(check())


@pytest.mark.parametrize("bad", ["8000", "127.0.0.1:", ":8000", "127.0.0.1:http"])
def test_address_is_wrong(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        module.main(["--accounts", bad, "--catalog", "127.0.0.1:1"])
    assert "is not like 127.0.0.1:8000" in capsys.readouterr().err


def test_address_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server((HOST, 0)) as other:
        listen = f"{HOST}:{other.getsockname()[1]}"
        services = ["--accounts", "127.0.0.1:1", "--catalog", "127.0.0.1:2"]
        with pytest.raises(SystemExit, match=f"cannot listen at {listen}"):
            module.main([f"--listen={listen}", *services])
