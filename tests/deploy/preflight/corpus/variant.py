"""A good template with one fault in it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.deploy.preflight.corpus.bases import BASES

Edit = Callable[[str], str]


@dataclass(frozen=True)
class Variant:
    """`id` is that of the catalogue which has to be named, in `base` after `edits`."""

    id: str
    base: str
    what: str
    edits: tuple[Edit, ...]

    def __str__(self) -> str:
        return f"{self.id} {self.base}: {self.what}"

    @property
    def template(self) -> str:
        text = BASES[self.base]
        for edit in self.edits:
            text = edit(text)
        return text


def fault(id: str, bases: str, what: str, *edits: Edit) -> list[Variant]:
    """The same in each of the bases, which are named with spaces between."""
    return [Variant(id, each, what, edits) for each in bases.split()]


def swap(old: str, new: str) -> Edit:
    """What stands there once."""

    def edit(text: str) -> str:
        assert text.count(old) == 1, f"{text.count(old)} times: {old}"
        return text.replace(old, new)

    return edit


def without(*resources: str) -> Edit:
    """And nothing waits for them."""

    def edit(text: str) -> str:
        for each in resources:
            text, count = re.subn(rf"(?m)^  {each}:\n(    .*\n|\n)+", "", text)
            assert count == 1, each
        return text

    return edit


def within(resource: str, old: str, new: str) -> Edit:
    """What stands once in that resource."""

    def edit(text: str) -> str:
        found = re.search(rf"(?m)^  {resource}:\n(    .*\n|\n)+", text)
        assert found, resource
        block = found[0]
        assert block.count(old) == 1, f"{block.count(old)} times in {resource}: {old}"
        return text.replace(block, block.replace(old, new))

    return edit


def more(resources: str) -> Edit:
    return lambda text: f"{text.rstrip()}\n{resources}"
