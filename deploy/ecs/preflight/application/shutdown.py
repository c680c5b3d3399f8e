"""C04: SIGTERM has to reach the server, and a shell does not pass it on."""

import re
from collections.abc import Iterator
from pathlib import Path

from deploy.ecs.preflight.application.starting import SHELLS, Piece, Starting
from deploy.ecs.preflight.application.subjects import Subject
from deploy.ecs.preflight.application.told import Spot
from deploy.ecs.preflight.finding import Finding, Severity, warning

PASSES_ON = re.compile(r"(^|[;&|\s])(exec|trap|tini|dumb-init|gosu|su-exec)\b")


def shutdown(subject: Subject, starting: Starting) -> Iterator[Finding]:
    if subject.container.has_init_process is not False:
        return
    for piece in starting.pieces:
        written = _for_shell(piece, starting.pieces[-1])
        if written is not None and not PASSES_ON.search(written):
            yield _swallowed(subject, starting, piece, written)
            return
    lines = [each for each in starting.script_lines if not each.lstrip().startswith("#")]
    if starting.script and lines and not any(PASSES_ON.search(each) for each in lines):
        yield _by_script(starting.script, _last(starting.script_lines))


def _for_shell(piece: Piece, command: Piece) -> str | None:
    """What a shell is given to run: by itself, or by the command behind it."""
    words = list(piece.words)
    if len(words) < 2 or not words[0] or words[0].rpartition("/")[2] not in SHELLS:
        return None
    words += command.words if piece is not command else ()
    return words[2] if words[1] == "-c" and len(words) > 2 else None


def _last(lines: list[str]) -> int:
    numbers = [number for number, each in enumerate(lines, 1) if each.strip()[:1] not in {"", "#"}]
    return numbers[-1] if numbers else 1


def _swallowed(subject: Subject, starting: Starting, piece: Piece, written: str) -> Finding:
    why = [
        f"A shell is process 1 of the container {subject.name}: it runs {written!r}.",
        "ECS sends SIGTERM to process 1, and a shell does not pass it on to what it has started.",
    ]
    message = "Each stop takes StopTimeout and ends with exit code 137; requests are dropped."
    if piece.instruction and starting.dockerfile:
        name, line = piece.instruction.name, piece.instruction.line
        cure = f'Write {name} as a list, {name} ["program", "option"], or put exec before it.'
        spot = Spot(starting.dockerfile.path, line, name)
        return spot.tell(Severity.WARNING, "C04", why=why, message=message, cure=cure)
    cure = "Put exec before the server, or set LinuxParameters.InitProcessEnabled."
    return warning(
        "C04", subject.container, piece.property or "Command", why=why, message=message, cure=cure
    )


def _by_script(file: Path, line: int) -> Finding:
    return Spot(file, line, "exec").tell(
        Severity.WARNING,
        "C04",
        why=[
            f"The entry point is {file.name}, whose shell stays process 1: it starts nothing with "
            "exec.",
            "ECS sends SIGTERM to process 1, and a shell does not pass it on to what it has "
            "started.",
        ],
        message="Each stop takes StopTimeout and ends with exit code 137; requests are dropped.",
        cure=f'Start the server in {file.name} with exec, such as exec "$@".',
    )
