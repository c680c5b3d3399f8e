import random
from itertools import product

import pytest

from deploy.ecs.preflight.placement.packing import Batch, Host, Needs, fits

ANY = frozenset({0})


def batch(count: int, kinds: frozenset[int] = ANY, **needs: int) -> Batch:
    amounts: Needs = {}
    amounts.update(needs)
    return Batch(amounts, count, kinds)


@pytest.mark.parametrize(
    ("batches", "rooms", "fit"),
    [
        ([batch(4, memory=500)], [1000, 1000], True),
        ([batch(5, memory=500)], [1000, 1000], False),
        ([batch(3, memory=600)], [1000, 1000], False),  # whose sum is less than the room
        # Only a search tells: neither the sums nor one batch alone exceed.
        ([batch(2, memory=600), batch(2, memory=400)], [1000, 1000], True),
        ([batch(2, memory=600), batch(2, memory=500)], [1100, 1000], False),
        ([batch(2, memory=300), batch(2, memory=500)], [800, 800], True),
        ([batch(2, memory=500), batch(1, memory=900)], [1000, 950], True),
        ([], [], True),
        ([batch(1)], [], False),
    ],
)
def test_memory(batches: list[Batch], rooms: list[int], fit: bool) -> None:
    assert fits(batches, [Host(0, {"memory": each}) for each in rooms]) is fit


def test_port_once_on_a_host() -> None:
    web = Batch({(80, "tcp"): 1}, 2, ANY)
    udp = Batch({(80, "udp"): 1}, 2, ANY)
    assert fits([web, udp], [Host(0, {})] * 2)
    assert not fits([web, web], [Host(0, {})] * 3)


def test_kinds_of_hosts() -> None:
    hosts = [Host(0, {"cpu": 10}), Host(1, {"cpu": 10})]
    assert fits([batch(1, cpu=10), batch(1, frozenset({0, 1}), cpu=10)], hosts)
    assert not fits([batch(2, cpu=10)], hosts)
    assert not fits([batch(1, cpu=5), batch(2, frozenset({0, 1}), cpu=8)], hosts)


def test_search_that_would_take_too_long() -> None:
    """It must end, and not with a "no" that nobody has proved."""
    draw = random.Random(7)
    sizes = [draw.randrange(250, 340) for _ in range(60)]
    batches = [batch(1, memory=each) for each in sizes]
    hosts = [Host(0, {"memory": sum(sizes) // 20 + 1})] * 20
    assert fits(batches, hosts)


def test_against_all_arrangements() -> None:
    draw = random.Random(1)
    for _ in range(300):
        tasks = [(draw.randrange(1, 6), draw.randrange(0, 4)) for _ in range(draw.randrange(1, 6))]
        rooms = [(draw.randrange(3, 9), draw.randrange(1, 5)) for _ in range(draw.randrange(1, 4))]
        batches = [batch(1, memory=memory, cpu=cpu) for memory, cpu in tasks]
        hosts = [Host(0, {"memory": memory, "cpu": cpu}) for memory, cpu in rooms]
        assert fits(batches, hosts) is _fits_somehow(tasks, rooms), (tasks, rooms)


def _fits_somehow(tasks: list[tuple[int, int]], rooms: list[tuple[int, int]]) -> bool:
    return any(
        all(
            sum(task[of] for task, at in zip(tasks, places, strict=True) if at == host) <= room[of]
            for host, room in enumerate(rooms)
            for of in (0, 1)
        )
        for places in product(range(len(rooms)), repeat=len(tasks))
    )
