"""A container as a process: with the environment that it is given and no other."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from stat import S_IRWXU

from deploy.local.processes import PR_SET_PDEATHSIG, ROOT

# Says to the kernel that the process ends with the thread that started it, and then becomes what
# it is to be. Nothing of this may be done between fork and exec in a process with threads. Another
# user comes first: the change would undo it.
BOUND = f"""
import ctypes, os, pwd, sys
parent, user, *command = sys.argv[1:]
if user:
    found = pwd.getpwnam(user)
    os.initgroups(user, found.pw_gid)
    os.setgid(found.pw_gid)
    os.setuid(found.pw_uid)
ctypes.CDLL(None).prctl({PR_SET_PDEATHSIG}, {int(signal.SIGTERM)})
if os.getppid() == int(parent):
    os.execvpe(command[0], command, os.environ)
"""
# Of what the image has besides Python; so not curl, nor wget.
TOOLS = ("cat", "date", "echo", "env", "false", "grep", "ls", "sed", "sh", "sleep", "true")
MIB = 1024


def make_path(folder: Path) -> Path:
    """A folder for PATH with what the image has."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("python", "python3"):
        file = folder / name
        # No link: from its own place Python would not find its virtual environment.
        file.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        file.chmod(S_IRWXU)
    for name in TOOLS:
        found = next((each for each in _places(name) if each.exists()), None)
        if found and not (folder / name).exists():
            (folder / name).symlink_to(found)
    return folder


def _places(name: str) -> Iterator[Path]:
    return (Path(folder, name) for folder in ("/bin", "/usr/bin"))


def bound(command: Sequence[str], user: str = "") -> list[str]:
    """Only Linux knows how a process ends with the one that started it."""
    if sys.platform != "linux":
        return list(command)
    return [sys.executable, "-I", "-S", "-c", BOUND, str(os.getpid()), user, *command]


class Process:
    """To be ended by the thread that started it, which outlives it."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        say: Callable[[str], None] | None = None,
        folder: Path = ROOT,
    ) -> None:
        """Raises OSError."""
        self.say = say
        self._process = subprocess.Popen(  # noqa: S603  (from a task definition)
            bound(command),
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if say else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._relay = threading.Thread(target=self._read, daemon=True)
        self._relay.start()

    def _read(self) -> None:
        if self._process.stdout is None or self.say is None:
            return
        for line in self._process.stdout:
            self.say(line.decode(errors="replace").rstrip("\n"))

    @property
    def code(self) -> int | None:
        """As Docker has it: 128 and the signal's number for one that was killed."""
        code = self._process.poll()
        return 128 - code if code is not None and code < 0 else code

    def wait(self, seconds: float) -> int | None:
        """The code, or None where it still runs. Real seconds."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self.code

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self) -> None:
        """What is left of it, and of its children."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._relay.join()
        if self._process.stdout:
            self._process.stdout.close()

    def memory(self) -> int:
        """MiB, of it and its children; what they share is counted once. 0 where it is not known."""
        return sum(_proportional(pid) for pid in _tree(self._process.pid)) // MIB


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return
    for child in children.split():
        yield from _tree(int(child))


def _proportional(pid: int) -> int:
    """KiB."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
