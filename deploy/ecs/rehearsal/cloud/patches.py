"""Attributes of moto's modules and classes that are replaced for a while."""

from collections.abc import MutableMapping
from contextlib import ExitStack
from typing import Any

MISSING = object()


class Patches(ExitStack):
    """Undone in the reverse order."""

    def attribute(self, owner: Any, name: str, value: Any) -> None:
        before = vars(owner).get(name, MISSING)
        setattr(owner, name, value)
        if before is MISSING:
            self.callback(delattr, owner, name)
        else:
            self.callback(setattr, owner, name, before)

    def item(self, owner: MutableMapping[str, Any], key: str, value: Any) -> None:
        before = owner[key]
        owner[key] = value
        self.callback(owner.__setitem__, key, before)
