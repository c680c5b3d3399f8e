"""Whether all tasks find a place: at first, while they are replaced, and one-off ones besides."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, Service, TaskDefinition
from deploy.ecs.preflight.finding import Finding, error, note, warning
from deploy.ecs.preflight.placement.messages import LACKS, unplaced
from deploy.ecs.preflight.placement.pools import (
    Pool,
    Size,
    Step,
    named,
    packed,
    pools,
    size_of,
    tasks_of,
)
from deploy.ecs.preflight.workloads import Workload, workloads

SAFE = 0.93  # of what t2.micro was once seen to register: newer images register less


def each_task_fits(graph: Graph) -> Iterator[Finding]:
    for pool in pools(graph):
        for workload in pool.workloads:
            definition = workload.definition
            size = size_of(definition) if definition else None
            if definition and size:
                yield from _fits(pool, workload, definition, size)


def _fits(
    pool: Pool, workload: Workload, definition: TaskDefinition, size: Size
) -> Iterator[Finding]:
    kind = pool.type
    of = f"A task of {definition.resource.logical_id}"
    on = f"an instance of type {kind.name} in {pool.group.resource.logical_id}"
    kept = f", of which ECS_RESERVED_MEMORY keeps {pool.reserved}" if pool.reserved else ""
    estimate = kind.memory - pool.reserved
    service = workload.node.resource.logical_id
    if size.memory > pool.memory or size.memory > estimate * _margin(pool):
        tell = error if size.memory > pool.memory else warning
        about = "" if kind.is_measured else "about "
        yield tell(
            "P01",
            definition,
            *_memory_path(definition),
            why=(
                f"{of} reserves {size.memory} MiB.",
                f"{on[0].upper()}{on[1:]} registers {about}{kind.memory} MiB{kept}.",
            ),
            message=unplaced(service, LACKS["memory"][1]),
            cure=f"Reserve less than {int(estimate * _margin(pool))} MiB, or take a larger "
            "instance type.",
        )
    if size.cpu > kind.cpu:
        yield error(
            "P02",
            definition,
            "Cpu" if definition.given("Cpu") else "ContainerDefinitions",
            why=(f"{of} reserves {size.cpu} CPU units.", f"{on} has {kind.cpu}."),
            message=unplaced(service, LACKS["cpu"][1]),
            cure=f"Reserve at most {kind.cpu}, or take a larger instance type.",
        )


def _margin(pool: Pool) -> float:
    return SAFE if pool.type.name == "t2.micro" else 1.0


def _memory_path(definition: TaskDefinition) -> tuple[str | int, ...]:
    if definition.given("Memory"):
        return ("Memory",)
    if len(definition.containers) == 1:
        name = (
            "MemoryReservation" if definition.containers[0].given("MemoryReservation") else "Memory"
        )
        return ("ContainerDefinitions", 0, name)
    return ("ContainerDefinitions",)


def all_tasks_fit(graph: Graph) -> Iterator[Finding]:
    for pool in pools(graph):
        running = {each: tasks_of(each) for each in pool.workloads}
        sizes = [size for each in running.values() for size in each or ()]
        if None in running.values() or not sizes or _too_large(pool, sizes):
            continue
        lack = packed(pool.rooms(), sizes)
        if lack:
            yield from _no_place(pool, list(running), lack, len(sizes))
        else:
            yield from _updates(pool, running, sizes)
            yield from _one_off(pool, sizes)


def _too_large(pool: Pool, sizes: list[Size]) -> bool:
    return any(each.memory > pool.memory or each.cpu > pool.type.cpu for each in sizes)


def _no_place(pool: Pool, found: list[Workload], lack: str, count: int) -> Iterator[Finding]:
    services = [each.node for each in found if isinstance(each.node, Service)]
    names = " and ".join(named(each) for each in services)
    fault, said = LACKS[lack]
    part = max(services, key=lambda each: each.desired_count or 0)
    why = [
        f"{names} want {count} tasks together.",
        f"{pool.group.resource.logical_id} comes to {pool.count} instances of type "
        f"{pool.type.name}{_each_has(pool, lack)}.",
    ]
    shared = _shared_port(found) if lack == "ports" else None
    if lack == "interfaces" and pool.type.can_trunk:
        yield _trunks(pool, part, why)
        return
    if shared:
        fault = "P09"
        why.append(f"Two services want port {shared} of their instance.")
    finding = error(
        fault,
        part,
        "DesiredCount",
        why=why,
        message=unplaced(named(part), said),
        cure="Take more or larger instances, or fewer tasks"
        + (", or network mode bridge." if lack == "interfaces" else ".")
        if lack != "ports"
        else "Take an instance for each task, or host port 0 in network mode bridge.",
    )
    yield finding
    if shared:
        yield finding.consequence("P05", finding.message)
    if lack == "interfaces":
        yield finding.consequence("P04", f"{pool.type.name} cannot have trunk interfaces.")


def _each_has(pool: Pool, lack: str) -> str:
    if lack == "interfaces":
        number = pool.type.tasks_with_awsvpc
        return f", each with {pool.type.interfaces} interfaces: its own, and {number} for tasks"
    if lack == "memory":
        return f", each with {pool.memory} MiB"
    return f", each with {pool.type.cpu} CPU units" if lack == "cpu" else ", a port once on each"


def _trunks(pool: Pool, part: Service, why: list[str]) -> Finding:
    return warning(
        "P04",
        part,
        "DesiredCount",
        why=[*why, "More fit only with trunk interfaces: the account's setting awsvpcTrunking."],
        message=unplaced(named(part), LACKS["interfaces"][1]),
        cure="Turn awsvpcTrunking on before the instances start, or take more of them.",
    )


def _shared_port(found: list[Workload]) -> int | None:
    seen: set[int] = set()
    for each in found:
        size = size_of(each.definition) if each.definition else None
        for port in size.ports if size else ():
            if port in seen:
                return port
        seen |= size.ports if size else set()
    return None


def _updates(
    pool: Pool, running: dict[Workload, list[Size] | None], sizes: list[Size]
) -> Iterator[Finding]:
    for workload, own in running.items():
        service = workload.node
        step = Step.of(service) if isinstance(service, Service) else None
        if not own or step is None or not isinstance(service, Service):
            continue
        if step.may_stop_first or not step.may_start_first:
            continue
        lack = packed(pool.rooms(), [*sizes, own[0]])
        if lack and not (lack == "interfaces" and pool.type.can_trunk):
            yield from _stuck(pool, service, lack, own[0])


def _stuck(pool: Pool, service: Service, lack: str, size: Size) -> Iterator[Finding]:
    fault = "P06" if size.ports else "P08"
    finding = error(
        fault,
        service,
        "DeploymentConfiguration",
        why=(
            f"A rolling update of {named(service)} may stop no task before it has started another: "
            f"MinimumHealthyPercent is {service.minimum_percent}.",
            f"{pool.group.resource.logical_id} comes to {pool.count} instances of type "
            f"{pool.type.name}{_each_has(pool, lack)}.",
            "Once all services run, there is no place for one more task.",
        ),
        message=unplaced(named(service), LACKS[lack][1]),
        cure="Lower MinimumHealthyPercent so that one may be stopped first, or allow one more "
        "instance.",
    )
    yield finding
    yield finding.consequence(LACKS[lack][0], finding.message)


def _one_off(pool: Pool, sizes: list[Size]) -> Iterator[Finding]:
    """A migration, say: a task definition that no service runs."""
    graph = pool.group.graph
    used = {each.definition for each in workloads(graph) if isinstance(each.node, Service)}
    for definition in graph.all(TaskDefinition):
        size = size_of(definition)
        if definition in used or size is None or list(definition.compatibilities) == ["FARGATE"]:
            continue
        lack = packed(pool.rooms(), [*sizes, size])
        if lack and not (lack == "interfaces" and pool.type.can_trunk):
            yield warning(
                "P08",
                definition,
                *_memory_path(definition),
                why=(
                    f"No service runs {definition.resource.logical_id}: its tasks come beside the "
                    "others.",
                    f"{pool.group.resource.logical_id} comes to {pool.count} instances of type "
                    f"{pool.type.name}{_each_has(pool, lack)}, and has no place for one.",
                ),
                message=f"RunTask: reason RESOURCE:{lack.upper()}",
                cure="Allow one more instance, or let it take less.",
            )


def updates_have_room(graph: Graph) -> Iterator[Finding]:
    for service in graph.all(Service):
        step = Step.of(service)
        if step is None or service.scheduling != "REPLICA":
            continue
        if not step.may_stop_first and not step.may_start_first:
            yield error(
                "P07",
                service,
                "DeploymentConfiguration",
                why=(
                    f"Of {step.desired} tasks at least {step.fewest} have to run "
                    f"({service.minimum_percent} %, rounded up), and at most {step.most} may "
                    f"({service.maximum_percent} %, rounded down).",
                    "So none can be stopped, and none started.",
                ),
                message=f"(service {named(service)}) was unable to stop or start tasks during a "
                "deployment because of the service deployment configuration. Update the "
                "minimumHealthyPercent or maximumPercent value and try again.",
                cure="Raise MaximumPercent to 200, or lower MinimumHealthyPercent.",
            )


def memory_is_not_promised_twice(graph: Graph) -> Iterator[Finding]:
    for pool in pools(graph):
        if pool.reserved:
            continue
        limits = [_limit(each) for each in pool.workloads]
        soft = [each for each in limits if each]
        total = sum(most * count for _, most, count in soft)
        most = pool.type.nominal_memory * pool.count
        if soft and total > most:
            yield warning(
                "P19",
                soft[0][0],
                "ContainerDefinitions",
                why=(
                    f"Tasks are placed by their MemoryReservation and may take {total} MiB in all.",
                    f"{pool.group.resource.logical_id} has {most} MiB at most, and keeps none "
                    "back: its user data set no ECS_RESERVED_MEMORY.",
                ),
                message="The kernel kills a process, of a task or the agent: exit code 137.",
                cure="Set ECS_RESERVED_MEMORY, and limits whose sum the instances have.",
            )
        elif _is_full(pool):
            yield note(
                "P19",
                pool.group,
                why=(
                    f"The tasks of {pool.group.resource.logical_id} reserve all that its instances "
                    "register; their user data set no ECS_RESERVED_MEMORY.",
                ),
                message="The kernel kills a process, of a task or the agent: exit code 137.",
                cure="Set ECS_RESERVED_MEMORY=128 in /etc/ecs/ecs.config.",
            )


def _limit(workload: Workload) -> tuple[TaskDefinition, int, int] | None:
    """The limit, where it is above what placement goes by, of how many tasks."""
    definition, node = workload.definition, workload.node
    if definition is None or not isinstance(node, Service) or node.desired_count is None:
        return None
    most = [each.memory for each in definition.containers]
    reserved = definition.needed_memory
    known = [each for each in most if each is not None]
    if reserved is None or len(known) < len(most) or sum(known) <= reserved:
        return None
    return definition, sum(known), node.desired_count


def _is_full(pool: Pool) -> bool:
    sizes = [size for each in pool.workloads for size in tasks_of(each) or ()]
    return sum(each.memory for each in sizes) > 0.97 * pool.count * pool.type.memory
