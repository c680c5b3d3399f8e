"""accounts and catalog as two services: two processes, two databases, HTTP between them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.live.router import routing
from tests.live.server import Server, free_port, running

REVOKED_WITHIN = 10  # seconds


@dataclass(frozen=True)
class Services:
    """Behind one URL, as the monolith is."""

    accounts: Server
    catalog: Server
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def select(self, table: str, *columns: str, **equal: Any) -> list[tuple[Any, ...]]:
        server = self.accounts if table.startswith("accounts_") else self.catalog
        return server.select(table, *columns, **equal)


Shop = Server | Services


@contextmanager
def running_shop(folder: Path, database_server: str | None, **variables: str) -> Iterator[Shop]:
    """The monolith; on DocumentDB, where it does not run, the two services."""
    on_documentdb = (database_server or "").startswith("mongodb")
    run = running_services if on_documentdb else running
    with run(folder, database_server, **variables) as shop:
        yield shop


@contextmanager
def running_services(
    folder: Path, database_server: str | None, **variables: str
) -> Iterator[Services]:
    """The catalog with a database on that server, and accounts too unless it is a DocumentDB."""
    on_documentdb = (database_server or "").startswith("mongodb")
    ports = {"accounts": free_port(), "catalog": free_port()}
    urls = {f"{name.upper()}_URL": f"http://127.0.0.1:{port}" for name, port in ports.items()}

    def service(name: str, database: str | None) -> Server:
        own = {"DJANGO_SETTINGS_MODULE": f"ecom.settings.{name}", "PORT": str(ports[name])}
        data = folder / name
        data.mkdir()
        return stack.enter_context(running(data, database, **urls, **own, **variables))

    with ExitStack() as stack:
        accounts = service("accounts", None if on_documentdb else database_server)
        catalog = service("catalog", database_server)
        port = stack.enter_context(routing(ports["accounts"], ports["catalog"]))
        yield Services(accounts, catalog, port)
