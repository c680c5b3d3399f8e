"""Debian's PostgreSQL, which speaks TLS (the wheel's does not), with a test CA's certificate."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from tests.live.server import free_port
from tests.postgresql.certificates import Authority

UNPRIVILEGED = "nobody"  # PostgreSQL does not run as root
PASSWORD = "admin: with/all@of%them"
UNPRIVILEGED_ID = "65534"
# Everybody has to give a password, and over TCP to speak TLS.
ACCESS = "local all all scram-sha-256\nhostssl all all {address}/24 scram-sha-256\n"


def programs() -> Path:
    """Where initdb and pg_ctl are. Without them the test is skipped, and on CI fails."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        reason = "TLS TO POSTGRESQL IS NOT TESTED: install it with apt-get install postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found[-1].parent


@dataclass(frozen=True)
class Debian:
    port: int
    authority: Authority

    @property
    def socket_folder(self) -> Path:
        return self.authority.path.parent / "data"

    def url(self, host: str, user: str = "postgres", password: str = "", **options: str) -> str:
        secret = quote(password or PASSWORD, safe="")
        query = urlencode({"hostaddr": "127.0.0.1"} | options)
        return f"postgresql://{user}:{secret}@{host}:{self.port}/postgres?{query}"


@contextmanager
def running(
    host: str, address: str = "127.0.0.1", port: int = 0, network: Path | None = None
) -> Iterator[Debian]:
    """A server whose certificate is for `host`, signed by an authority of its own.

    It listens at `address` in the network namespace of the file `network`.
    """
    bin = programs()
    # Not in pytest's folder, where the unprivileged user may not look.
    folder = Path(tempfile.mkdtemp(prefix="ecom-debian-"))
    authority = Authority.new(folder / "ca.pem")
    data, port = folder / "data", port or free_port()
    secret = folder / "password"
    secret.write_text(PASSWORD)
    data.mkdir()
    give(folder)
    as_unprivileged(
        bin / "initdb", "-D", data, "-U", "postgres", "--auth=scram-sha-256", "--pwfile", secret
    )
    authority.certify(host, data / "server.crt", data / "server.key")
    (data / "pg_hba.conf").write_text(ACCESS.format(address=address))
    with (data / "postgresql.conf").open("a") as file:
        file.write(
            f"ssl = on\nport = {port}\nlisten_addresses = '{address}'\nfsync = off\n"
            f"unix_socket_directories = '{data}'\n"
        )
    give(folder)
    start = (bin / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "start")
    if network:
        subprocess.run(
            ["nsenter", f"--net={network}", "-S", UNPRIVILEGED_ID, "-G", UNPRIVILEGED_ID, *start],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
            timeout=60,
        )
    else:
        as_unprivileged(*start)
    try:
        yield Debian(port, authority)
    finally:
        as_unprivileged(bin / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def give(folder: Path) -> None:
    """To the unprivileged user."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, UNPRIVILEGED)


def as_unprivileged(*command: str | Path) -> None:
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    subprocess.run(
        [str(part) for part in command],
        user=user,
        extra_groups=[] if user else None,
        cwd="/",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=60,
    )
