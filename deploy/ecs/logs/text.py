"""A line of a log for a person. In production the services write JSON, one object a line."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from deploy.ecs.logs.lines import TaskLine

COLOURS = ("cyan", "magenta", "green", "blue", "yellow")
LEVELS = {"WARNING": "yellow", "ERROR": "red", "CRITICAL": "bold red", "DEBUG": "dim"}
NO_REQUEST = "-"
SHOWN = {"asctime", "levelname", "name", "request_id", "message", "exc_info", "stack_info"}


@dataclass(frozen=True)
class Entry:
    level: str
    message: str
    request_id: str
    logger: str
    trace: str  # of an exception, over several lines
    more: Mapping[str, Any]


def entry(text: str) -> Entry:
    """What is no JSON object of the services' logs is a message, whole."""
    try:
        parsed = json.loads(text)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict) or "message" not in parsed:
        return Entry("", text, "", "", "", {})
    request = str(parsed.get("request_id") or "")
    traces = [str(parsed[key]) for key in ("exc_info", "stack_info") if parsed.get(key)]
    return Entry(
        str(parsed.get("levelname", "")),
        str(parsed["message"]),
        "" if request == NO_REQUEST else request,
        str(parsed.get("name", "")),
        "\n".join(traces),
        {key: value for key, value in parsed.items() if key not in SHOWN},
    )


def shown(line: TaskLine, colour: str) -> Text:
    """Local time; the trace of an exception on lines of its own."""
    found = entry(line.text)
    kind = "" if line.kind == "app" else f" {line.kind}"
    text = Text.assemble(
        (f"{line.at.astimezone():%H:%M:%S.%f}"[:-3], "dim"),
        " ",
        (f"{line.service}{kind} {line.task[:6]}", colour),
        " ",
    )
    if found.level:
        text.append(f"{found.level:7} ", LEVELS.get(found.level, ""))
    text.append(found.message)
    for key, value in found.more.items():
        text.append(f" {key}={value}", "dim")
    if found.request_id:
        text.append(f" [{found.request_id}]", "dim")
    if found.trace:
        text.append("\n" + "\n".join(f"    {each}" for each in found.trace.splitlines()), "red")
    return text


def members(line: TaskLine) -> dict[str, Any]:
    """The same as an object of JSON."""
    found = entry(line.text)
    said = {
        "level": found.level,
        "logger": found.logger,
        "request_id": found.request_id,
        "trace": found.trace,
    }
    whose = {"at": line.at.isoformat(), "service": line.service, "kind": line.kind}
    return (
        whose
        | {"task": line.task, "message": found.message}
        | {key: value for key, value in said.items() if value}
        | ({"more": dict(found.more)} if found.more else {})
    )
