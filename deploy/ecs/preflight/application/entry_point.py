"""I10: an entry point that cannot be started."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from deploy.ecs.preflight.application.dockerfile import Dockerfile
from deploy.ecs.preflight.application.starting import Piece, Starting
from deploy.ecs.preflight.application.told import Spot
from deploy.ecs.preflight.finding import Finding, Severity

FAILED = "OCI runtime create failed: runc create failed: unable to start container process: exec: "


def entry_point(starting: Starting) -> Iterator[Finding]:
    program = starting.program
    if program is None or starting.dockerfile is None or starting.contents is None:
        return
    name, piece = program
    if "$" in name or not ("/" in name or name.endswith(".sh")) or piece.is_for_shell:
        return
    copied = starting.copied
    if copied is None and "/" not in name and not starting.is_by_shell:
        yield from _not_on_path(starting, piece, name)
    elif copied is None:
        if _is_nowhere(starting.dockerfile, name):
            yield _absent(starting, piece, name, "no COPY brings it into the image")
    elif copied.source is None:
        if not _is_made(starting.dockerfile, name):
            source = " ".join(copied.by.arguments[:-1])
            reason = f"what COPY {source} takes from the context does not have it"
            yield _absent(starting, piece, name, reason)
    else:
        yield from _of_file(starting, piece, name, copied.source)


def _not_on_path(starting: Starting, piece: Piece, name: str) -> Iterator[Finding]:
    here = starting.contents.find(name) if starting.contents else None
    if starting.dockerfile and here and here.source and not _is_made(starting.dockerfile, name):
        reason = "a name without a slash is looked up in PATH, and the working folder is not in it"
        seen = "executable file not found in $PATH"
        yield _broken(starting, piece, name, reason, seen, f"Write ./{name}.")


def _is_nowhere(dockerfile: Dockerfile, name: str) -> bool:
    """A script of one's own: programs may be the base's or another stage's."""
    is_own = name.endswith((".sh", ".py")) or name.startswith("./")
    others = any("from" in each.flags for each in dockerfile.all("COPY"))
    return is_own and not others and dockerfile.base is not None and not _is_made(dockerfile, name)


def _is_made(dockerfile: Dockerfile, name: str) -> bool:
    last = name.rpartition("/")[2]
    return any(last in each.value for each in dockerfile.all("RUN", "ADD"))


def _of_file(starting: Starting, piece: Piece, name: str, file: Path) -> Iterator[Finding]:
    try:
        start = file.read_bytes()[:4096]
        mode = file.stat().st_mode
    except OSError:
        return
    changed = _changes(starting.dockerfile, name)
    if (
        b"\r\n" in start.partition(b"\n\n")[0][:1024]
        and start[:2] == b"#!"
        and not re.search(r"dos2unix|\\r", changed)
    ):
        yield _broken(
            starting,
            piece,
            name,
            "its lines end in CRLF, as of Windows, so that the "
            "interpreter's name ends in a carriage return",
            "no such file or directory",
            f"Store {name} with LF, such as by a line '*.sh text eol=lf' in .gitattributes.",
        )
    elif starting.is_by_shell:
        return
    elif start[:2] != b"#!" and start[:4] != b"\x7fELF":
        yield _broken(
            starting,
            piece,
            name,
            "its first line names no interpreter (#!)",
            "exec format error",
            f"Begin {name} with #!/bin/sh.",
        )
    elif not mode & 0o111 and os.name == "posix" and "chmod" not in changed:
        yield _broken(
            starting,
            piece,
            name,
            f"it may not be executed: its mode is {mode & 0o777:o}",
            "permission denied",
            f"Run chmod +x on {name} and commit that, or COPY it with --chmod=755.",
        )


def _changes(dockerfile: Dockerfile | None, name: str) -> str:
    """What the Dockerfile does to the file."""
    last = name.rpartition("/")[2]
    found = []
    for each in dockerfile.final if dockerfile else ():
        if each.name == "RUN" and (last in each.value or "chmod -R" in each.value):
            found.append(each.value)
        elif each.name in {"COPY", "ADD"} and "chmod" in each.flags:
            found.append("chmod")
    return "\n".join(found)


def _spot(starting: Starting, piece: Piece) -> Spot:
    """The Dockerfile's line, else the property of the container."""
    if piece.instruction and starting.dockerfile:
        return Spot(starting.dockerfile.path, piece.instruction.line, piece.instruction.name)
    place = starting.container.place(piece.property or "Command")
    return Spot(place.file, place.line, piece.property or "Command")


def _absent(starting: Starting, piece: Piece, name: str, reason: str) -> Finding:
    return _spot(starting, piece).tell(
        Severity.ERROR,
        "I10",
        why=[f"The container starts with {name}.", f"The image has no such file: {reason}."],
        message=f'{FAILED}"{name}": stat {name}: no such file or directory',
        cure=f"COPY {name.rpartition('/')[2]} to {name}, or name the file that is there.",
    )


def _broken(starting: Starting, piece: Piece, name: str, reason: str, *rest: str) -> Finding:
    seen, cure = rest
    is_early = "denied" in seen or "PATH" in seen
    return _spot(starting, piece).tell(
        Severity.ERROR,
        "I10",
        why=[f"The container starts with {name}.", f"It cannot be started: {reason}."],
        message=f'{FAILED}"{name}": {seen}' if is_early else f"exec {name}: {seen}",
        cure=cure,
    )
