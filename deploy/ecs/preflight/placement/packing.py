"""Whether tasks fit on instances in any arrangement: bins of several dimensions.

Only "no" is certain. What is not known is written as no need and as no limit, and where a search
would take too long the answer is yes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

Port = tuple[int, str]  # with its protocol: an instance has each once
Dimension = str | Port
Needs = dict[Dimension, int]
Room = Mapping[Dimension, float]

MOST_TASKS, MOST_HOSTS = 200, 60  # that are searched for
TRIES = 30_000


@dataclass(frozen=True)
class Batch:
    """So many equal tasks, and the kinds of hosts that they may be on."""

    needs: Needs
    count: int
    kinds: frozenset[int]


@dataclass(frozen=True)
class Host:
    """So many equal ones."""

    kind: int
    room: Room
    count: int = 1

    def has(self, dimension: Dimension) -> float:
        return self.room.get(dimension, inf if isinstance(dimension, str) else 1)

    def holds(self, needs: Needs) -> bool:
        return all(self.has(dimension) >= need for dimension, need in needs.items())


def fits(batches: Iterable[Batch], hosts: Sequence[Host]) -> bool:
    wanted = [each for each in batches if each.count > 0]
    hosts = [each for each in hosts if each.count > 0]
    if any(_exceeds(wanted, hosts, dimension) for dimension in _dimensions(wanted)):
        return False
    if not wanted or not hosts:
        return not wanted
    if _number(wanted) > MOST_TASKS or _number(hosts) > MOST_HOSTS:
        return True
    try:
        return _Search(wanted, hosts).place(0, 0)
    except _ExhaustedError:
        return True


def _number(found: Iterable[Batch | Host]) -> int:
    return sum(each.count for each in found)


def _dimensions(batches: Iterable[Batch]) -> dict[Dimension, None]:
    return dict.fromkeys(dimension for each in batches for dimension in each.needs)


def _exceeds(batches: Sequence[Batch], hosts: Sequence[Host], dimension: Dimension) -> bool:
    """By arithmetic alone, without looking for an arrangement."""
    for scope in {each.kinds for each in batches}:
        rooms = [(each.has(dimension), each.count) for each in hosts if each.kind in scope]
        inside = [each for each in batches if each.kinds <= scope]
        if sum(each.needs.get(dimension, 0) * each.count for each in inside) > sum(
            room * count for room, count in rooms
        ):
            return True
        own = [each for each in inside if each.kinds == scope]
        if any(_places(each.needs.get(dimension, 0), rooms) < each.count for each in own):
            return True
    return False


def _places(need: int, rooms: Iterable[tuple[float, int]]) -> float:
    if need <= 0:
        return inf
    return sum((max(room // need, 0) if room < inf else inf) * count for room, count in rooms)


class _ExhaustedError(Exception):
    pass


class _Search:
    """Of one task after another, the largest first."""

    def __init__(self, batches: Sequence[Batch], hosts: Sequence[Host]) -> None:
        dimensions = list(_dimensions(batches))
        singly = [each for each in hosts for _ in range(each.count)]
        self.rooms = [[each.has(dimension) for dimension in dimensions] for each in singly]
        self.kinds = [each.kind for each in singly]
        rooms_by_dimension = zip(*self.rooms, strict=True)
        totals = [sum(each for each in rooms if each < inf) for rooms in rooms_by_dimension]
        self.items: list[tuple[list[int], Batch]] = []
        ordered = sorted(batches, key=lambda each: -_share(each, dimensions, totals))
        for batch in ordered:
            needs = [batch.needs.get(dimension, 0) for dimension in dimensions]
            self.items += [(needs, batch)] * batch.count
        self.tries = 0

    def place(self, index: int, first: int) -> bool:
        """Equal tasks are placed from the first host on that the one before them took."""
        if index == len(self.items):
            return True
        needs, batch = self.items[index]
        for host in self._candidates(needs, batch, first):
            self._take(host, needs, 1)
            is_next_equal = index + 1 < len(self.items) and self.items[index + 1][1] is batch
            if self.place(index + 1, host if is_next_equal else 0):
                return True
            self._take(host, needs, -1)
        return False

    def _candidates(self, needs: list[int], batch: Batch, first: int) -> Iterator[int]:
        seen: set[tuple[int, tuple[float, ...]]] = set()
        for host in range(first, len(self.rooms)):
            room = self.rooms[host]
            state = (self.kinds[host], tuple(room))
            self.tries += 1
            if self.tries > TRIES:
                raise _ExhaustedError
            is_new = self.kinds[host] in batch.kinds and state not in seen
            if is_new and all(need <= left for need, left in zip(needs, room, strict=True)):
                seen.add(state)
                yield host

    def _take(self, host: int, needs: list[int], sign: int) -> None:
        room = self.rooms[host]
        for index, need in enumerate(needs):
            room[index] -= sign * need


def _share(batch: Batch, dimensions: list[Dimension], totals: list[float]) -> float:
    """Of all that there is, in the dimension where it is the most."""
    pairs = zip(dimensions, totals, strict=True)
    return max((batch.needs.get(each, 0) / total for each, total in pairs if total), default=0)
