"""OpenSSH as it is started here: with nothing of the user's own configuration or keys."""

import os
import shlex
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from deploy.ecs.tunnel.bastion import USER, Bastion
from deploy.ecs.tunnel.database import LOCALHOST, Database

ROOT = Path(__file__).resolve().parents[3]
STOP_WITHIN = 5  # seconds
KEPT_LINES = 50


@dataclass(frozen=True)
class Keys:
    folder: Path
    public: str

    @property
    def private(self) -> Path:
        return self.folder / "key"

    @property
    def known_hosts(self) -> Path:
        return self.folder / "known_hosts"


@contextmanager
def new_keys(bastion: Bastion, host_key: str) -> Iterator[Keys]:
    """A key of our own and the bastion's, in a folder that only this user can read."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    with TemporaryDirectory(prefix="little-ecom-tunnel-") as folder:
        keys = Keys(Path(folder), public)
        keys.private.touch(mode=0o600)
        keys.private.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        )
        keys.known_hosts.write_text(f"{bastion.instance} {host_key}\n")
        yield keys


def command(
    bastion: Bastion, database: Database, port: int, keys: Keys, proxy: Sequence[str]
) -> list[str]:
    """`proxy` is a command that speaks to the bastion's sshd by its standard input and output."""
    options = {
        "ProxyCommand": shlex.join(proxy).replace("%", "%%"),
        "HostKeyAlias": bastion.instance,
        "HostKeyAlgorithms": "ssh-ed25519",
        "UserKnownHostsFile": f'"{keys.known_hosts}"',
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes",
        "UpdateHostKeys": "no",
        "IdentityFile": f'"{keys.private}"',
        "IdentitiesOnly": "yes",
        "IdentityAgent": "none",
        "PreferredAuthentications": "publickey",
        "BatchMode": "yes",
        "ExitOnForwardFailure": "yes",
        "ConnectTimeout": "30",
        # What has vanished without a word is given up after 45 seconds.
        "ServerAliveInterval": "15",
        "ServerAliveCountMax": "3",
        "LogLevel": "VERBOSE",
    }
    forward = f"{LOCALHOST}:{port}:{database.host}:{database.port}"
    stated = [f"-o{name}={value}" for name, value in options.items()]
    return ["ssh", "-F", "/dev/null", "-N", "-T", "-L", forward, *stated, f"{USER}@bastion"]


class Ssh:
    """A process group of its own, so that Ctrl-C reaches first who uses the tunnel."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            command,
            cwd=ROOT,  # where python -m finds the ProxyCommand
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        assert self.process.stderr is not None  # noqa: S101
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        self.reader = threading.Thread(target=self._read, args=[self.process.stderr], daemon=True)
        self.reader.start()

    def _read(self, pipe: IO[str]) -> None:
        for line in pipe:
            self.lines.append(line.strip())

    def has_signed_in(self) -> bool:
        return any(line.startswith("Authenticated to ") for line in tuple(self.lines))

    def has_ended(self, within: float = 0) -> bool:
        """Waits up to `within` seconds for it."""
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            return False
        self.reader.join(1)  # the last words say why
        return True

    def stop(self) -> None:
        """With its ProxyCommand."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_WITHIN)
            self.reader.join(STOP_WITHIN)
            if not self.reader.is_alive():
                break
        assert self.process.stderr is not None  # noqa: S101
        self.process.stderr.close()
