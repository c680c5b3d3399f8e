"""accounts and catalog as two services: two processes, two databases, HTTP between them."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.live.server import ROOT, Server, free_port, running

REVOKED_WITHIN = 10  # seconds


@dataclass(frozen=True)
class Services:
    """Behind one URL, as the monolith is."""

    accounts: Server
    catalog: Server
    port: int
    router: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def select(self, table: str, *columns: str, **equal: Any) -> list[tuple[Any, ...]]:
        server = self.accounts if table.startswith("accounts_") else self.catalog
        return server.select(table, *columns, **equal)


Shop = Server | Services


@contextmanager
def running_shop(
    folder: Path,
    database_server: str | None,
    accounts_server: str | None = None,
    **variables: str,
) -> Iterator[Shop]:
    """The monolith; on DocumentDB, where it does not run, the two services."""
    if is_documentdb(database_server):
        with running_services(folder, database_server, accounts_server, **variables) as services:
            yield services
    else:
        with running(folder, database_server, **variables) as server:
            yield server


def is_documentdb(database_server: str | None) -> bool:
    return (database_server or "").startswith("mongodb")


@contextmanager
def running_services(
    folder: Path,
    database_server: str | None,
    accounts_server: str | None = None,
    **variables: str,
) -> Iterator[Services]:
    """Each with a database of its own on that server, or with a file where there is none.

    Without a server of its own accounts has the catalog's, unless that is a DocumentDB.
    """
    if accounts_server is None and not is_documentdb(database_server):
        accounts_server = database_server
    ports = {"accounts": free_port(), "catalog": free_port()}
    port = free_port()
    urls = {f"{name.upper()}_URL": f"http://127.0.0.1:{port}" for name, port in ports.items()}
    behind = {"BASE_URL": f"http://127.0.0.1:{port}", "TRUSTED_PROXIES": "1"}

    def service(name: str, database: str | None) -> Server:
        own = {"DJANGO_SETTINGS_MODULE": f"ecom.settings.{name}", "PORT": str(ports[name])}
        data = folder / name
        data.mkdir(exist_ok=True)
        return stack.enter_context(running(data, database, **urls, **behind, **own, **variables))

    with ExitStack() as stack:
        accounts = service("accounts", accounts_server)
        catalog = service("catalog", database_server)
        router = stack.enter_context(routing(ports["accounts"], ports["catalog"], port))
        yield Services(accounts, catalog, port, router)


@contextmanager
def routing(
    accounts_port: int, catalog_port: int, port: int
) -> "Iterator[subprocess.Popen[bytes]]":
    """The router at that port, once it listens."""
    command = [sys.executable, "-m", "deploy.local.router", f"--listen=127.0.0.1:{port}"]
    command += [f"--accounts=127.0.0.1:{accounts_port}", f"--catalog=127.0.0.1:{catalog_port}"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline().startswith(b"Listening")
            yield process
        finally:
            process.terminate()
