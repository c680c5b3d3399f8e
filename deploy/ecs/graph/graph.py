"""The resources of evaluated stacks, and what their properties mean to each other."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self, overload

from deploy.ecs.evaluator import Environment, Stack
from deploy.ecs.evaluator.symbols import Attribute, Choice, Reference, Symbol, Unknown, Value
from deploy.ecs.evaluator.values import symbols_in
from deploy.ecs.graph.arns import arn
from deploy.ecs.graph.names import fields, identifies
from deploy.ecs.graph.parts import N, Node
from deploy.ecs.graph.reading import agreed, is_hashable, leaves, parts_of, text
from deploy.ecs.graph.truth import Truth

HOST = re.compile(r"[A-Za-z0-9.-]+")


@dataclass(frozen=True)
class Physical:
    """What a resource has become: what Ref gives, and GetAtt by the attributes' names."""

    id: str
    attributes: Mapping[str, Value] = field(default_factory=dict)


class Graph:
    def __init__(
        self,
        stacks: Sequence[Stack],
        physical: Mapping[Reference, Physical],
        kinds: Mapping[str, type[Node]],
    ) -> None:
        self.stacks = tuple(stacks)
        self.physical = physical
        self._kinds = kinds

    @classmethod
    def of(
        cls, stacks: Sequence[Stack], physical: Mapping[Reference, Physical] | None = None
    ) -> Self:
        """`physical` tells what a resource is in a stack that got its id as a parameter."""
        return cls(stacks, physical or {}, _kinds())

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        own = [
            self._kinds.get(each.type, Node).of(self, each)
            for stack in self.stacks
            for each in stack.resources.values()
        ]
        return (*own, *(companion for node in own for companion in node.companions()))

    def all(self, kind: type[N]) -> tuple[N, ...]:
        if kind not in self._by_kind:
            self._by_kind[kind] = tuple(each for each in self.nodes if isinstance(each, kind))
        return self._by_kind[kind]

    @cached_property
    def _by_kind(self) -> dict[type[Node], tuple[Any, ...]]:
        return {}

    def node(self, stack: str, logical_id: str) -> Node | None:
        return _only(self._spelled(Reference(logical_id, stack)))

    @overload
    def find(self, value: Value) -> Node | None: ...
    @overload
    def find(self, value: Value, kind: type[N]) -> N | None: ...
    def find(self, value: Value, kind: Any = Node) -> Any:
        """The resource that a value means; None where that is not known, or none of these."""

        def read(leaf: Value) -> Node | None:
            return _only([each for each in self._meant(leaf) if isinstance(each, kind)])

        return agreed(value, read)

    def mentioned(self, value: Value, kind: type[N]) -> tuple[N, ...]:
        """Those that a longer string means in places, such as the host of a URL."""
        found = (self.find(each, kind) for each in _words(value))
        return tuple(dict.fromkeys(each for each in found if each is not None))

    def same(self, left: Value, right: Value, kind: type[Node] = Node) -> Truth:
        """Whether two values, or nodes, mean one thing."""
        one, other = self._identity(left, kind), self._identity(right, kind)
        if isinstance(one, Node) and isinstance(other, Node):
            return one is other
        if isinstance(one, Node) or isinstance(other, Node):
            return _is_other(one, other)
        if one == other and one is not None and _is_settled(one):
            return True
        return False if _are_literals_of_a_kind(one, other) else None

    def environment(self, stack: str) -> Environment:
        return self._environments.get(stack, Environment())

    @cached_property
    def _environments(self) -> dict[str, Environment]:
        return {each.name: each.environment for each in self.stacks}

    def _identity(self, value: Value, kind: type[Node]) -> Value:
        if isinstance(value, Node):
            return value
        return self.find(value, kind) or (value if isinstance(value, Symbol) else text(value))

    @cached_property
    def _index(self) -> Mapping[Value, list[Node]]:
        index: dict[Value, list[Node]] = defaultdict(list)
        for node in self.nodes:
            for spelling in {each for each in self._spellings(node) if is_hashable(each)}:
                index[spelling].append(node)
        return index

    def _spellings(self, node: Node) -> Iterator[Value]:
        yield from node.spellings()
        if node.physical and node.reference in node.spellings():
            yield node.physical.id
            for name, value in node.physical.attributes.items():
                if identifies(node.resource.type, name):
                    yield value

    def _spelled(self, value: Value) -> list[Node]:
        return self._index.get(value, []) if is_hashable(value) else []

    def _meant(self, value: Value) -> list[Node]:
        if isinstance(value, Node):
            return [value]
        if isinstance(value, Choice):
            return []
        if found := self._spelled(value if isinstance(value, Symbol) else text(value)):
            return found
        if isinstance(value, Attribute):
            owners = self._spelled(Reference(value.logical_id, value.stack))
            return [each for each in owners if identifies(each.resource.type, value.name)]
        return list(self._by_arn(value))

    def _by_arn(self, value: Value) -> Iterator[Node]:
        parsed = arn(value)
        if parsed is None:
            yield from self._by_revision(value)
        found: dict[Node, None] = {}
        for kind, name in parsed.names() if parsed else ():
            for node in self._spelled(name) or self._meant_by_attribute(name):
                if node.resource.type == kind and self._is_in(node, parsed.region, parsed.account):  # type: ignore[union-attr]
                    found[node] = None
        yield from found

    def _by_revision(self, value: Value) -> Iterator[Node]:
        """A task definition as family:revision."""
        family, *revision = fields(value, ":", 1) or [value]
        if revision and str(revision[0]).isdigit():
            kind = "AWS::ECS::TaskDefinition"
            yield from (each for each in self._spelled(family) if each.resource.type == kind)

    def _meant_by_attribute(self, name: Value) -> list[Node]:
        return self._meant(name) if isinstance(name, Attribute) else []

    def _is_in(self, node: Node, region: Value, account: Value) -> bool:
        environment = self.environment(node.resource.stack)
        pairs = ((region, environment.region), (account, environment.account))
        return not any(
            isinstance(one, str) and one not in {"", "*"} and other is not None and one != other
            for one, other in pairs
        )


def _words(value: Value) -> Iterator[Value]:
    """Symbols and host names, since any other word may be there by chance."""
    for leaf in leaves(value):
        for part in parts_of(leaf) or ():
            if isinstance(part, str):
                yield from (each for each in HOST.findall(part) if "." in each)
            else:
                yield part


def _kinds() -> dict[str, type[Node]]:
    found: dict[str, type[Node]] = {}
    pending: list[type[Node]] = [Node]
    while pending:
        kind = pending.pop()
        found |= dict.fromkeys(kind.TYPES, kind)
        pending += kind.__subclasses__()
    return found


def _only(nodes: list[N]) -> N | None:
    return nodes[0] if len(nodes) == 1 else None


def _is_other(one: Value, other: Value) -> Truth:
    """Of a node and a value that does not mean it: they differ where its id is known."""
    node, value = (one, other) if isinstance(one, Node) else (other, one)
    known = node.physical.id if node.physical else None
    return False if _are_literals_of_a_kind(known, value) else None


def _are_literals_of_a_kind(one: Value, other: Value) -> bool:
    """Two names, or two ARNs, or two ids that AWS made: what they mean differs as they do."""
    if not isinstance(one, str) or not isinstance(other, str) or one == other:
        return False
    return one.startswith("arn:") == other.startswith("arn:")


def _is_settled(value: Value) -> bool:
    """Conditions of one name may differ between stacks."""
    return not any(isinstance(each, Choice | Unknown) for each in symbols_in(value))
