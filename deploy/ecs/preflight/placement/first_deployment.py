"""Whether all services find a place when they are started."""

from collections.abc import Iterator, Sequence

from deploy.ecs.graph import Service
from deploy.ecs.graph.parts import Part
from deploy.ecs.preflight.finding import Finding, error, note, warning
from deploy.ecs.preflight.placement.fleet import Fleet, Tasks
from deploy.ecs.preflight.placement.needs import decided_by
from deploy.ecs.preflight.placement.ports import port_taken
from deploy.ecs.preflight.placement.trunks import no_interface
from deploy.ecs.preflight.placement.words import (
    FAULTS,
    amount,
    asked,
    groups,
    offered,
    supply,
    unplaced,
)


def first_deployment(fleet: Fleet, settled: list[Tasks]) -> Iterator[Finding]:
    """One service after another; those that find a place are added to `settled`."""
    crowded = fleet.refused(fleet.replicas)
    for tasks in fleet.services:
        if "ports" in fleet.refused_singly(tasks):  # which number_of_ports tells
            continue
        found = list(too_large(fleet, tasks))
        if tasks in fleet.replicas and not found:
            found += refusals(fleet, tasks, settled) if crowded else ()
            settled += [] if found else [tasks]
        yield from found or may_be_too_large(tasks)


def too_large(fleet: Fleet, tasks: Tasks) -> Iterator[Finding]:
    """For an instance that has nothing else."""
    for dimension in fleet.refused_singly(tasks):
        part, name = decided_by(tasks.definition, "Cpu" if dimension == "cpu" else "Memory")
        yield error(
            FAULTS[dimension],
            part,
            name,
            why=(
                f"A task of {tasks.name} needs {amount(tasks, dimension)}.",
                *(offered(each, dimension) for each in tasks.sources),
            ),
            message=unplaced(tasks.of, dimension),
            cure=f"Lower {name} in {part.resource.logical_id}, or take a larger InstanceType.",
        )


def may_be_too_large(tasks: Tasks) -> Iterator[Finding]:
    """Where what is registered depends on the image, or nobody has measured it."""
    types = [each for source in tasks.sources for each in source.types]
    reserved = min((each.reserved for each in tasks.sources), default=0)
    least = max((each.least_memory for each in types), default=0) - reserved
    if not all(each.types for each in tasks.sources) or tasks.needs["memory"] <= least:
        return
    tell = warning if all(each.is_measured for each in types) else note
    part, name = decided_by(tasks.definition, "Memory")
    yield tell(
        "P01",
        part,
        name,
        why=(
            f"A task of {tasks.name} needs {amount(tasks, 'memory')}.",
            f"Depending on the image, {tasks.sources[0].type_names} has as few as {least} MiB "
            "for tasks.",
        ),
        message=unplaced(tasks.of, "memory"),
        cure=f"Lower {name} in {part.resource.logical_id} to {least} or less.",
    )


def refusals(fleet: Fleet, tasks: Tasks, settled: Sequence[Tasks]) -> Iterator[Finding]:
    """Beside those that were placed before."""
    beside = tasks.neighbours(settled)
    for dimension in fleet.refused([*beside, tasks]) if tasks.is_counted else ():
        if dimension == "port":
            yield port_taken(fleet, tasks, beside)
        elif dimension == "interfaces":
            yield from no_interface(tasks, _crowded(tasks, beside, dimension))
        else:
            yield _crowded(tasks, beside, dimension)


def _crowded(tasks: Tasks, beside: Sequence[Tasks], dimension: str) -> Finding:
    part, name = asking_for(tasks)
    return error(
        FAULTS[dimension],
        part,
        name,
        why=(
            *(asked(each, dimension) for each in (*beside, tasks)),
            *supply(tasks.sources, dimension),
        ),
        message=unplaced(tasks.of, dimension),
        cure=f"Have more instances in {groups(tasks)} or a larger InstanceType, or lower {name} "
        f"of {part.resource.logical_id}.",
    )


def asking_for(tasks: Tasks) -> tuple[Part, str]:
    """Where the number of tasks is from."""
    service = tasks.of
    scaling = service.scaling if isinstance(service, Service) else None
    if scaling and (scaling.minimum or 0) > (service.number("DesiredCount", default=1) or 0):
        return scaling, "MinCapacity"
    return service, "DesiredCount"
