"""An application's answers, from a process that is ended when it takes too long."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

LOADED_WITHIN, ANSWERED_WITHIN = 30, 15  # seconds; a loaded machine takes ten for what takes one
SLACK = 5  # seconds beyond both, for what holds its own timer up
PROBE = Path(__file__).with_name("probe.py")


@dataclass(frozen=True)
class Question:
    app: str
    path: str | None  # of the health check; None where it asks none
    variables: Mapping[str, str]
    secrets: Mapping[str, str]  # by their ids, as JSON
    default_secret: str
    configuration: str | None = None  # gunicorn's, a module

    def ask(self) -> "Answer":
        told = {
            "app": self.app,
            "path": self.path,
            "secrets": dict(self.secrets),
            "default_secret": self.default_secret,
            "configuration": self.configuration,
            "loaded_within": LOADED_WITHIN,
            "answered_within": ANSWERED_WITHIN,
        }
        return _run(json.dumps(told), dict(self.variables))


def _run(told: str, variables: dict[str, str]) -> "Answer":
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-B", str(PROBE)],
        env=variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,  # to end what it starts, too
    )
    try:
        out, printed = process.communicate(told, LOADED_WITHIN + ANSWERED_WITHIN + SLACK)
        return Answer(_events(out), process.returncode == -signal.SIGALRM, printed)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, printed = process.communicate()
        return Answer(_events(out), True, printed)


@dataclass(frozen=True)
class Answer:
    events: list[dict[str, Any]]
    is_too_slow: bool
    printed: str

    def _first(self, name: str) -> Any:
        return next((each[name] for each in self.events if name in each), None)

    @property
    def is_loaded(self) -> bool:
        return any("loaded" in each for each in self.events)

    @property
    def settings(self) -> dict[str, Any]:
        """Of Django."""
        return self._first("loaded") or {}

    @property
    def failure(self) -> str:
        """Why it could not be loaded: one line."""
        lines = self.printed.strip().splitlines()
        return str(self._first("failed") or (lines[-1] if lines else "it ended without a word"))

    @property
    def status(self) -> int | None:
        found = self._first("answered")
        return found["status"] if found else None

    @property
    def status_for_people(self) -> int | None:
        """Asked with a host of the site and over TLS, where the health check is turned away."""
        found = self._first("to_people")
        return found["status"] if found else None

    @property
    def location(self) -> str:
        found = self._first("answered")
        return found["location"] if found else ""

    @property
    def seconds(self) -> float:
        found = self._first("answered")
        return found["seconds"] if found else 0.0

    @property
    def raised(self) -> str | None:
        found = self._first("raised")
        return None if found is None else str(found)

    @cached_property
    def touched(self) -> str | None:
        """What it tried to connect to for its answer."""
        names = [name for each in self.events for name in each]
        since = names.index("loaded") if "loaded" in names else len(names)
        found = [each["touched"] for each in self.events[since:] if "touched" in each]
        return str(found[0]) if found else None

    @property
    def gunicorn(self) -> dict[str, Any]:
        """What its configuration says: bind, keepalive in seconds, and whether it keeps any."""
        return self._first("gunicorn") or {}


def _events(written: str) -> list[dict[str, Any]]:
    """Of a process that was ended the last line may be half of one."""
    found = []
    for line in written.splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found
