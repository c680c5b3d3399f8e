"""Places in resources: a whole one, or a rule, a container or a statement in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from deploy.ecs.evaluator import Place, Resource
from deploy.ecs.evaluator.symbols import NO_VALUE, NoValue, Reference, Symbol, Value
from deploy.ecs.graph import reading
from deploy.ecs.graph.names import NAMES
from deploy.ecs.graph.reading import UNCLEAR, agreed, leaves, look_up
from deploy.ecs.graph.truth import Truth, all_of

if TYPE_CHECKING:
    from deploy.ecs.graph.graph import Graph, Physical

T = TypeVar("T")
Step = str | int


@dataclass(frozen=True)
class Listing(Generic[T]):
    """Not `complete`: there may be more than is known."""

    items: tuple[T, ...] = ()
    complete: bool = True

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> T:
        return self.items[index]


@dataclass(frozen=True, eq=False, repr=False)
class Part:
    """`body` is evaluated and stands at `at`; `exists` is None where a condition decides."""

    graph: "Graph"
    resource: Resource
    body: Value
    at: Place
    exists: Truth

    def __repr__(self) -> str:
        of = f"{self.resource.stack}/{self.resource.logical_id}"
        return f"<{type(self).__name__} of {of}, line {self.at.line}>"

    def raw(self, *path: Step) -> Value:
        """NO_VALUE where nothing is written."""
        return look_up(self.body, path)

    def value(self, *path: Step) -> Value:
        found = self.raw(*path)
        return None if found is UNCLEAR or isinstance(found, NoValue) else found

    def given(self, *path: Step) -> Truth:
        return reading.given(self.raw(*path))

    def text(self, *path: Step, default: str | None = None) -> str | None:
        return agreed(self.raw(*path), lambda leaf: _or(leaf, default, reading.text))

    def number(self, *path: Step, default: int | None = None) -> int | None:
        return agreed(self.raw(*path), lambda leaf: _or(leaf, default, reading.number))

    def flag(self, *path: Step, default: bool | None = None) -> bool | None:
        return agreed(self.raw(*path), lambda leaf: _or(leaf, default, reading.flag))

    def place(self, *path: Step) -> Place:
        """Of what is at `path` in it, or of the closest around it."""
        return _place(self.body, path, self.at)

    def elements(self, *path: Step) -> Listing["Element"]:
        return _elements(self.raw(*path), self.place(*path), self.exists)

    def values(self, *path: Step) -> Listing[Value]:
        found = self.elements(*path)
        complete = found.complete and all(each.exists is self.exists for each in found)
        return Listing(tuple(each.value for each in found if each.exists is self.exists), complete)

    def parts(self, kind: "type[P]", *path: Step) -> Listing["P"]:
        found = self.elements(*path)
        return Listing(tuple(self.part_at(kind, each) for each in found), found.complete)

    def part(self, kind: "type[P]", *path: Step) -> "P | None":
        """None where it is not written, or not known."""
        found = [each for each in leaves(self.raw(*path)) if not isinstance(each, NoValue)]
        if len(found) != 1 or not isinstance(found[0], dict):
            return None
        exists = all_of([self.exists, self.given(*path)])
        return self.part_at(kind, Element(found[0], self.place(*path), exists))

    def part_at(self, kind: "type[P]", element: "Element") -> "P":
        return kind(self.graph, self.resource, element.value, element.place, element.exists)

    def link(self, kind: "type[N]", *path: Step) -> "Link[N] | None":
        """None where it is not written, or not known whether."""
        value = self.value(*path)
        if value is None:
            return None
        exists = all_of([self.exists, self.given(*path)])
        return Link(value, self.graph.find(value, kind), self.place(*path), exists)

    def links(self, kind: "type[N]", *path: Step) -> Listing["Link[N]"]:
        found = self.elements(*path)
        return Listing(
            tuple(
                Link(each.value, self.graph.find(each.value, kind), each.place, each.exists)
                for each in found
            ),
            found.complete,
        )


class Node(Part):
    """A resource. Each is there once, so that nodes are compared by identity."""

    TYPES: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def of(cls, graph: "Graph", resource: Resource) -> Self:
        body = resource.attributes.get("Properties", NO_VALUE)
        body = {} if isinstance(body, NoValue) else body
        return cls(graph, resource, body, resource.place("Properties"), resource.exists)

    @property
    def reference(self) -> Reference:
        return Reference(self.resource.logical_id, self.resource.stack)

    @property
    def physical(self) -> "Physical | None":
        return self.graph.physical.get(self.reference)

    @property
    def id(self) -> Value:
        """What Ref of it gives."""
        return self.physical.id if self.physical else self.reference

    @property
    def name(self) -> Value:
        """As it is written; None where AWS makes one, or it is not known."""
        property_name = NAMES.get(self.resource.type)
        found = self.value(property_name) if property_name else None
        return found if isinstance(found, str | Symbol) else reading.text(found)

    @property
    def label(self) -> str:
        return f"{self.resource.stack}/{self.resource.logical_id}"

    @property
    def own_arn(self) -> Value:
        """As far as it is known, where it is not of the form that its type has."""
        return None

    def spellings(self) -> Iterator[Value]:
        """What means it, besides its attributes and ARN."""
        yield self.reference
        if self.name not in {None, ""}:
            yield self.name

    def companions(self) -> Iterator["Node"]:
        """What AWS makes with it."""
        return iter(())


P = TypeVar("P", bound=Part)
N = TypeVar("N", bound=Node)


@dataclass(frozen=True)
class Link(Generic[N]):
    """A value that means a resource; `node` is None where it is none of these stacks, or not known
    which."""

    value: Value
    node: N | None
    place: Place
    exists: Truth = True


def is_meant(node: Node, link: Link[N] | None) -> Truth:
    """Whether the link is to that node."""
    if link is None:
        return None
    return node.graph.same(node, link.node or link.value, type(node))


@dataclass(frozen=True)
class Element:
    value: Value
    place: Place
    exists: Truth


def _or(leaf: Value, default: T | None, read: Any) -> T | None:
    found: T | None = default if isinstance(leaf, NoValue) else read(leaf)
    return found


def _place(value: Value, path: tuple[Step, ...], found: Place) -> Place:
    for step in path:
        try:
            found, value = value.places[step], value[step]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return found


def _elements(value: Value, place: Place, exists: Truth) -> Listing[Element]:
    """Those of all branches, since each may be there."""
    if isinstance(value, NoValue):
        return Listing()
    if not isinstance(value, list):
        branches = [each for each in leaves(value) if isinstance(each, list | NoValue)]
        found = [_elements(each, place, None) for each in branches]
        complete = branches != [] and len(branches) == len(list(leaves(value)))
        items = (element for each in found for element in each)
        return Listing(tuple(items), complete and all(each.complete for each in found))
    elements = []
    for index, each in enumerate(value):
        choices = list(leaves(each))
        at = _place(value, (index,), place)
        elements += [
            Element(leaf, getattr(leaf, "place", at), exists if len(choices) == 1 else None)
            for leaf in choices
            if not isinstance(leaf, NoValue)
        ]
    return Listing(tuple(elements), True)
