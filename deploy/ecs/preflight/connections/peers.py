"""Whom containers call: what their variables say, and whether one of these services is meant."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from deploy.ecs.evaluator.symbols import NoValue, Symbol, Value
from deploy.ecs.graph import Container, Graph, Service, TaskDefinition
from deploy.ecs.graph.parts import Part
from deploy.ecs.graph.reading import is_hashable, parts_of

SUFFIX = re.compile(r"_(URL|URI|HOST|HOSTNAME|ENDPOINT|ADDR|ADDRESS)$")
# What an app tells others of itself, or listens at.
OWN = re.compile(
    r"(^|_)(ALLOWED|APP|BASE|BIND|CALLBACK|CANONICAL|CDN|CORS|CSRF|DOMAIN|EXTERNAL|FRONTEND|HEALTH"
    r"|HEALTHCHECK|HTTP|HTTPS|ISSUER|LISTEN|LOGIN|LOGOUT|MEDIA|ORIGIN|OWN|PROXY|PUBLIC|REDIRECT"
    r"|ROOT|SELF|SERVER|SITE|STATIC|SUCCESS|VIRTUAL|WEBSITE"
    r"|NEXT|NG|NUXT|REACT|VITE|VUE)(_|$)"  # which are for browsers
)
# What no app has inside itself.
DATA = re.compile(
    r"(^|_)(AMQP|BROKER|CACHE|DATABASE|DB|ELASTIC|ELASTICSEARCH|KAFKA|MEMCACHED|MONGO|MONGODB"
    r"|MYSQL|OPENSEARCH|PG|POSTGRES|POSTGRESQL|RABBITMQ|REDIS)(_|$)"
)
URL = re.compile(
    r"(?:[a-z]+:)*(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^@/\s]*@)?"
    r"(?P<host>\[[^\]]*\]|[^:/?#\s,@]+)(?::(?P<port>\d+))?",
    re.IGNORECASE,
)
PLAIN = re.compile(r"(?P<host>[^:/?#\s,@]+)(?::(?P<port>\d+))?")
PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "redis": 6379, "rediss": 6379,
         "amqp": 5672, "postgres": 5432, "postgresql": 5432, "mysql": 3306,
         "mongodb": 27017}  # fmt: skip
WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+(?![a-z])")
FILLERS = {"app", "api", "container", "definition", "ecs", "fargate", "service", "svc", "task"}
FIRST = 0xE000  # characters for private use stand for symbols


class Alphabet:
    """Strings with symbols in them as strings, a character for each symbol."""

    def __init__(self) -> None:
        self._characters: dict[object, str] = {}

    def written(self, value: Value) -> str | None:
        parts = parts_of(value)
        if parts is None or any(isinstance(each, NoValue) for each in parts):
            return None
        return "".join(each if isinstance(each, str) else self._character(each) for each in parts)

    def _character(self, symbol: Symbol) -> str:
        key = symbol if is_hashable(symbol) else id(symbol)
        return self._characters.setdefault(key, chr(FIRST + len(self._characters)))


def is_literal(written: str) -> bool:
    return all(ord(each) < FIRST for each in written)


@dataclass(frozen=True)
class Variable:
    """Of a container, whose value may be an address."""

    definition: TaskDefinition
    container: Container
    part: Part
    name: str
    written: str | None  # with a character for each symbol; None where it is not known

    @cached_property
    def _match(self) -> re.Match[str] | None:
        if self.written is None:
            return None
        found = URL.match(self.written.strip())
        return found or (PLAIN.fullmatch(self.written.strip()) if self.is_address else None)

    @property
    def is_address(self) -> bool:
        """By its name."""
        return SUFFIX.search(self.name.upper()) is not None

    @property
    def is_own(self) -> bool:
        return OWN.search(self.name.upper()) is not None

    @property
    def is_of_data(self) -> bool:
        return DATA.search(self.name.upper()) is not None

    @property
    def host(self) -> str | None:
        return self._match["host"].lower().rstrip(".") if self._match else None

    @property
    def scheme(self) -> str | None:
        return self._match.groupdict().get("scheme") if self._match else None

    @property
    def port(self) -> int | None:
        if self._match is None:
            return None
        written = self._match["port"]
        return int(written) if written else PORTS.get((self.scheme or "").lower())

    @property
    def told(self) -> str:
        """With a dot for each symbol."""
        shown = "".join(each if ord(each) < FIRST else "…" for each in self.written or "")
        return (
            f"{self.name} of the container {self.container.container_name} is {shown or 'empty'}."
        )

    @cached_property
    def peer(self) -> Service | None:
        """The service that it is named after, if that is another."""
        words = _words(SUFFIX.sub("", self.name.upper()).title())
        stem = words - FILLERS or words
        if not stem or stem <= _words_of(self.definition):
            return None
        services = self.definition.graph.all(Service)
        return next((each for each in services if stem <= _names_of(each)), None)


def variables(graph: Graph, alphabet: Alphabet) -> Iterator[Variable]:
    for definition in graph.all(TaskDefinition):
        for container in definition.containers:
            for part in container.parts(Part, "Environment"):
                name = part.text("Name")
                if name is not None and part.exists is container.exists:
                    written = alphabet.written(part.value("Value"))
                    if part.given("Value") is False:
                        written = ""
                    yield Variable(definition, container, part, name, written)


def users_of(definition: TaskDefinition) -> list[Service]:
    return [each for each in definition.graph.all(Service) if _runs(each, definition)]


def _runs(service: Service, definition: TaskDefinition) -> bool:
    link = service.task_definition
    return link is not None and link.node is definition


def _names_of(service: Service) -> set[str]:
    """Words of all its names."""
    found = _words(service.resource.logical_id) | _words(service.service_name)
    link = service.task_definition
    if link and link.node:
        found |= _words_of(link.node)
    return found | {word for each in service.registries if each.node
                    for word in _words(each.node.service_name)}  # fmt: skip


def _words_of(definition: TaskDefinition) -> set[str]:
    found = _words(definition.resource.logical_id) | _words(definition.family)
    if len(definition.graph.stacks) > 1:
        found |= _words(definition.resource.stack)
    for container in definition.containers:
        found |= _words(container.container_name)
    return found


def _words(value: object) -> set[str]:
    parts = parts_of(value) or ()
    written = [each for each in parts if isinstance(each, str)]
    return {word.lower() for each in written for word in WORD.findall(each)}
