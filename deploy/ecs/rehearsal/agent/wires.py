"""What stands on this machine for an address of AWS, as seen from one task."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from deploy.ecs.rehearsal.agent.names import Destination
from deploy.ecs.rehearsal.agent.network import HOST, Handler, Network, hang
from deploy.ecs.rehearsal.agent.router import Upstream
from deploy.ecs.rehearsal.agent.tasks import Task
from deploy.local.router import BLOCK, Exchange, Front

PORTS = {"postgresql": 5432, "postgres": 5432, "mongodb": 27017, "http": 80, "https": 443}
# No TLS between the processes of one machine.
TLS = frozenset({"sslmode", "sslrootcert", "sslnegotiation", "tls", "ssl", "tlsCAFile"})
# A machine that does all of AWS's work at once may take longer than a database on AWS.
PATIENCE = 15  # real seconds
WAITS = ("serverSelectionTimeoutMS", "connectTimeoutMS", "waitQueueTimeoutMS")
PATIENT: dict[str, dict[str, int]] = {
    "postgres": {"connect_timeout": PATIENCE},
    "postgresql": {"connect_timeout": PATIENCE},
    "mongodb": dict.fromkeys(WAITS, PATIENCE * 1000),
}
# What people and other programs are told; nobody connects to it from here.
TOLD = frozenset({"BASE_URL", "CSRF_TRUSTED_ORIGINS", "CORS_ALLOWED_ORIGINS", "TOKEN_ISSUER"})
CONNECTION = re.compile(rb"\r\n(?:Connection|Keep-Alive|Expect):[^\r\n]*", re.IGNORECASE)
LENGTH = re.compile(rb"\r\nContent-Length:[ \t]*(\d+)", re.IGNORECASE)
ACTION = re.compile(rb"\r\nX-Amz-Target:[ \t]*(\w+)\.(\w+)", re.IGNORECASE)


@dataclass
class Wires:
    """Those of one task."""

    task: Task
    network: Network
    destination: Callable[[Task, str, int], Destination | None]
    ports: list[int] = field(default_factory=list)
    names: dict[tuple[str, int], int] = field(default_factory=dict)  # for the resolver

    def replaced(self, environment: dict[str, str]) -> dict[str, str]:
        """Addresses of databases, which libpq would look up by itself."""
        return {
            name: value if name in TOLD else self.url(value) for name, value in environment.items()
        }

    def url(self, written: str) -> str:
        """The same, where its host means nothing here."""
        try:
            parts = urlsplit(written)
            port = parts.port or PORTS.get(parts.scheme.partition("+")[0], 0)
        except ValueError:
            return written
        if not parts.hostname or not port:
            return written
        found = self.destination(self.task, parts.hostname, port)
        if found is None:
            return written
        is_open = found.open()  # if not it is tried no further: what connects waits, as on AWS
        host = parts.netloc.rpartition("@")[2]
        wire = self.open(found, host) if is_open else self.network.black_hole()
        if found.is_http:
            self.names[parts.hostname, port] = wire
            return written
        account = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        query = urlencode(options(parts, PATIENT.get(parts.scheme, {}) if is_open else {}))
        return urlunsplit((parts.scheme, f"{account}{HOST}:{wire}", parts.path, query, ""))

    def open(self, destination: Destination, host: str) -> int:
        handler = Peer(destination, host).serve if destination.is_http else pipe(destination)
        return self.listen(handler)

    def listen(self, handler: Handler) -> int:
        port = self.network.listen(handler)
        self.ports.append(port)
        return port

    def close(self) -> None:
        for port in self.ports:
            self.network.close(port)


def options(parts: SplitResult, patience: Mapping[str, object]) -> list[tuple[str, object]]:
    """Members of a replica set would be asked by their own addresses, past the wire."""
    given = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in given if name not in TLS | {"replicaSet"}]
    said = {name.lower() for name, _ in kept}
    direct = [("directConnection", "true")] if parts.scheme == "mongodb" else []
    waits = [each for each in patience.items() if each[0].lower() not in said]
    return [*waits, *kept, *direct]


def pipe(destination: Destination) -> Handler:
    """For protocols that are passed on as they are."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not await asyncio.to_thread(destination.open):
            await hang(reader)
            return
        address = await asyncio.to_thread(destination.address)
        if address is None:
            return
        there_reader, there_writer = await asyncio.open_connection(*address)
        try:
            # Both ways, until one side has closed.
            ways = {
                asyncio.create_task(pump(reader, there_writer)),
                asyncio.create_task(pump(there_reader, writer)),
            }
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in ways:
                    each.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        finally:
            there_writer.close()

    return handle


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while block := await reader.read(BLOCK):
            writer.write(block)
            await writer.drain()


def alone(head: bytes) -> bytes:
    """The head of a request that is the only one of its connection."""
    line, rest = CONNECTION.sub(b"", head).split(b"\r\n", 1)
    return b"\r\n".join([line, b"Connection: close", rest])


class Peer(Front):
    """HTTP. By the resolver the caller names the host that it means, which who answers checks."""

    def __init__(self, destination: Destination, host: str) -> None:
        self.destination = destination
        self.host = host

    def say(self, text: str) -> None:
        """The caller tells it."""

    async def pass_on(
        self, head: bytes, client: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if not await asyncio.to_thread(self.destination.open):
            await hang(reader)
            return
        address = await asyncio.to_thread(self.destination.address)
        if address is None:
            return
        service = Upstream(self.host, *address)
        exchange = Exchange(service, await service.connect(), reader, writer)
        await exchange.run(alone(head))


@dataclass
class SecretsManager(Front):
    """`is_open` says whether there is a way to it, `denial` why the role may not."""

    is_open: Callable[[], bool]
    denial: Callable[[str, str], str | None]
    port: int  # of AWS's APIs

    def say(self, text: str) -> None:
        """The caller tells it."""

    async def pass_on(
        self, head: bytes, client: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if not await asyncio.to_thread(self.is_open):
            await hang(reader)
            return
        length = LENGTH.search(head)
        try:
            body = await reader.readexactly(int(length[1])) if length else b""
        except asyncio.IncompleteReadError:
            return
        refused = await asyncio.to_thread(self.refusal, head, body)
        writer.write(refused or await self.aws(head, body))

    def refusal(self, head: bytes, body: bytes) -> bytes | None:
        action = ACTION.search(head)
        asked = json.loads(body or b"{}")
        denied = self.denial(action[2].decode() if action else "", str(asked.get("SecretId", "")))
        if denied is None:
            return None
        content = json.dumps({"__type": "AccessDeniedException", "Message": denied}).encode()
        lines = [
            "HTTP/1.1 400 Bad Request",
            "Content-Type: application/x-amz-json-1.1",
            "x-amzn-ErrorType: AccessDeniedException",
            f"Content-Length: {len(content)}",
            "Connection: close",
        ]
        return "\r\n".join([*lines, "", ""]).encode() + content

    async def aws(self, head: bytes, body: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(HOST, self.port)
        try:
            writer.write(alone(head) + body)
            await writer.drain()
            return await reader.read()
        finally:
            writer.close()
