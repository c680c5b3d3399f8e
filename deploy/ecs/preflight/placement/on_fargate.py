"""Whether Fargate takes a task definition.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
"""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, Schedule, Service, TaskDefinition, fargate
from deploy.ecs.preflight.finding import Finding, error

LONGEST = 120  # seconds
LARGEST = max(fargate.SIZES)


def on_fargate(graph: Graph) -> Iterator[Finding]:
    for definition, user in _definitions(graph):
        yield from _size(definition, user)
        yield from _stop_timeouts(definition, user)


def _definitions(graph: Graph) -> Iterator[tuple[TaskDefinition, str]]:
    """With why it is for Fargate."""
    found = {
        each: f"{each.resource.logical_id} is for Fargate by its RequiresCompatibilities."
        for each in graph.all(TaskDefinition)
        if "FARGATE" in each.compatibilities.items
    }
    users: tuple[Service | Schedule, ...] = (*graph.all(Service), *graph.all(Schedule))
    for each in users:
        definition = each.task_definition.node if each.task_definition else None
        if definition and each.launch == "fargate" and each.exists is True:
            found[definition] = (
                f"{each.resource.logical_id} runs {definition.resource.logical_id} on Fargate."
            )
    yield from found.items()


def _size(definition: TaskDefinition, user: str) -> Iterator[Finding]:
    missing = [name for name in ("Cpu", "Memory") if definition.given(name) is False]
    for name in missing:
        yield error(
            "P21",
            definition,
            name,
            why=(user, f"It has no {name} of its own; what its containers have does not count."),
            message=f"Fargate requires that '{name.lower()}' be defined at the task level.",
            cure=f"Add {name} to the properties of {definition.resource.logical_id}.",
        )
    cpu, memory = definition.cpu, definition.memory
    if missing or cpu is None or memory is None or fargate.has_size(cpu, memory) or cpu > LARGEST:
        return
    sizes = fargate.SIZES.get(cpu)
    yield error(
        "P21",
        definition,
        "Memory" if sizes else "Cpu",
        why=(user, f"It has {cpu} CPU units and {memory} MiB.", _offered(cpu)),
        message="No Fargate configuration exists for given values."
        if sizes
        else "Invalid 'cpu' setting for task.",
        cure=f"Take a pair that Fargate has, such as {_nearest(cpu, memory)}.",
    )


def _offered(cpu: int) -> str:
    sizes = fargate.SIZES.get(cpu)
    if not sizes:
        return f"Fargate has {', '.join(map(str, fargate.SIZES))} CPU units."
    listed = list(sizes)
    written = ", ".join(map(str, listed)) if len(listed) < 6 else f"{listed[0]} to {listed[-1]}"
    step = f" in steps of {listed[1] - listed[0]}" if len(listed) >= 6 else ""
    return f"With {cpu} CPU units Fargate has {written} MiB{step}."


def _nearest(cpu: int, memory: int) -> str:
    pairs = [(units, size) for units, sizes in fargate.SIZES.items() for size in sizes]
    enough = [pair for pair in pairs if pair[0] >= cpu and pair[1] >= memory]
    units, size = min(enough, default=pairs[-1])
    return f"Cpu {units} with Memory {size}"


def _stop_timeouts(definition: TaskDefinition, user: str) -> Iterator[Finding]:
    for container in definition.containers:
        seconds = container.stop_timeout
        if seconds is not None and seconds > LONGEST:
            yield error(
                "C05",
                container,
                "StopTimeout",
                why=(user, f"Its container waits {seconds} seconds for the end of a task."),
                message=f"The stopTimeout has to be at most {LONGEST} seconds on Fargate: the task "
                "definition is rejected.",
                cure=f"Set StopTimeout to {LONGEST} or less.",
            )
