"""Truth in three values; None is what is not known."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")
Truth = bool | None


def any_of(truths: Iterable[Truth]) -> Truth:
    found = list(truths)
    return True if True in found else None if None in found else False


def all_of(truths: Iterable[Truth]) -> Truth:
    found = list(truths)
    return False if False in found else None if None in found else True


def negated(truth: Truth) -> Truth:
    return None if truth is None else not truth


@dataclass(frozen=True)
class Answer(Generic[T]):
    """With what it rests on: what decides, or, where nothing does, what might."""

    truth: Truth
    because: tuple[T, ...] = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("An answer has three values: ask for its truth.")
