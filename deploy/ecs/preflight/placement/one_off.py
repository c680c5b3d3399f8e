"""Whether tasks find a place that run beside the services: migrations, and what runs by the
clock."""

from collections.abc import Iterator, Sequence

from deploy.ecs.graph import Cluster, Schedule, Service, TaskDefinition, fargate
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.placement.first_deployment import too_large
from deploy.ecs.preflight.placement.fleet import Fleet, Tasks, places_of
from deploy.ecs.preflight.placement.needs import needs_of
from deploy.ecs.preflight.placement.words import asked, groups, supply, unplaced


def one_off(fleet: Fleet, settled: Sequence[Tasks]) -> Iterator[Finding]:
    for tasks in (*_scheduled(fleet), *_by_hand(fleet)):
        found = list(too_large(fleet, tasks))
        beside = tasks.neighbours(settled)
        if not found and tasks.is_counted:
            found += (_no_place(tasks, beside, each) for each in fleet.refused([*beside, tasks]))
        yield from found


def _no_place(tasks: Tasks, beside: Sequence[Tasks], dimension: str) -> Finding:
    return error(
        "P08",
        tasks.of,
        why=(
            *(asked(each, dimension) for each in beside),
            f"{tasks.name} is run beside them.",
            asked(tasks, dimension),
            *supply(tasks.sources, dimension),
        ),
        message=unplaced(tasks.of, dimension),
        cure=f"Have more instances in {groups(tasks)} or a larger InstanceType, or lower what the "
        "tasks need.",
    )


def _scheduled(fleet: Fleet) -> Iterator[Tasks]:
    for schedule in fleet.graph.all(Schedule):
        definition = schedule.task_definition.node if schedule.task_definition else None
        places = places_of(schedule)
        is_ec2 = schedule.launch == "ec2" and schedule.exists is True
        if is_ec2 and definition and places and places.complete:
            needs = needs_of(definition)
            yield Tasks(schedule, definition, fleet.sources(places), 1, needs)


def _by_hand(fleet: Fleet) -> Iterator[Tasks]:
    """Task definitions that nothing here runs, where there is only one cluster to run them in and
    all in it is on instances."""
    services = [each for each in fleet.graph.all(Service) if each.exists is not False]
    if len(fleet.graph.all(Cluster)) != 1 or not services:
        return
    if len(fleet.services) != len(services):
        return
    known = {source.node: source for tasks in fleet.services for source in tasks.sources}
    run: set[TaskDefinition | None] = {tasks.definition for tasks in fleet.services}
    run |= {each.task_definition.node for each in fleet.graph.all(Schedule) if each.task_definition}
    for each in fleet.graph.all(TaskDefinition):
        if each.exists is True and each not in run and not _may_be_on_fargate(each):
            yield Tasks(each, each, tuple(known.values()), 1, needs_of(each))


def _may_be_on_fargate(definition: TaskDefinition) -> bool:
    found = definition.compatibilities
    if "FARGATE" in found or not found.complete:
        return True
    if "EC2" in found or definition.network_mode not in {"awsvpc", None}:
        return False
    cpu, memory = definition.cpu, definition.memory
    return cpu is None or memory is None or fargate.has_size(cpu, memory)
