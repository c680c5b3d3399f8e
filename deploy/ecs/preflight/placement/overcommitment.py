"""Whether tasks leave each other and the system the memory that they use.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from deploy.ecs.preflight.finding import Finding, Tell, note, warning
from deploy.ecs.preflight.placement.fleet import Fleet, RoomOf, Tasks
from deploy.ecs.preflight.placement.needs import limit_of
from deploy.ecs.preflight.placement.sources import Source
from deploy.ecs.preflight.placement.words import asked, groups, supply

KILLED = "OutOfMemoryError: Container killed due to memory usage, exit code 137"


def overcommitment(fleet: Fleet, settled: Sequence[Tasks]) -> Iterator[Finding]:
    for source in fleet.used:
        if source.reserves_nothing:
            yield _nothing_kept(note, source, ())
    for tasks, beside in _crowded(fleet, settled, Source.room_beside_system):
        together = (*beside, tasks)
        why = [asked(each, "memory") for each in together] + supply(tasks.sources, "memory")
        for source in (source for each in together for source in each.sources):
            if source.reserves_nothing:
                yield _nothing_kept(warning, source, why)
    at_most = [
        replace(each, needs=each.needs | {"memory": limit_of(each.definition)}) for each in settled
    ]
    for tasks, beside in _crowded(fleet, at_most, Source.room):
        yield _over_limits(tasks, beside)


def _crowded(
    fleet: Fleet, settled: Sequence[Tasks], room: Callable[[Source], RoomOf]
) -> Iterator[tuple[Tasks, list[Tasks]]]:
    """Those for which there is too little memory then, beside those for which there is enough."""
    if "memory" not in fleet.refused(settled, room):
        return
    placed: list[Tasks] = []
    for tasks in (each for each in settled if each.is_counted):
        beside = tasks.neighbours(placed)
        if "memory" in fleet.refused([*beside, tasks], room):
            yield tasks, beside
        else:
            placed.append(tasks)


def _nothing_kept(tell: Tell, source: Source, why: Sequence[str]) -> Finding:
    return tell(
        "P19",
        source.machine or source.node,
        "UserData",
        why=(
            *why,
            f"{source.name} does not set ECS_RESERVED_MEMORY, so that tasks may be given what the "
            "system, Docker and the agent need.",
        ),
        message=f"{KILLED}, or the agent is disconnected.",
        cure="Set ECS_RESERVED_MEMORY in UserData, such as 72 on a micro and 128 on a small "
        "instance.",
    )


def _over_limits(tasks: Tasks, beside: Sequence[Tasks]) -> Finding:
    containers = [each for each in tasks.definition.containers if each.given("Memory")]
    part = max(containers, key=lambda each: each.memory or 0, default=tasks.definition)
    return warning(
        "P19",
        part,
        "Memory",
        why=(
            "Counted are their limits, not what is reserved for them.",
            *(asked(each, "memory") for each in (*beside, tasks)),
            *supply(tasks.sources, "memory"),
        ),
        message=KILLED,
        cure=f"Lower Memory or raise MemoryReservation in {tasks.definition.resource.logical_id}, "
        f"or have more instances in {groups(tasks)}.",
    )
