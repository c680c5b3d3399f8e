"""What instances do when they start: the settings of ECS's agent, in all the forms that people
write them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
https://bottlerocket.dev/en/os/latest/#/api/settings/ecs/
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from deploy.ecs.evaluator.symbols import (
    Choice,
    Import,
    NoValue,
    Parameter,
    Symbol,
    Text,
    Unknown,
    Value,
)
from deploy.ecs.evaluator.values import joined
from deploy.ecs.graph.reading import parts_of, text

HOLE = "\ufffc"  # stands for a symbol
# Unquoted it ends at a backslash, as of the line's end in echo -e.
VALUE = r"""("[^"\n]*"|'[^'\n]*'|\[[^\]\n]*\]|[^\s"';|&)>\\]*)"""
SETTING = re.compile(rf"(?<![$\w])(?<!\$\{{)(ECS_[A-Z_]+)\s*=\s*{VALUE}")
OF_BOTTLEROCKET = {
    "cluster": "ECS_CLUSTER",
    "logging-drivers": "ECS_AVAILABLE_LOGGING_DRIVERS",
    "reserved-memory": "ECS_RESERVED_MEMORY",
}
BOTTLEROCKET = re.compile(
    rf"^[ \t]*(?:settings\.ecs\.)?({'|'.join(OF_BOTTLEROCKET)})\s*=\s*{VALUE}", re.MULTILINE
)
WINDOWS = re.compile(rf"Initialize-ECSAgent\b(?:[^\n`]|`\r?\n|`)*?-(Cluster)\s+{VALUE}")
ENCODED = re.compile(r"[A-Za-z0-9+/\n]{24,}={0,2}")
# What may write the agent's settings without showing them.
HIDDEN = re.compile(
    r"\bs3 (cp|sync)\b|\b(curl|wget)\b[^\n]*(\|\s*(sudo\s+)?(ba)?sh\b|ecs)"
    r"|\b(ansible|puppet|chef)|\b(cp|mv|ln|source)\b[^\n]*ecs|x-include-url"
    r"|^\s*(sudo\s+)?((ba)?sh\s+)?\S*/\S+\.sh\b",
    re.MULTILINE,
)
OF_A_SHELL = re.compile(r"[$`%*/]")
Parts = tuple[str | Symbol, ...]


@dataclass(frozen=True)
class Script:
    parts: Parts

    @property
    def written(self) -> str:
        return "".join(each if isinstance(each, str) else HOLE for each in self.parts)

    @cached_property
    def code(self) -> "Script":
        """Without its comments."""
        symbols = (each for each in self.parts if not isinstance(each, str))
        kept: list[str | Symbol] = []
        for line in self.written.splitlines(keepends=True):
            found = [
                next(symbols) if each == HOLE else each for each in re.split(f"({HOLE})", line)
            ]
            kept += [] if line.lstrip().startswith("#") else found
        return Script(tuple(kept))

    @property
    def shows_all(self) -> bool:
        """Whether there is nothing in it that may set what is not written here."""
        written = self.code.written
        hides = any(isinstance(each, Choice | Import | Parameter | Unknown) for each in self.parts)
        fills_unseen = "ecs.config" in written and "ECS_" not in written
        says_otherwise = "ECS_CLUSTER" in written and "ECS_CLUSTER" not in dict(self.settings())
        return not (hides or fills_unseen or says_otherwise or HIDDEN.search(written))

    def settings(self) -> Iterator[tuple[str, Value]]:
        """None for what a shell makes of it."""
        code = self.code
        is_bottlerocket = "settings.ecs" in code.written
        for way in (SETTING, WINDOWS, *([BOTTLEROCKET] if is_bottlerocket else [])):
            for match in way.finditer(code.written):
                if match[2]:  # else something asks whether it is there
                    yield _name_of(match[1]), code._filled(match, 2)

    def _filled(self, match: re.Match[str], group: int) -> Value:
        symbols = [each for each in self.parts if not isinstance(each, str)]
        symbols = symbols[match.string[: match.start(group)].count(HOLE) :]
        pieces: list[object] = []
        for index, piece in enumerate(match[group].strip("\"'").split(HOLE)):
            pieces += [piece] if index == 0 else [symbols[index - 1], piece]
        found = joined(pieces)
        if isinstance(found, str):
            return None if OF_A_SHELL.search(found) else found
        return found if isinstance(found, Text) or found in symbols else None

    def encoded(self) -> Iterator["Script"]:
        """Files and parts of a MIME message that are in Base64."""
        for piece in self.parts:
            runs = ENCODED.findall(piece) if isinstance(piece, str) else []
            for run in {line for each in runs for line in (each.replace("\n", ""), *each.split())}:
                found = _of_base64(run)
                if found and "ECS_" in found:
                    yield Script((found,))


def _name_of(written: str) -> str:
    return "ECS_CLUSTER" if written == "Cluster" else OF_BOTTLEROCKET.get(written, written)


def agent(scripts: Iterable[Script]) -> Mapping[str, Value]:
    """The last of each name, as a shell would have it; None for what is not known."""
    found: dict[str, Value] = {}
    for script in scripts:
        found |= dict(script.settings())
        for inner in script.encoded():
            found |= dict(inner.settings())
    return MappingProxyType(found)


def scripts_in(value: Value) -> Iterator[Script]:
    """All strings in a value, such as the files and commands of cfn-init."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from scripts_in(each)
    elif isinstance(value, Choice):
        yield from (*scripts_in(value.then), *scripts_in(value.otherwise))
    elif not isinstance(value, NoValue) and (parts := parts_of(value)):
        yield Script(parts)


def decoded(value: Value) -> Value:
    if isinstance(value, Unknown) and value.function == "Fn::Base64":
        return value.argument if parts_of(value.argument) else None
    return _of_base64(text(value))


def _of_base64(written: str | None) -> str | None:
    try:
        return base64.b64decode(written, validate=True).decode() if written else None
    except (binascii.Error, ValueError):
        return None
