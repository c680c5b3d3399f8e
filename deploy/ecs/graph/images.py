"""What an image's name says.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from deploy.ecs.evaluator.symbols import Attribute, Symbol, Value
from deploy.ecs.evaluator.values import RefusedError, joined
from deploy.ecs.graph.names import fields
from deploy.ecs.graph.reading import parts_of
from deploy.ecs.graph.storage import Repository

if TYPE_CHECKING:
    from deploy.ecs.graph.graph import Graph

ECR = re.compile(r"([^.]+)\.dkr[.-]ecr(?:-fips)?\.([^.]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)")
HOLE = "\0"  # stands for a symbol


@dataclass(frozen=True)
class Image:
    graph: "Graph"
    written: Value

    @cached_property
    def _pieces(self) -> tuple[Value, Value, Value, Value]:
        """Registry, repository, tag, digest."""
        parts = parts_of(self.written)
        if parts is None or (len(parts) == 1 and isinstance(parts[0], Symbol)):
            return None, None, None, None
        path, digest = _split(self.written, "@")
        registry, repository = self._registry(path)
        repository, tag = _split(repository, ":")
        if tag is None and digest is None and not isinstance(parts[-1], Symbol):
            tag = "latest"
        return registry, repository, tag, digest

    def _registry(self, path: Value) -> tuple[Value, Value]:
        first, *_ = parts_of(path) or ("",)
        if isinstance(first, Attribute) and first.name == "RepositoryUri":
            return None, path
        found = fields(path, "/", 1) or [path]
        if len(found) == 2 and _is_registry(found[0]):
            return found[0], found[1]
        if isinstance(first, Symbol):  # which may have a registry in it
            return None, path
        return "docker.io", path

    @property
    def registry(self) -> Value:
        return self._pieces[0]

    @property
    def repository(self) -> Value:
        return self._pieces[1]

    @property
    def tag(self) -> Value:
        """None where there is a digest alone, or it is not known."""
        return self._pieces[2]

    @property
    def digest(self) -> Value:
        return self._pieces[3]

    @property
    def kind(self) -> str | None:
        """ "ecr", "ecr public", "docker hub" or "other"."""
        if self.node is not None:
            return "ecr"
        parts = parts_of(self.registry)
        if parts is None:
            return None
        written = "".join(each if isinstance(each, str) else HOLE for each in parts)
        if ECR.fullmatch(written):
            return "ecr"
        known = {"public.ecr.aws": "ecr public", "docker.io": "docker hub"}
        return known.get(written, None if HOLE in written else "other")

    @property
    def account(self) -> str | None:
        return self._of_ecr(1)

    @property
    def region(self) -> str | None:
        return self._of_ecr(2)

    def _of_ecr(self, group: int) -> str | None:
        found = ECR.fullmatch(self.registry) if isinstance(self.registry, str) else None
        return found[group] if found else None

    @cached_property
    def node(self) -> Repository | None:
        first, *_ = parts_of(self.repository) or ("",)
        if isinstance(first, Attribute) and first.name == "RepositoryUri":
            return self.graph.find(first, Repository)
        parts = parts_of(self.registry) or ("",)
        is_ecr = any(isinstance(each, str) and ".dkr.ecr." in each for each in parts)
        return self.graph.find(self.repository, Repository) if is_ecr else None


def _is_registry(value: Value) -> bool:
    parts = parts_of(value) or ()
    written = "".join(each if isinstance(each, str) else HOLE for each in parts)
    return "." in written or ":" in written or written == "localhost"


def _split(value: Value, mark: str) -> tuple[Value, Value]:
    found = fields(value, mark, 99) or [value]
    if len(found) == 1:
        return value, None
    try:
        rest = [each for one in found[:-1] for each in (mark, one)]
        return joined(rest[1:]), found[-1]
    except RefusedError:
        return value, None
