"""A tree of fields to keep, to drop or to compute, carried out on documents."""

from typing import Any

from .bson_types import MISSING, Document
from .errors import CommandError
from .expressions import Expression

PATH_COLLISION = 31250


class Tree:
    """Marked fields are those kept by included() or dropped by excluded()."""

    def __init__(self) -> None:
        self.marked: set[str] = set()
        self.computed: dict[str, Expression] = {}
        self.children: dict[str, Tree] = {}

    def mark(self, path: str) -> None:
        tree, name = self.place(path)
        tree.marked.add(name)

    def unmark(self, path: str) -> None:
        self.marked.discard(path)

    def compute(self, path: str, expression: Expression) -> None:
        tree, name = self.place(path)
        tree.computed[name] = expression

    def place(self, path: str) -> tuple["Tree", str]:
        tree = self
        *parents, name = path.split(".")
        for part in parents:
            if part in tree.marked or part in tree.computed:
                raise CommandError(PATH_COLLISION, f"Path collision at {path}")
            tree = tree.children.setdefault(part, Tree())
        if name in tree.children or name in tree.computed or name in tree.marked:
            raise CommandError(PATH_COLLISION, f"Path collision at {path}")
        return tree, name

    def computes(self) -> bool:
        return bool(self.computed) or any(child.computes() for child in self.children.values())

    def included(self, value: Any, root: Document) -> Any:
        """Only what is marked, in the document's order, and then what is computed."""
        if isinstance(value, list):
            found = (self.included(element, root) for element in value)
            return [element for element in found if element is not MISSING]
        if not isinstance(value, dict):
            return self.added({}, root) if self.computes() else MISSING
        kept = {name: item for name, item in value.items() if name in self.marked}
        if self.children:
            kept = {
                name: item
                for name in value
                if (item := self.included_field(name, value[name], root)) is not MISSING
            }
        return self.with_computed(kept, root) if self.computed or self.children else kept

    def included_field(self, name: str, item: Any, root: Document) -> Any:
        if name in self.marked:
            return item
        child = self.children.get(name)
        return MISSING if child is None else child.included(item, root)

    def with_computed(self, kept: Document, root: Document) -> Document:
        """Besides the fields themselves, the documents that do not exist yet to hold them."""
        for name, child in self.children.items():
            if name not in kept and child.computes():
                kept[name] = child.added({}, root)
        for name, expression in self.computed.items():
            value = expression(root, {})
            if value is not MISSING:
                kept[name] = value
        return kept

    def added(self, value: Any, root: Document) -> Any:
        """Everything, with what is computed in its place or at the end."""
        if isinstance(value, list):
            return [self.added(element, root) for element in value]
        changed = dict(value) if isinstance(value, dict) else {}
        for name, child in self.children.items():
            changed[name] = child.added(changed.get(name), root)
        for name, expression in self.computed.items():
            item = expression(root, {})
            if item is MISSING:
                changed.pop(name, None)
            else:
                changed[name] = item
        return changed

    def excluded(self, value: Any) -> Any:
        """Everything but what is marked."""
        if isinstance(value, list):
            return [self.excluded(element) for element in value]
        if not isinstance(value, dict):
            return value
        return {
            name: self.children[name].excluded(item) if name in self.children else item
            for name, item in value.items()
            if name not in self.marked
        }
