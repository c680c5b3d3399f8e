"""What a container starts: its task definition's words, else those of the image."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from deploy.ecs.graph import Container, Listing
from deploy.ecs.graph.reading import text
from deploy.ecs.preflight.application.contents import Contents, Copied
from deploy.ecs.preflight.application.dockerfile import Dockerfile, Instruction
from deploy.ecs.preflight.balancing.listening import Start, start_in

SEARCHED = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SHELLS = ("sh", "bash", "ash", "dash")
CONFIGURATION = re.compile(r"""["'](?:-c|--config)["'],\s*["']python:([\w.]+)["']""")


@dataclass(frozen=True)
class Piece:
    """An entry point or a command."""

    words: tuple[str | None, ...]
    property: str | None  # of the container
    instruction: Instruction | None  # of the Dockerfile
    is_for_shell: bool = False


@dataclass(frozen=True)
class Starting:
    container: Container
    dockerfile: Dockerfile | None

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Empty where it is not known."""
        entry = self._own("EntryPoint", self.container.entry_point)
        command = self._own("Command", self.container.command)
        if self.container.given("EntryPoint") is not False:
            return tuple(each for each in (entry, command) if each) if entry else ()
        image_entry = self._of_image("ENTRYPOINT")
        if image_entry and image_entry.is_for_shell:
            return (image_entry,)  # which leaves out every command
        if self.container.given("Command") is False:
            command = self._of_image("CMD")
        return tuple(each for each in (image_entry, command) if each)

    def _own(self, name: str, words: Listing[object]) -> Piece | None:
        if not self.container.given(name) or not words.complete:
            return None
        return Piece(tuple(text(each) for each in words), name, None)

    def _of_image(self, name: str) -> Piece | None:
        found = self.dockerfile.last(name) if self.dockerfile else None
        if found is None:
            return None
        words = found.words
        shell = ("/bin/sh", "-c", found.value)
        return Piece(tuple(shell if words is None else words), None, found, words is None)

    @property
    def words(self) -> list[str | None]:
        return [word for piece in self.pieces for word in piece.words]

    @cached_property
    def contents(self) -> Contents | None:
        return Contents(self.dockerfile) if self.dockerfile else None

    @property
    def program(self) -> tuple[str, Piece] | None:
        """The first word, which has to be a file, or what a shell is given to run."""
        for piece in self.pieces:
            words = [word for word in piece.words if word]
            if words and words[0].rpartition("/")[2] in SHELLS and words[1:2] != ["-c"]:
                words = words[1:]
            if words:
                return words[0], piece
        return None

    @property
    def is_by_shell(self) -> bool:
        program = self.program
        first = next(iter(program[1].words), None) if program else None
        return bool(first and program and first != program[0])

    @cached_property
    def copied(self) -> Copied | None:
        """The file that it starts with, where COPY brings it."""
        program = self.program
        if program is None or self.contents is None or "$" in program[0]:
            return None
        if "/" in program[0] or self.is_by_shell:
            return self.contents.find(program[0])
        places = (self.contents.find(f"{folder}/{program[0]}") for folder in self.search_path)
        return next((each for each in places if each and each.source), None)

    @property
    def search_path(self) -> list[str]:
        written = self.dockerfile.variables.get("PATH") if self.dockerfile else None
        return (written or SEARCHED).split(":")

    @property
    def script(self) -> Path | None:
        return self.copied.source if self.copied else None

    @cached_property
    def script_lines(self) -> list[str]:
        try:
            found = self.script.read_text().splitlines() if self.script else []
        except (OSError, UnicodeDecodeError):
            return []
        return found if not found or _is_shell_script(self.script, found[0]) else []

    def server(self, variables: Mapping[str, str | None], has_all: bool) -> Start | None:
        """By the words, and by the script's lines if they are none."""
        written = "\n".join(each for each in self.script_lines if each.lstrip()[:1] != "#")
        lines = [word for each in written.replace("\\\n", " ").split("\n") for word in (each, ";")]
        return start_in(self.words, variables, has_all) or start_in(lines, variables, has_all)

    @cached_property
    def configuration(self) -> str | None:
        """Gunicorn's: a module, by the words or by the module that Python is started with."""
        words = [each for each in self.words if each]
        for word, following in pairwise(words):
            if word in {"-c", "--config"} and following.startswith("python:"):
                return following.removeprefix("python:")
        found = CONFIGURATION.search(self._module_text(words))
        return found[1] if found else None

    def _module_text(self, words: list[str]) -> str:
        """Of `python -m MODULE`, as it is in the context."""
        if "-m" not in words[:-1] or self.dockerfile is None:
            return ""
        name = words[words.index("-m") + 1].replace(".", "/")
        for file in (f"{name}.py", f"{name}/__main__.py"):
            try:
                return (self.dockerfile.context / file).read_text()
            except (OSError, UnicodeDecodeError):
                continue
        return ""


def _is_shell_script(file: Path | None, first: str) -> bool:
    is_named = file is not None and file.suffix in {"", ".sh"} and not first.startswith("#!")
    return is_named or bool(re.match(r"#!.*\b(sh|bash|ash|dash)\b", first))
