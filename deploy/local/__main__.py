"""Both services behind one URL, each with its database: `make services`.

The data stay in ECOM_DATA_DIR/services. It needs what requirements-dev.txt lists.
"""

import asyncio
import fcntl
import os
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError

from deploy.local.databases import HOST, DocumentDB, PostgreSQL, free_port
from deploy.local.processes import ROOT, EndedError, Processes, until
from ecom.development import create_once
from ecom.port import check_port_is_free, port_number

NAMES = ("postgresql", "documentdb", "accounts", "catalog", "router")
SERVICES = ("accounts", "catalog")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "python:ecom.gunicorn", "ecom.wsgi"]
WELCOME = """
The shop is at {url}/

  Browse the API   {url}/catalog/  and  {url}/accounts/
  Documentation    {url}/catalog/docs/  and  {url}/accounts/docs/
  Administration   {url}/catalog/admin/  and  {url}/accounts/admin/

Make an administrator, in a second terminal:
  (. {accounts} && .venv/bin/python manage.py createsuperuser)
The catalog's commands go with {catalog} in the same way.

Ctrl-C ends it.
"""


@dataclass(frozen=True)
class Service:
    name: str
    folder: Path
    environment: dict[str, str]  # of its own; the rest is the caller's

    @property
    def file(self) -> Path:
        """For `.` in a shell."""
        return self.folder.with_suffix(".env")

    @property
    def all_variables(self) -> dict[str, str]:
        return dict(os.environ) | self.environment

    def write_file(self) -> None:
        lines = [f"export {name}={shlex.quote(text)}" for name, text in self.environment.items()]
        self.file.unlink(missing_ok=True)
        self.file.touch(mode=0o600)
        self.file.write_text("\n".join(lines) + "\n")

    async def manage(self, processes: Processes, *arguments: str) -> int:
        command = [sys.executable, "manage.py", *arguments]
        return await processes.run(self.name, command, self.all_variables)

    async def migrate(self, processes: Processes) -> None:
        if await self.manage(processes, "migrate", "--verbosity=0"):
            raise EndedError(f"The database of {self.name} cannot be migrated: see above.")

    async def start(self, processes: Processes) -> None:
        await processes.start(self.name, GUNICORN, environment=self.all_variables)
        await until(self._is_ready, self.name)

    async def _is_ready(self) -> bool:
        url = f"http://{HOST}:{self.environment['PORT']}/ready"
        try:
            return (await asyncio.to_thread(requests.get, url, timeout=5)).ok
        except requests.RequestException:
            return False


class LocalShop:
    def __init__(self, folder: Path, port: int, stack: ExitStack) -> None:
        """Raises EndedError, or ImproperlyConfigured where a file cannot be written."""
        self.folder = folder
        self.port = port
        self.url = os.environ.get("BASE_URL", f"http://{HOST}:{port}")
        self.postgresql = PostgreSQL.in_folder(folder / "postgresql", stack)
        self.documentdb = DocumentDB.in_folder(folder / "documentdb")
        databases = {
            "accounts": self.postgresql.url("accounts"),
            "catalog": self.documentdb.url("catalog"),
        }
        self.ports = {name: free_port() for name in SERVICES}
        self.services = {name: self.service(name, databases[name]) for name in SERVICES}

    def service(self, name: str, database_url: str) -> Service:
        folder = self.folder / name
        urls = {f"{each.upper()}_URL": f"http://{HOST}:{self.ports[each]}" for each in SERVICES}
        own = {
            "ECOM_ENV": "development",
            "ECOM_DATA_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": f"ecom.settings.{name}",
            "DATABASE_URL": database_url,
            "PORT": str(self.ports[name]),
            "BASE_URL": self.url,
            "TRUSTED_PROXIES": "1",
        }
        return Service(name, folder, urls | own)

    async def start(self, processes: Processes) -> None:
        """Raises EndedError."""
        await asyncio.gather(self.postgresql.start(processes), self.documentdb.start(processes))
        await self.postgresql.make_database("accounts")
        services = self.services.values()
        await asyncio.gather(*(each.migrate(processes) for each in services))
        await asyncio.gather(
            self.start_router(processes),
            *(each.start(processes) for each in services),
        )
        await self.load_demo(processes)
        for service in services:
            service.write_file()

    async def load_demo(self, processes: Processes) -> None:
        """On the first start. Both services run, since the catalog asks accounts for the owner."""
        loaded = self.folder / "demo-loaded"
        if loaded.exists():
            return
        codes = [
            await self.services["accounts"].manage(processes, "create_demo_account"),
            await self.services["catalog"].manage(processes, "load_demo"),
        ]
        if not any(codes):
            loaded.touch()

    async def start_router(self, processes: Processes) -> None:
        command = [sys.executable, "-m", "deploy.local.router", f"--listen={HOST}:{self.port}"]
        command += [f"--{name}={HOST}:{port}" for name, port in self.ports.items()]
        await processes.start("router", command)
        await until(self._answers, "The router")

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_connection(HOST, self.port)
        except OSError:
            return False
        writer.close()
        return True

    async def run(self) -> None:
        """Until a signal comes. Raises EndedError."""
        processes = Processes(NAMES)
        loop = asyncio.get_running_loop()
        serving = asyncio.create_task(processes.while_all_run(self.serve(processes)))
        for number in SIGNALS:
            loop.add_signal_handler(number, serving.cancel)
        try:
            await asyncio.wait({serving})
            if not serving.cancelled():
                serving.result()
        finally:
            for number in SIGNALS:  # who is in a hurry asks twice
                loop.add_signal_handler(number, processes.kill)
            await processes.stop()

    async def serve(self, processes: Processes) -> None:
        await self.start(processes)
        files = {name: shlex.quote(str(each.file)) for name, each in self.services.items()}
        print(WELCOME.format(url=self.url, **files), flush=True)  # noqa: T201
        await asyncio.Event().wait()


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Raises EndedError where another one has the folder."""
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise EndedError(
                f"The services run already, with the data in {folder}. End them first, or choose "
                "another place: make services ECOM_DATA_DIR=/tmp/shop PORT=8080"
            ) from error
        yield


def main() -> None:
    port = port_number(os.environ.get("PORT", "8000"))
    folder = Path(os.environ.get("ECOM_DATA_DIR", ROOT / "var")).resolve() / "services"
    create_once(folder / "README", "What `make services` keeps. Remove the folder to begin anew.\n")
    with ExitStack() as stack:
        stack.enter_context(alone_in(folder))
        check_port_is_free(port)
        asyncio.run(LocalShop(folder, port, stack).run())


if __name__ == "__main__":
    try:
        main()
    except (EndedError, CommandError, ImproperlyConfigured) as error:
        sys.exit(str(error))
