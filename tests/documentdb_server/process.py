"""The server as a process of its own, for tests and benchmarks. It ends with its parent."""

import select
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote, urlencode, urlsplit

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN = 30  # seconds
STOP_WITHIN = 10  # seconds


class Server:
    """Use start(). As a context manager it stops the server at the end."""

    def __init__(
        self,
        folder: Path | None,
        *,
        members: int,
        user: str,
        password: str,
        certificate: Path | None,
        profile: str,
    ) -> None:
        self.folder = folder
        self.ports = [0] * members
        self.user = user
        self.password = password
        self.certificate = certificate
        self.profile = profile
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        command = [sys.executable, "-m", "tests.documentdb_server", "--until-stdin-closes"]
        command += ["--port", *map(str, self.ports), "--profile", self.profile]
        if self.folder is not None:
            command += ["--data", str(self.folder)]
        if self.user:
            command += ["--user", f"{self.user}:{self.password}"]
        if self.certificate is not None:
            command += ["--tls-certificate", str(self.certificate)]
        return command

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command(), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdout is not None
        ready = first_line(self.process.stdout)
        if not ready.startswith("ready "):
            self.kill()
            raise RuntimeError(
                "The stand-in for DocumentDB did not start: see its standard error. "
                f"It said {ready!r}."
            )
        hosts = urlsplit(ready.removeprefix("ready ")).netloc.split(",")
        # Kept for restart(): clients find the members where they were.
        self.ports = [int(host.rpartition(":")[2]) for host in hosts]

    def url(self, database: str = "", **options: str) -> str:
        """For pymongo, with what DocumentDB needs. `options` are added to the query string."""
        sign_in = ""
        query = {"replicaSet": "rs0", "retryWrites": "false"}
        if self.user:
            sign_in = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@"
            query |= {"authSource": "admin", "authMechanism": "SCRAM-SHA-1"}
        if self.certificate is not None:
            query["tls"] = "true"
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        return f"mongodb://{sign_in}{hosts}/{database}?{urlencode(query | options)}"

    def stop(self) -> None:
        """As an operator would."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL, as when the machine fails."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """On the same ports, with what is in the folder."""
        self.stop()
        self.start()

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        process, self.process = self.process, None
        process.send_signal(how)
        try:
            process.wait(STOP_WITHIN)
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                assert pipe is not None
                pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def first_line(pipe: IO[bytes]) -> str:
    """Empty when the process ends, or says nothing in time."""
    readable, _, _ = select.select([pipe], [], [], START_WITHIN)
    return pipe.readline().decode().strip() if readable else ""


def start(
    folder: Path | None = None,
    *,
    members: int = 1,
    user: str = "",
    password: str = "",
    certificate: Path | None = None,
    profile: str = "documentdb-5.0",
) -> Server:
    """Start it on free ports and wait until it accepts connections.

    Without a folder the data are in memory only and restart() begins empty.
    """
    server = Server(
        folder,
        members=members,
        user=user,
        password=password,
        certificate=certificate,
        profile=profile,
    )
    server.start()
    return server
