"""The image as a container runtime starts it: its own user, entrypoint and variables.

The root is read-only, there are no capabilities, and only /dev/shm can be written. The network is
that of the machine, so that tests reach the services without a bridge.
"""

import contextlib
import json
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.image.building import IMAGE, buildah, run

START_WITHIN = 60  # seconds
MOUNTS = [
    {"destination": "/proc", "type": "proc", "source": "proc"},
    {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["mode=755"]},
    {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": ["mode=1777"]},
]
NAMESPACES = ["pid", "ipc", "mount", "uts"]


def inspect() -> dict[str, Any]:
    """What the image says of itself."""
    inspected = json.loads(buildah("inspect", "--type", "image", IMAGE))
    config: dict[str, Any] = inspected["Docker"]["config"]
    return config


@contextlib.contextmanager
def image_files() -> Iterator[Path]:
    """The image's root folder, as a copy that costs nothing."""
    container = buildah("from", IMAGE)
    try:
        yield Path(buildah("mount", container))
    finally:
        buildah("rm", container)


class Container:
    """`mounts` are folders and files of the machine that it sees at the same or another path."""

    def __init__(self, root: Path, folder: Path, mounts: dict[Path, str], **variables: str) -> None:
        self.root = root
        self.folder = folder
        self.mounts = mounts
        self.variables = variables
        self.name = f"ecom-{uuid.uuid4().hex[:12]}"
        self.bundle = folder / self.name
        self.log = folder / f"{self.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def configuration(self, arguments: list[str]) -> dict[str, Any]:
        image = inspect()
        user, _, group = image["User"].partition(":")
        given = [f"{name}={value}" for name, value in self.variables.items()]
        seen = [
            {"destination": to, "source": str(path), "options": ["bind", "ro"]}
            for path, to in self.mounts.items()
        ]
        return {
            "ociVersion": "1.0.0",
            "root": {"path": str(self.root), "readonly": True},
            "mounts": [*MOUNTS, *seen],
            "linux": {"namespaces": [{"type": name} for name in NAMESPACES]},
            "process": {
                "user": {"uid": int(user), "gid": int(group)},
                "args": arguments,
                "env": [*image["Env"], *given],
                "cwd": image["WorkingDir"],
                "capabilities": {},
                "noNewPrivileges": True,
            },
        }

    def start(self, *command: str, entrypoint: list[str] | None = None) -> None:
        """Its entrypoint, with this command or its own."""
        image = inspect()
        arguments = entrypoint or image["Entrypoint"]
        self.bundle.mkdir()
        configuration = self.configuration([*arguments, *(command or image["Cmd"])])
        (self.bundle / "config.json").write_text(json.dumps(configuration))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.runc, "run", "--bundle", self.bundle, self.name],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def runc(self) -> list[str]:
        return ["runc", "--root", str(self.folder / "runc")]

    def wait_until(self, condition: Callable[[], bool]) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_WITHIN
        while not condition():
            assert self.process.poll() is None, f"The container ended:\n{self.logged()}"
            assert time.monotonic() < deadline, f"Not within {START_WITHIN} s:\n{self.logged()}"
            time.sleep(0.05)

    def inside(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Another process in it, as a health check is."""
        return subprocess.run(
            [*self.runc, "exec", self.name, *command],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def signal(self, number: signal.Signals) -> None:
        run(*self.runc, "kill", self.name, number.name)

    def wait(self, seconds: float) -> int:
        """Its exit code."""
        assert self.process is not None
        return self.process.wait(seconds)

    def logged(self) -> str:
        return self.log.read_text(errors="replace")

    def remove(self) -> None:
        if self.process is not None:
            subprocess.run([*self.runc, "delete", "--force", self.name], check=False)
            self.process.wait()
