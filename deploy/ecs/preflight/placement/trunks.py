"""Network interfaces of tasks with awsvpc, and the trunks that multiply them.

Trunks depend on a setting of the account, made before the instance was started:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html
"""

from collections.abc import Iterator, Sequence

from deploy.ecs.preflight.finding import Finding, error, note
from deploy.ecs.preflight.placement.fleet import Fleet, Tasks
from deploy.ecs.preflight.placement.sources import Source, assumes_trunks
from deploy.ecs.preflight.placement.words import asked, groups, number_of, unplaced


def no_interface(tasks: Tasks, found: Finding) -> Iterator[Finding]:
    """Whether trunks would have helped."""
    yield found
    if any(each.can_trunk for source in tasks.sources for each in source.types):
        return
    if not assumes_trunks(tasks.of.graph):
        yield found.consequence(
            "P04", "The account setting awsvpcTrunking would not help: the type has no trunks."
        )
        return
    yield error(
        "P04",
        next((each.machine for each in tasks.sources if each.machine), tasks.of),
        "InstanceType",
        why=(*found.why, "awsvpcTrunking is turned on, but this type has no trunks."),
        message=found.message,
        cure="Take an InstanceType that has trunks, such as m6i.large.",
    )


def trunks(fleet: Fleet, settled: Sequence[Tasks]) -> Iterator[Finding]:
    """Whether all find a place only if the account has turned trunks on."""
    room = Source.room_without_trunk
    if not fleet.refused(settled, room) or assumes_trunks(fleet.graph):
        return
    placed: list[Tasks] = []
    for tasks in settled:
        beside = tasks.neighbours(placed)
        if tasks.is_counted and "interfaces" in fleet.refused([*beside, tasks], room):
            found = needs_trunks(tasks, beside)
            yield from (found, found.consequence("P03", unplaced(tasks.of, "interfaces")))
        else:
            placed.append(tasks)


def needs_trunks(tasks: Tasks, beside: Sequence[Tasks]) -> Finding:
    return note(
        "P04",
        tasks.of,
        "DesiredCount",
        why=(
            *(asked(each, "interfaces") for each in (*beside, tasks)),
            *(number_of(each) for each in tasks.sources),
            *(_without_trunk(each) for each in tasks.sources),
        ),
        message=unplaced(tasks.of, "interfaces"),
        cure="Turn the account setting awsvpcTrunking on before the instances are started, or "
        f"have more of them in {groups(tasks)}.",
    )


def _without_trunk(source: Source) -> str:
    room = source.room_without_trunk()["interfaces"]
    return (
        f"Unless the account has turned awsvpcTrunking on, {source.type_names} has {room:.0f} "
        "network interfaces for tasks."
    )
