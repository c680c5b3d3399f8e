"""Whether Fargate has the size, and takes the definition."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, TaskDefinition, fargate
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.workloads import workloads

LONGEST_STOP = 120  # seconds


def _on_fargate(graph: Graph) -> Iterator[TaskDefinition]:
    run = {each.definition for each in workloads(graph) if each.launch == "fargate"}
    for definition in graph.all(TaskDefinition):
        if definition in run or "FARGATE" in list(definition.compatibilities):
            yield definition


def sizes_are_offered(graph: Graph) -> Iterator[Finding]:
    for definition in _on_fargate(graph):
        cpu, memory = definition.cpu, definition.memory
        missing = [each for each in ("Cpu", "Memory") if definition.given(each) is False]
        if missing:
            yield error(
                "P21",
                definition,
                missing[0],
                why=(f"On Fargate a task has to say its {' and '.join(missing)}.",),
                message=f"ClientException: Fargate requires that '{missing[0].lower()}' be defined "
                "at the task level.",
                cure="Set Cpu and Memory of the task, such as 256 and 512.",
            )
        elif cpu is not None and memory is not None and not fargate.has_size(cpu, memory):
            yield _no_size(definition, cpu, memory)
        elif memory is not None:
            yield from _too_much_inside(definition, memory)


def _no_size(definition: TaskDefinition, cpu: int, memory: int) -> Finding:
    sizes = fargate.SIZES.get(cpu)
    offered = (
        f"With {cpu} CPU units Fargate has {min(sizes)} to {max(sizes)} MiB, in steps."
        if sizes
        else f"Fargate has {', '.join(str(each) for each in fargate.SIZES)} CPU units."
    )
    return error(
        "P21",
        definition,
        "Memory" if sizes else "Cpu",
        why=(f"The task asks for {cpu} CPU units and {memory} MiB.", offered),
        message="ClientException: No Fargate configuration exists for given values."
        if sizes
        else "ClientException: Invalid 'cpu' setting for task.",
        cure="Take one of its pairs, such as 256 with 512, 1024 or 2048.",
    )


def _too_much_inside(definition: TaskDefinition, memory: int) -> Iterator[Finding]:
    for container in definition.containers:
        most = container.memory or container.memory_reservation or 0
        if most > memory:
            yield error(
                "P21",
                container,
                "Memory" if container.memory else "MemoryReservation",
                why=(f"{container.container_name} asks for {most} MiB, its task has {memory}.",),
                message="ClientException: Invalid setting for container. The container's memory "
                "must not be greater than the task's.",
                cure="Give the task more, or the container less.",
            )


def stops_are_short(graph: Graph) -> Iterator[Finding]:
    for definition in _on_fargate(graph):
        for container in definition.containers:
            stop = container.stop_timeout
            if stop is not None and stop > LONGEST_STOP:
                yield error(
                    "C05",
                    container,
                    "StopTimeout",
                    why=(f"Fargate ends a container after at most {LONGEST_STOP} s, not {stop}.",),
                    message="ClientException: stopTimeout must be at most 120 seconds on Fargate",
                    cure=f"Set StopTimeout to {LONGEST_STOP} or less.",
                )
