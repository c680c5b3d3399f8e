"""C07: migrations that each task runs when it starts."""

import re
from collections.abc import Iterator

from deploy.ecs.graph import Service
from deploy.ecs.preflight.application.starting import Piece, Starting
from deploy.ecs.preflight.application.subjects import Subject
from deploy.ecs.preflight.application.told import Spot
from deploy.ecs.preflight.balancing.fed import called
from deploy.ecs.preflight.finding import Finding, Severity, warning

MIGRATES = re.compile(
    r"manage\.py\s+migrate|django-admin\s+migrate|django\s+migrate|alembic\s+\S*\s*upgrade"
    r"|flask\s+db\s+upgrade|\bdb:migrate\b|prisma\s+migrate\s+deploy|knex\s+migrate"
)
OPENS = re.compile(r"^(if|case|while|until)\b")
CLOSES = re.compile(r"^(fi|esac|done)\b")
MESSAGE = "Two migrations run at once: relation already exists, deadlock detected, or a lock"
CURE = "Run migrations as a task of their own before the service is updated, not in each start."


def migrations(subject: Subject, starting: Starting) -> Iterator[Finding]:
    count = _tasks(subject.service)
    if count is None or count < 2:
        return
    why = f"{called(subject.service)} runs up to {count} tasks, each of which starts with that."
    for piece in starting.pieces:
        written = " ".join(each or "" for each in piece.words)
        if found := MIGRATES.search(written):
            yield _in_piece(subject, starting, piece, [_told(subject, found[0]), why])
            return
    for line, written in _in_script(starting.script_lines):
        if starting.script is None:
            return
        yield Spot(starting.script, line, "migrate").tell(
            Severity.WARNING, "C07", why=[_told(subject, written), why], message=MESSAGE, cure=CURE
        )
        return


def _tasks(service: Service) -> int | None:
    scaling = service.scaling
    counts = [service.desired_count, scaling.maximum if scaling else None]
    return max((each for each in counts if each is not None), default=None)


def _told(subject: Subject, found: str) -> str:
    return f"The container {subject.name} runs {' '.join(found.split())!r} when it starts."


def _in_script(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Not where a condition decides: that may be one of a single task."""
    depth = 0
    for number, line in enumerate((each.strip() for each in lines), 1):
        depth += bool(OPENS.match(line)) - bool(CLOSES.match(line))
        found = MIGRATES.search(line)
        if found and depth == 0 and not line.startswith("#") and "fi" not in line.split():
            yield number, found[0]


def _in_piece(subject: Subject, starting: Starting, piece: Piece, why: list[str]) -> Finding:
    if piece.instruction and starting.dockerfile:
        spot = Spot(starting.dockerfile.path, piece.instruction.line, piece.instruction.name)
        return spot.tell(Severity.WARNING, "C07", why=why, message=MESSAGE, cure=CURE)
    return warning(
        "C07", subject.container, piece.property or "Command", why=why, message=MESSAGE, cure=CURE
    )
