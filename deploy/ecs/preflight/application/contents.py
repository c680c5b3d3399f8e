"""What COPY puts where in an image."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from deploy.ecs.preflight.application.dockerfile import Dockerfile, Instruction


@dataclass(frozen=True)
class Copied:
    source: Path | None  # None: it is covered by this COPY, and not there
    by: Instruction


@dataclass(frozen=True)
class Contents:
    dockerfile: Dockerfile

    @cached_property
    def folder(self) -> PurePosixPath:
        """Where the container starts."""
        found = PurePosixPath("/")
        for each in self.dockerfile.all("WORKDIR"):
            found /= each.value.strip("\"'")
        return found

    def find(self, path: str) -> Copied | None:
        """What is at that path, by the last COPY that covers it. None where no COPY does."""
        wanted = self.folder / path
        found = None
        folder = PurePosixPath("/")
        for each in self.dockerfile.final:
            if each.name == "WORKDIR":
                folder /= each.value.strip("\"'")
            elif each.name in {"COPY", "ADD"} and "from" not in each.flags:
                copied = self._by(each, folder, wanted)
                found = copied if copied and (copied.source or found is None) else found
        return found

    def _by(self, copy: Instruction, folder: PurePosixPath, wanted: PurePosixPath) -> Copied | None:
        *sources, target = copy.arguments or [""]
        goal = folder / target
        is_folder = target.endswith(("/", ".")) or len(sources) > 1
        covered = None
        for source in sources:
            for place, file in self._placed(source, goal, is_folder, wanted):
                if place == wanted:
                    is_there = file.is_file() and not self.is_ignored(file)
                    covered = Copied(file if is_there else None, copy)
        return covered

    def _placed(
        self, source: str, goal: PurePosixPath, is_folder: bool, wanted: PurePosixPath
    ) -> Iterator[tuple[PurePosixPath, Path]]:
        """Where in the image it would be, and what is there."""
        context = self.dockerfile.context
        relative = source.lstrip("/")
        found = sorted(context.glob(relative)) if re.search(r"[*?\[]", relative) else None
        for file in [context / relative] if found is None else found:
            if file.is_dir():
                if goal in wanted.parents:
                    yield wanted, file / wanted.relative_to(goal)
            else:
                yield (goal / file.name if is_folder or found else goal), file

    def is_ignored(self, file: Path) -> bool:
        """By .dockerignore, the last line that fits."""
        context = self.dockerfile.context.resolve()
        if not file.resolve().is_relative_to(context):
            return False
        relative = file.resolve().relative_to(context).as_posix()
        ignored = False
        for negated, pattern in self._ignore:
            if pattern.match(relative):
                ignored = not negated
        return ignored

    @cached_property
    def _ignore(self) -> list[tuple[bool, re.Pattern[str]]]:
        try:
            lines = (self.dockerfile.context / ".dockerignore").read_text().splitlines()
        except (OSError, UnicodeDecodeError):
            return []
        stripped = [each.strip() for each in lines]
        return [
            (each.startswith("!"), _pattern(each.removeprefix("!").strip("/")))
            for each in stripped
            if each and not each.startswith("#")
        ]


def _pattern(written: str) -> re.Pattern[str]:
    """It fits what is below, too."""
    pieces = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    translated = re.sub(
        r"\*\*/|\*\*|\*|\?|.", lambda found: pieces.get(found[0], re.escape(found[0])), written
    )
    return re.compile(f"(?:{translated})(?:/.*)?$")
