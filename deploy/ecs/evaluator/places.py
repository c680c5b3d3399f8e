"""Where in a file something stands, and what is wrong with it there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, order=True)
class Place:
    file: Path
    line: int  # both from 1
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    place: Place
    text: str
    refused: bool = True  # by CloudFormation; if not, the result may not be what was meant

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


class Problems:
    """Each once, though a condition may be evaluated several times."""

    def __init__(self, known: Iterable[Problem] = ()) -> None:
        self._problems = dict.fromkeys(known)

    def refuse(self, place: Place, text: str) -> None:
        self._problems[Problem(place, text)] = None

    def note(self, place: Place, text: str) -> None:
        self._problems[Problem(place, text, refused=False)] = None

    def __iter__(self) -> Iterator[Problem]:
        return iter(sorted(self._problems, key=lambda each: each.place))


class TemplateError(Exception):
    """A file is not what it should be. The text is one sentence with file and line."""

    def __init__(self, place: Place, text: str) -> None:
        super().__init__(f"{place}: {text}")
        self.place = place
        self.text = text


class Object(dict[str, Any]):
    """A dict that knows where it and each of its keys stand."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: dict[str, Place] = {}

    def put(self, key: str, value: Any, place: Place) -> None:
        self[key] = value
        self.places[key] = place

    def located(self) -> Iterator[tuple[str, Any, Place]]:
        return ((key, value, self.places[key]) for key, value in self.items())


class Array(list[Any]):
    """A list that knows where it and each of its elements stand."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: list[Place] = []

    def put(self, value: Any, place: Place) -> None:
        self.append(value)
        self.places.append(place)

    def located(self) -> Iterator[tuple[Any, Place]]:
        return zip(self, self.places, strict=True)
