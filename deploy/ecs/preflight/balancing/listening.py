"""Where a server listens and how long it keeps connections, by the words it is started with.

The defaults are those of the programs' own documentation.
"""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph import Container
from deploy.ecs.graph.reading import text

EVERYWHERE = "*"
BETWEEN = {"&&", "||", ";", "|", "&"}
VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})")
LOOPBACK = re.compile(r"127\.\d+\.\d+\.\d+|localhost|\[?::1\]?", re.IGNORECASE)
# What stands before a program; any other word makes it a mere argument.
BEFORE = re.compile(
    r"exec|-c|-m|run|--|\w+=.*|.*/?(manage\.py|django-admin|python[\d.]*|tini|dumb-init|nohup"
    r"|opentelemetry-instrument|ddtrace-run|run-program|entrypoint\S*|\S+\.sh)"
)
# Of gunicorn those that close a connection after each answer.
WITHOUT_KEEP_ALIVE = {"sync"}


@dataclass(frozen=True)
class Server:
    """`bind` are options with both, as 0.0.0.0:8000. Without a default host it is a
    configuration file that may say it."""

    bind: tuple[str, ...] = ()
    host: tuple[str, ...] = ()
    port: tuple[str, ...] = ()
    default: tuple[str | None, int | None] = (None, None)
    keep_alive: tuple[str, ...] = ()
    keeps: int | None = None  # seconds


SERVERS = {
    "gunicorn": Server(bind=("-b", "--bind"), keep_alive=("--keep-alive",), keeps=2),
    "uvicorn": Server(
        host=("--host",),
        port=("--port",),
        default=("127.0.0.1", 8000),
        keep_alive=("--timeout-keep-alive",),
        keeps=5,
    ),
    "hypercorn": Server(bind=("-b", "--bind"), keep_alive=("--keep-alive",), keeps=5),
    "daphne": Server(host=("-b", "--bind"), port=("-p", "--port"), default=("127.0.0.1", 8000)),
    "waitress-serve": Server(
        bind=("--listen",), host=("--host",), port=("--port",), default=(EVERYWHERE, 8080)
    ),
    "flask": Server(host=("-h", "--host"), port=("-p", "--port"), default=("127.0.0.1", 5000)),
    "runserver": Server(default=("127.0.0.1", 8000)),
}
SETTINGS = {
    "uvicorn": ("UVICORN_HOST", "UVICORN_PORT"),
    "flask": ("FLASK_RUN_HOST", "FLASK_RUN_PORT"),
}


@dataclass(frozen=True)
class Start:
    """A server with its options. None among the words: not known."""

    program: str
    words: tuple[str | None, ...]
    variables: Mapping[str, str | None]
    has_all_variables: bool

    @property
    def server(self) -> Server:
        return SERVERS[self.program]

    def addresses(self) -> list[tuple[str | None, int | None]]:
        """Empty where it is not known."""
        if self.program == "runserver":
            return [_of_runserver(self.words)]
        if bound := self.options(self.server.bind):
            return [address(each) for each in bound]
        host, port = self._setting(0), self._setting(1)
        return [] if host is None and port is None else [(host, _number(port))]

    def _setting(self, index: int) -> str | None:
        """The host (0) or the port (1)."""
        options = (self.server.host, self.server.port)[index]
        if given := self.options(options):
            return given[-1]
        variable = SETTINGS.get(self.program, ("", ""))[index]
        if variable in self.variables:
            return self.variables[variable]
        is_open = None in self.words or (variable != "" and not self.has_all_variables)
        default = self.server.default[index]
        return None if is_open or default is None else str(default)

    def options(self, names: Sequence[str]) -> list[str | None]:
        """What is behind them: -b X, -bX, --bind X and --bind=X."""
        return list(_options(self.words, names))

    def keep_alive(self) -> tuple[int | None, bool]:
        """Seconds, and whether it is said; None where connections are not kept, or not known."""
        if given := self.options(self.server.keep_alive):
            return (_number(given[-1]) if self._keeps() else None), True
        is_open = None in self.words or not self._keeps() or self._has_configuration
        return (None if is_open else self.server.keeps), False

    @property
    def _has_configuration(self) -> bool:
        return bool(self.options(("-c", "--config"))) or (
            self.program == "gunicorn" and not self.has_all_variables
        )

    def _keeps(self) -> bool:
        if self.program != "gunicorn":
            return True
        kind = (self.options(("-k", "--worker-class")) or ["sync"])[-1]
        threads = _number((self.options(("--threads",)) or ["1"])[-1])
        return kind not in WITHOUT_KEEP_ALIVE or (threads or 1) > 1


def start_of(container: Container) -> Start | None:
    """As the task definition says; None where it leaves that to the image."""
    if not (container.entry_point.complete and container.command.complete):
        return None
    variables = {name: text(value) for name, value in container.environment.items()}
    words = [*container.entry_point, *container.command]
    return start_in(words, variables, container.environment_complete)


def start_in(
    values: Sequence[Value], variables: Mapping[str, str | None], has_all: bool
) -> Start | None:
    words = [word for value in values for word in _words(text(value), variables)]
    found = _server(words)
    if found is None:
        return None
    program, own = found
    if program == "gunicorn":
        more = variables.get("GUNICORN_CMD_ARGS", "")
        own = [*(_words(more, variables) if "GUNICORN_CMD_ARGS" in variables else ()), *own]
    return Start(program, tuple(own), variables, has_all)


def is_loopback(host: str | None) -> bool:
    return bool(host and LOOPBACK.fullmatch(host))


def _words(written: str | None, variables: Mapping[str, str | None]) -> list[str | None]:
    if written is None:
        return [None]
    try:
        pieces = shlex.split(written)
    except ValueError:
        pieces = written.split()
    return [_expanded(each, variables) for each in pieces]


def _expanded(word: str, variables: Mapping[str, str | None]) -> str | None:
    for found in VARIABLE.finditer(word):
        value = variables.get(found[1] or found[2], found[3])
        if value is None:
            return None
        word = word.replace(found[0], value)
    return word


def _server(words: Sequence[str | None]) -> tuple[str, list[str | None]] | None:
    """The last one, with what stands behind it."""
    for index in reversed(range(len(words))):
        word = words[index]
        name = word.rpartition("/")[2] if word else ""
        if not _is_run(words[index - 1] if index else ";"):
            continue
        if name in SERVERS and not (name == "flask" and "run" not in words[index:]):
            return name, list(_until_next(words[index + 1 :]))
    return None


def _is_run(before: str | None) -> bool:
    return before in BETWEEN or bool(before and BEFORE.fullmatch(before))


def _until_next(words: Sequence[str | None]) -> Iterator[str | None]:
    for word in words:
        if word in BETWEEN:
            return
        yield word


def _options(words: Sequence[str | None], names: Sequence[str]) -> Iterator[str | None]:
    for word, following in zip(words, [*words[1:], None], strict=False):
        for name in names if word else ():
            if word == name:
                yield following
            elif name.startswith("--") and word and word.startswith(f"{name}="):
                yield word.partition("=")[2]
            elif not name.startswith("--") and word and word.startswith(name):
                yield word[len(name) :]


def address(bound: str | None) -> tuple[str | None, int | None]:
    """0.0.0.0:8000, [::]:8000, :8000 and 8000."""
    if bound is None or bound.startswith(("unix:", "fd:")):
        return None, None
    host, _, port = bound.removeprefix("http://").rpartition(":")
    return host or EVERYWHERE, _number(port)


def _of_runserver(words: Sequence[str | None]) -> tuple[str | None, int | None]:
    given = [each for each in words if each is None or not each.startswith("-")]
    if not given:
        return SERVERS["runserver"].default
    if given[0] is None:
        return None, None
    return address(given[0]) if ":" in given[0] else ("127.0.0.1", _number(given[0]))


def _number(written: str | None) -> int | None:
    return int(written) if written and written.isdecimal() else None
