"""What was seen of a service, in a file on this machine: ECS forgets a task an hour after its end,
and a deployment that was rolled back with it. Of a task its end and last lines are kept, and
nothing of its environment."""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from deploy.ecs.diagnose.seen import Seen, merged

LONGEST = timedelta(days=30)
LARGEST = 1_000_000  # bytes; the oldest go first
PRIVATE = 0o600  # what an application logs is nobody else's to read


@dataclass(frozen=True)
class Kept:
    file: Path

    @classmethod
    def of(cls, account: str, region: str, cluster: str, service: str) -> "Kept":
        return cls(folder() / f"{account}-{region}" / plain(cluster) / f"{plain(service)}.jsonl")

    def read(self) -> tuple[list[Seen], str]:
        """And what is wrong with the file, which then is put aside."""
        try:
            text = self.file.read_text()
        except FileNotFoundError:
            return [], ""
        except (OSError, UnicodeDecodeError) as error:
            return [], f"What was kept cannot be read: {error}"
        try:
            return [Seen.of(json.loads(line)) for line in text.splitlines()], ""
        except (ValueError, KeyError, TypeError, AttributeError):
            aside = self.file.with_suffix(".broken")
            self.file.replace(aside)
            return [], f"What was kept is broken, and was put aside as {aside}."

    def add(self, seen: Iterable[Seen]) -> str:
        """What is wrong, if it cannot be written."""
        before, _ = self.read()
        found = merged(before, (each for each in seen if each.source in KEPT))
        try:
            self.write(lines(found))
        except OSError as error:
            return f"What was seen cannot be kept: {error}"
        return ""

    def write(self, text: str) -> None:
        """At once and whole, also where two write at a time."""
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self.file.parent, prefix=self.file.name)
        with os.fdopen(handle, "w") as file:  # which mkstemp makes for this user alone
            file.write(text)
        Path(name).chmod(PRIVATE)
        Path(name).replace(self.file)


KEPT = {"service", "stack", "task", "target", "deployment"}


def lines(seen: Sequence[Seen]) -> str:
    """In the order of time, by which the last is of today."""
    found = [json.dumps(each.members()) + "\n" for each in seen if seen[-1].at - each.at < LONGEST]
    return "".join(reversed(list(bounded(reversed(found)))))


def bounded(newest_first: Iterable[str]) -> Iterator[str]:
    size = 0
    for each in newest_first:
        size += len(each)  # ASCII, as json writes it
        if size > LARGEST:
            return
        yield each


def folder() -> Path:
    """https://specifications.freedesktop.org/basedir-spec/latest/: an absolute path or none."""
    state = Path(os.environ.get("XDG_STATE_HOME", ""))
    home = state if state.is_absolute() else Path.home() / ".local" / "state"
    return home / "little-ecom" / "seen"


def plain(name: str) -> str:
    """Of a name or ARN, what can be the name of a file."""
    last = name.rpartition("/")[2]
    return "".join(each if each.isalnum() or each in "-_" else "_" for each in last)
