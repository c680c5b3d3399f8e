"""The members' sockets, and how the server starts and ends."""

import asyncio
import os
import signal
import socket
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.documentdb_server.cluster import Cluster
from tests.documentdb_server.connection import Connection
from tests.documentdb_server.replica_set import Member
from tests.documentdb_server.request import Client
from tests.documentdb_server.scram import password_digest

HOST = "127.0.0.1"
ADMINISTRATOR = [{"role": "root", "db": "admin"}]
BACKLOG = 512


@dataclass(frozen=True)
class Options:
    ports: list[int]
    data: Path | None
    user: tuple[str, str] | None
    certificate: Path | None
    refuses: bool
    until_stdin_closes: bool


class Server:
    def __init__(self, options: Options) -> None:
        self.options = options
        # Bound before anything else, so that the members know each other's addresses.
        self.sockets = [socket.create_server((HOST, port)) for port in options.ports]
        addresses = [f"{HOST}:{each.getsockname()[1]}" for each in self.sockets]
        self.cluster = Cluster(options.data, addresses, refuses=options.refuses)
        self.ended = asyncio.Event()

    @property
    def url(self) -> str:
        url = self.cluster.replica_set.url
        return url if self.options.certificate is None else f"{url}&tls=true"

    def make_user(self) -> None:
        if self.options.user is None:
            return
        name, password = self.options.user
        if self.cluster.users.find(name) is None:
            self.cluster.users.create(name, password_digest(name, password), ADMINISTRATOR)

    def context(self) -> ssl.SSLContext | None:
        if self.options.certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.options.certificate)
        return context

    async def run(self) -> None:
        """Serve until SIGTERM, SIGINT or the end of standard input."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.ended.set)
        if self.options.until_stdin_closes:
            loop.add_reader(sys.stdin, self.read_stdin)
        self.make_user()
        context = self.context()
        listeners = [
            await loop.create_server(
                lambda member=member: self.connection(member),
                sock=bound,
                ssl=context,
                backlog=BACKLOG,
            )
            for member, bound in zip(self.cluster.replica_set.members, self.sockets, strict=True)
        ]
        print(f"ready {self.url}", flush=True)  # noqa: T201 - what the starter waits for
        await self.ended.wait()
        for listener in listeners:
            listener.close()
        for member in self.cluster.replica_set.members:
            member.restart()
        self.cluster.close()

    def connection(self, member: Member) -> Connection:
        return Connection(Client(self.cluster, member))

    def read_stdin(self) -> None:
        if not os.read(sys.stdin.fileno(), 1):
            self.ended.set()
