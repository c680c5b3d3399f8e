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
VALUE = r"""("[^"\n]*"|'[^'\n]*'|\[[^\]\n]*\]|[^\s"';|&)>]*)"""
SETTING = re.compile(rf"\b(ECS_[A-Z_]+)\s*=\s*{VALUE}")
BOTTLEROCKET = re.compile(rf"^\s*cluster\s*=\s*{VALUE}", re.MULTILINE)
WINDOWS = re.compile(rf"Initialize-ECSAgent\b[^\n]*?-Cluster\s+{VALUE}")
ENCODED = re.compile(r"[A-Za-z0-9+/\n]{24,}={0,2}")
# What may write the agent's settings without showing them.
HIDDEN = re.compile(
    r"\bs3 (cp|sync)\b|\b(curl|wget)\b[^\n]*(\|\s*(sudo\s+)?(ba)?sh\b|ecs)"
    r"|\b(ansible|puppet|chef)|\b(cp|mv|ln|source)\b[^\n]*ecs|x-include-url"
)
Parts = tuple[str | Symbol, ...]


@dataclass(frozen=True)
class Script:
    parts: Parts

    @property
    def written(self) -> str:
        return "".join(each if isinstance(each, str) else HOLE for each in self.parts)

    @property
    def shows_all(self) -> bool:
        """Whether there is nothing in it that may set what is not written here."""
        hides = any(isinstance(each, Choice | Import | Parameter | Unknown) for each in self.parts)
        fills_unseen = "ecs.config" in self.written and "ECS_" not in self.written
        return not hides and not fills_unseen and HIDDEN.search(self.written) is None

    def settings(self) -> Iterator[tuple[str, Value]]:
        written = self.written
        for match in SETTING.finditer(written):
            yield match[1], self._filled(match, 2)
        ways = [WINDOWS] + [BOTTLEROCKET] * ("[settings.ecs]" in written)
        for match in (each for way in ways for each in way.finditer(written)):
            yield "ECS_CLUSTER", self._filled(match, 1)

    def _filled(self, match: re.Match[str], group: int) -> Value:
        """None for what a shell makes of it."""
        symbols = [each for each in self.parts if not isinstance(each, str)]
        symbols = symbols[match.string[: match.start(group)].count(HOLE) :]
        pieces: list[object] = []
        for index, piece in enumerate(match[group].strip("\"'").split(HOLE)):
            pieces += [piece] if index == 0 else [symbols[index - 1], piece]
        found = joined(pieces)
        if isinstance(found, str):
            return None if re.search(r"[$`]", found) else found.removesuffix("\\")
        return found if isinstance(found, Text) or found in symbols else None

    def encoded(self) -> Iterator["Script"]:
        """Files and parts of a MIME message that are in Base64."""
        for piece in self.parts:
            runs = ENCODED.findall(piece) if isinstance(piece, str) else []
            for run in {line for each in runs for line in (each.replace("\n", ""), *each.split())}:
                found = _of_base64(run)
                if found and "ECS_" in found:
                    yield Script((found,))


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
