"""Dockerfiles, as far as it shows in them what an image has and starts.

https://docs.docker.com/reference/dockerfile/
"""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

DIRECTIVE = re.compile(r"#\s*escape\s*=\s*(\S)\s*$", re.IGNORECASE)
HEREDOC = re.compile(r"<<-?[\"']?(\w+)[\"']?")
VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::[-+]([^}]*))?\})")


@dataclass(frozen=True)
class Instruction:
    name: str  # in capitals
    value: str  # on one line, without flags
    flags: dict[str, str]
    line: int

    @property
    def words(self) -> list[str] | None:
        """Of the form with brackets; None of that for a shell."""
        try:
            found = json.loads(self.value)
        except ValueError:
            return None
        is_list = isinstance(found, list) and all(isinstance(each, str) for each in found)
        return found if is_list else None

    @property
    def arguments(self) -> list[str]:
        try:
            return self.words or shlex.split(self.value)
        except ValueError:
            return self.value.split()


@dataclass(frozen=True)
class Dockerfile:
    path: Path
    instructions: tuple[Instruction, ...]

    @classmethod
    def read(cls, path: Path) -> "Dockerfile":
        """Raises OSError, UnicodeDecodeError."""
        return cls(path, tuple(_instructions(path.read_text())))

    @cached_property
    def context(self) -> Path:
        """Its own folder; the current one where that alone has what is copied."""
        wanted = [
            source.lstrip("/")
            for each in self.instructions
            if each.name == "COPY" and "from" not in each.flags
            for source in each.arguments[:-1]
            if not any(sign in source for sign in "*?[$<")
        ]
        own, current = self.path.parent, Path()
        has_all = [all((folder / each).exists() for each in wanted) for folder in (own, current)]
        return current if has_all == [False, True] else own

    @cached_property
    def stages(self) -> list[list[Instruction]]:
        """Each begins with its FROM."""
        found: list[list[Instruction]] = []
        for each in self.instructions:
            if each.name == "FROM":
                found.append([])
            if found:
                found[-1].append(each)
        return found

    @cached_property
    def _chain(self) -> list[list[Instruction]]:
        """The last stage, with the stages that it is built on before it."""
        chain: list[list[Instruction]] = []
        index = len(self.stages) - 1
        while index >= 0:
            chain.insert(0, self.stages[index])
            names = [_stage_name(each[0]) for each in self.stages[:index]]
            base = self._image(self.stages[index][0]).lower()
            index = names.index(base) if base in names else -1
        return chain

    @property
    def final(self) -> list[Instruction]:
        return [each for stage in self._chain for each in stage]

    @property
    def base(self) -> str | None:
        """The image that the last stage is built on, in the end."""
        found = self._image(self._chain[0][0]) if self._chain else ""
        return None if "$" in found or not found else found

    def _image(self, origin: Instruction) -> str:
        words = origin.value.split()
        return self._expanded(words[0]) if words else ""

    def _expanded(self, written: str) -> str:
        """With the defaults of the arguments before the first FROM."""

        def value(found: re.Match[str]) -> str:
            return self._arguments.get(found[1] or found[2], found[3] or found[0])

        return VARIABLE.sub(value, written)

    @cached_property
    def _arguments(self) -> dict[str, str]:
        found = {}
        for each in self.instructions:
            if each.name == "FROM":
                break
            name, equals, value = each.value.partition("=")
            if each.name == "ARG" and equals:
                found[name.strip()] = value.strip().strip("\"'")
        return found

    def last(self, name: str) -> Instruction | None:
        return next((each for each in reversed(self.final) if each.name == name), None)

    def all(self, *names: str) -> list[Instruction]:
        return [each for each in self.final if each.name in names]

    @property
    def platform(self) -> tuple[str, Instruction] | None:
        """The one that the last FROM names."""
        for stage in reversed(self._chain):
            found = self._expanded(stage[0].flags.get("platform", ""))
            if found and "$" not in found:
                return found, stage[0]
        return None

    @cached_property
    def variables(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for each in self.all("ENV"):
            if "=" in each.value.split(" ", 1)[0]:
                pairs = [word.partition("=") for word in each.arguments]
                found |= {name: value for name, _, value in pairs}
            else:
                name, _, value = each.value.partition(" ")
                found[name] = value.strip()
        return {name: value for name, value in found.items() if "$" not in value}


def _stage_name(origin: Instruction) -> str:
    words = origin.value.split()
    return words[2].lower() if len(words) > 2 and words[1].lower() == "as" else ""


def _instructions(written: str) -> Iterator[Instruction]:
    lines = written.splitlines()
    escape = _escape(lines)
    index = 0
    while index < len(lines):
        first = index
        text, index = _logical_line(lines, index, escape)
        if not text:
            continue
        name, _, rest = text.partition(" ")
        found = _instruction(name.upper(), rest.strip(), first + 1)
        if found.name in {"RUN", "COPY", "ADD"}:
            body, index = _heredocs(lines, index, found.value)
            found = Instruction(found.name, found.value + body, found.flags, found.line)
        yield found


def _escape(lines: list[str]) -> str:
    for line in lines:
        if not line.startswith("#"):
            break
        if found := DIRECTIVE.match(line):
            return found[1]
    return "\\"


def _logical_line(lines: list[str], index: int, escape: str) -> tuple[str, int]:
    """Comments and empty lines between its pieces are left out."""
    pieces: list[str] = []
    while index < len(lines):
        line = lines[index].strip()
        index += 1
        if line.startswith("#") or not line:
            if pieces:
                continue
            return "", index
        pieces.append(line.removesuffix(escape).strip() if line.endswith(escape) else line)
        if not line.endswith(escape):
            break
    return " ".join(pieces).replace("\t", " "), index


def _heredocs(lines: list[str], index: int, value: str) -> tuple[str, int]:
    body = ""
    for end in HEREDOC.findall(value):
        while index < len(lines) and lines[index].strip() != end:
            body += "\n" + lines[index]
            index += 1
        index += 1
    return body, index


def _instruction(name: str, value: str, line: int) -> Instruction:
    flags: dict[str, str] = {}
    while value.startswith("--") and name != "ENV":
        flag, _, value = value.partition(" ")
        key, _, given = flag.removeprefix("--").partition("=")
        flags[key] = given
        value = value.strip()
    return Instruction(name, value, flags, line)
