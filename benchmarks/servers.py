"""Which WSGI server: accounts and catalog on PostgreSQL, each with one worker of eight threads.

The services share one processor, as on the smallest host; the database and the clients have the
others. The candidates that the project does not depend on are installed in a temporary
environment. Needs Linux with two processors.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import requests

from benchmarks.figures import print_table
from benchmarks.footprint import HOST, mebibytes, processor_seconds
from benchmarks.load import measure
from benchmarks.shop import VARIABLES, own_folder
from tests.environment import start_database
from tests.live.databases import new_database
from tests.live.person import PASSWORD, Person, new_email
from tests.live.server import Server, free_port

THREADS = 8
CONNECTIONS = 8
ITEMS = 200
ROUNDS = 3
SECONDS = 5.0
STOPS_WITHIN = 1.0  # seconds, if it does not wait for its requests
SILENT = 20  # clients that send half a body, and nothing more
STALLED_AT_MOST = 30.0  # seconds
OTHERS = ("granian==2.8.9", "waitress==3.0.2")
CANDIDATES = {
    "gunicorn": ["gunicorn", "-c", "python:ecom.gunicorn", "ecom.wsgi"],
    "granian": [
        *("granian", "--interface=wsgi", "--no-ws", "--workers=1", f"--blocking-threads={THREADS}"),
        *("--host=127.0.0.1", "--port={port}", "ecom.wsgi:application"),
    ],
    "waitress": [
        *("waitress", f"--threads={THREADS}", "--listen=127.0.0.1:{port}"),
        "ecom.wsgi:application",
    ],
}


@dataclass
class Figures:
    lists: list[float] = field(default_factory=list)  # per second
    lists_computed: list[float] = field(default_factory=list)  # per second of processor time
    health: list[float] = field(default_factory=list)
    health_computed: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)  # MiB of both services
    stalled: list[float] = field(default_factory=list)  # seconds
    drains: bool = True


def install(folder: Path) -> Path:
    """The Python of an environment that has the project's and all candidates."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *OTHERS], check=True)
    site = next((folder / "lib").glob("python3*")) / "site-packages"
    (site / "project.pth").write_text(sysconfig.get_path("purelib"))
    return python


@dataclass(frozen=True)
class Pair:
    accounts: Server
    catalog: Server

    @property
    def servers(self) -> tuple[Server, Server]:
        return self.accounts, self.catalog

    @classmethod
    def prepared(cls, folder: Path, database_server: str | None) -> "Pair":
        ports = {"accounts": free_port(), "catalog": free_port()}
        urls = {f"{name.upper()}_URL": f"http://127.0.0.1:{port}" for name, port in ports.items()}
        servers = []
        for name, port in ports.items():
            own = {"DJANGO_SETTINGS_MODULE": f"ecom.settings.{name}", "PORT": str(port)}
            (folder / name).mkdir()
            database = new_database(folder, database_server)
            variables = VARIABLES | urls | own | {"WEB_CONCURRENCY": "1"}
            server = Server(folder / name, database, **variables)
            migrated = server.manage("migrate", "--verbosity=0")
            assert migrated.returncode == 0, migrated.stderr
            servers.append(server)
        return cls(*servers)

    @contextmanager
    def served_by(self, python: Path, candidate: str) -> Iterator[None]:
        try:
            for server in self.servers:
                command = [part.format(port=server.port) for part in CANDIDATES[candidate]]
                server.start(["taskset", "--cpu-list", "0", str(python), "-m", *command])
            yield
        finally:
            for server in self.servers:
                if server.process is not None:
                    server.kill()

    def fill(self) -> None:
        seller = Person(self.catalog.url, Person.signed_up(self.accounts.url).token)
        for number in range(ITEMS):
            seller.offer(name=f"Teapot {number}")

    def memory(self) -> float:
        pids = [server.process.pid for server in self.servers if server.process]
        return sum(map(mebibytes, pids))


def half_sent(server: Server) -> tuple[socket.socket, bytes]:
    """A connection with the first half of a sign-up, and what is to follow."""
    body = json.dumps({"email": new_email(), "password": PASSWORD}).encode()
    head = (
        "POST /accounts/sign-up/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.sendall(head.encode() + body[:20])
    return connection, body[20:]


def drains(server: Server) -> bool:
    """Whether a request that is being worked on at SIGTERM is answered."""
    assert server.process is not None
    connection, rest = half_sent(server)
    with connection:
        assert requests.get(f"{server.url}/health", timeout=30).ok  # so that half is being read
        server.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            server.process.wait(STOPS_WITHIN)
        with suppress(OSError):
            connection.sendall(rest)
            return connection.recv(65536).startswith(b"HTTP/1.1 201 ")
    return False


def stalled(server: Server) -> float:
    """Seconds that /health takes while clients have fallen silent amid their bodies."""
    with ExitStack() as stack:
        for _ in range(SILENT):
            stack.enter_context(half_sent(server)[0])
        began = time.perf_counter()
        with suppress(requests.Timeout):
            requests.get(f"{server.url}/health", timeout=STALLED_AT_MOST)
        return time.perf_counter() - began


def rates(server: Server, path: str) -> tuple[float, float]:
    """Requests per second, and per second that the server computes."""
    assert server.process is not None
    url = server.url + path
    measure(url, CONNECTIONS, SECONDS / 5)  # warms up
    before = processor_seconds(server.process.pid)
    rate = measure(url, CONNECTIONS, SECONDS)
    computed = processor_seconds(server.process.pid) - before
    return rate.per_second, len(rate.seconds) / computed


def once(pair: Pair, python: Path, candidate: str, figures: Figures) -> None:
    with pair.served_by(python, candidate):
        health, health_computed = rates(pair.catalog, "/health")
        lists, lists_computed = rates(pair.catalog, "/catalog/items/?limit=20")
        me = Person.signed_up(pair.accounts.url)
        for _ in range(200):
            assert me.get("/accounts/me/").ok
        figures.health.append(health)
        figures.health_computed.append(health_computed)
        figures.lists.append(lists)
        figures.lists_computed.append(lists_computed)
        figures.memory.append(pair.memory())
        figures.stalled.append(stalled(pair.accounts))
        figures.drains &= drains(pair.accounts)


def table(results: dict[str, Figures]) -> None:
    first = next(iter(results.values()))
    columns = ["lists", "lists_computed", "health", "health_computed", "memory"]
    rows = [["", "lists/s", "ratio", "per computed second", "ratio", "/health/s", "ratio"]]
    rows[0] += ["per computed second", "ratio", "MiB", "ratio", "of the host", "drains", "stalled"]
    for name, figures in results.items():
        row = [name]
        for column in columns:
            value = median(getattr(figures, column))
            row += [f"{value:,.0f}", f"{value / median(getattr(first, column)):.2f}"]
        row += [f"{median(figures.memory) / HOST:.2f}", "yes" if figures.drains else "no"]
        row.append(f"{median(figures.stalled):.0f} s")
        rows.append(row)
    print_table(rows)


def main() -> None:
    argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.servers").parse_args()
    others = os.sched_getaffinity(0) - {0}
    if not others:
        sys.exit("This needs two processors: one for the services, one for everything else.")
    results = {name: Figures() for name in CANDIDATES}
    with own_folder() as folder:
        python = install(folder / "environment")
        os.sched_setaffinity(0, others)
        pair = Pair.prepared(folder, start_database("postgresql"))
        with pair.served_by(python, "gunicorn"):
            pair.fill()
        for _ in range(ROUNDS):
            for name, figures in results.items():
                once(pair, python, name, figures)
    table(results)


if __name__ == "__main__":
    main()
