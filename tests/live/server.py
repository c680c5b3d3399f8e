"""The shop as its users meet it: gunicorn in processes of its own, on a free port."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from tests.live.databases import new_database, select

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN = 30  # seconds
STOP_WITHIN = 25  # seconds
GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "python:ecom.gunicorn", "ecom.wsgi"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """Its environment is the given variables and PATH, so that nothing of the caller's leaks in."""

    def __init__(self, folder: Path, database_url: str, **variables: str) -> None:
        self.port = int(variables.get("PORT", free_port()))
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.database_url = database_url
        self.environment = {
            "PATH": os.environ["PATH"],
            "ECOM_ENV": "development",
            "ECOM_DATA_DIR": str(folder),
            "DATABASE_URL": database_url,
            "BASE_URL": self.url,
            "EMAIL_URL": "consolemail://",
            "PORT": str(self.port),
        } | variables
        self.log = folder / f"{self.port}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def start(self, command: list[str] = GUNICORN) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that kill() reaches the workers
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"The server ended:\n{self.logged()}"
            with contextlib.suppress(requests.ConnectionError):
                if requests.get(f"{self.url}/ready", timeout=5).ok:
                    return
            time.sleep(0.02)
        raise AssertionError(f"Not ready within {START_WITHIN} s:\n{self.logged()}")

    def logged(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it as an operator would and return the exit code."""
        assert self.process is not None
        self.process.send_signal(how)
        try:
            return self.process.wait(STOP_WITHIN)
        finally:
            self.kill()

    def kill(self) -> None:
        """SIGKILL to every process of the server at once, as when the machine fails."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_WITHIN)

    def select(self, table: str, *columns: str, **equal: Any) -> list[tuple[Any, ...]]:
        return select(self.database_url, table, *columns, **equal)


@contextlib.contextmanager
def running(folder: Path, server_url: str | None, **variables: str) -> Iterator[Server]:
    """A migrated, started server with an empty database of its own.

    `server_url` is that of a database server; without one it is a SQLite file.
    """
    server = Server(folder, new_database(folder, server_url), **variables)
    try:
        migrated = server.manage("migrate", "--verbosity=0")
        assert migrated.returncode == 0, migrated.stderr
        server.start()
        yield server
        assert server.stop() == 0, server.logged()
        assert "ecom.documentdb.gate" not in server.logged()
    finally:
        if server.process is not None:
            server.kill()
