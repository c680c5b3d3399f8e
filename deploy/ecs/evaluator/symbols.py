"""What an evaluated template consists of: plain Python values, and symbols for the rest.

A symbol is something that is known only once it is deployed. `stack` tells apart equal names of
two stacks.
"""

from dataclasses import dataclass, field
from typing import Any

Value = Any  # str, int, float, bool, None, dict, list, Symbol


class Symbol:
    pass


@dataclass(frozen=True)
class Reference(Symbol):
    """What Ref of a resource gives: its name, id or ARN."""

    logical_id: str
    stack: str


@dataclass(frozen=True)
class Attribute(Symbol):
    logical_id: str
    name: str
    stack: str


@dataclass(frozen=True)
class Parameter(Symbol):
    """Without a value, or with one that Systems Manager keeps under the name `stored_at`."""

    name: str
    stack: str
    stored_at: Value = None


@dataclass(frozen=True)
class Pseudo(Symbol):
    name: str
    stack: str = ""  # only for what differs between stacks


@dataclass(frozen=True)
class Import(Symbol):
    """An export of a stack that is not evaluated here."""

    name: Value


@dataclass(frozen=True)
class Zones(Symbol):
    """All availability zones of a region."""

    region: Value


@dataclass(frozen=True)
class Zone(Symbol):
    """Two indices are two zones."""

    region: Value
    index: int


@dataclass(frozen=True)
class Text(Symbol):
    """A string with symbols in it. No two literals stand side by side."""

    parts: tuple[str | Symbol, ...]


@dataclass(frozen=True)
class Choice(Symbol):
    """Fn::If on a condition that is not known. A branch may be NO_VALUE."""

    condition: str
    then: Value = field(hash=False)  # which may be a dict
    otherwise: Value = field(hash=False)


@dataclass(frozen=True)
class Unknown(Symbol):
    """A function whose result cannot be computed, with its evaluated argument."""

    function: str
    argument: Value = field(hash=False)


@dataclass(frozen=True)
class NoValue(Symbol):
    """AWS::NoValue. It stays only as a branch of a Choice."""


NO_VALUE = NoValue()
