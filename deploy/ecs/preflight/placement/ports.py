"""Fixed host ports, of which an instance has each once.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
"""

from collections.abc import Collection, Iterator, Sequence

from deploy.ecs.graph import Graph, PortMapping, TaskDefinition
from deploy.ecs.graph.parts import Part
from deploy.ecs.preflight.finding import Finding, error, note
from deploy.ecs.preflight.placement.fleet import Fleet, Tasks
from deploy.ecs.preflight.placement.needs import fixed_ports
from deploy.ecs.preflight.placement.packing import Port
from deploy.ecs.preflight.placement.sources import MOST_PORTS
from deploy.ecs.preflight.placement.words import LACKING, asked, groups, supply, unplaced

# SSH, Docker and the agent.
RESERVED = (22, 2375, 2376, 51678, 51679)


def reserved_ports(graph: Graph) -> Iterator[Finding]:
    for definition in graph.all(TaskDefinition):
        for (port, protocol), mapping in fixed_ports(definition):
            if port in RESERVED and protocol == "tcp":
                yield error(
                    "P10",
                    mapping,
                    written_as(mapping),
                    why=(
                        f"A container of {definition.resource.logical_id} wants host port {port}.",
                        "SSH, Docker and ECS's agent have 22, 2375, 2376, 51678 and 51679.",
                    ),
                    message=f"The closest matching container-instance … {LACKING['port']}",
                    cure="Set HostPort to 0, for which Docker chooses one, or to another port.",
                )


def number_of_ports(graph: Graph) -> Iterator[Finding]:
    for definition in graph.all(TaskDefinition):
        found = list(fixed_ports(definition))
        if len({port for port, _ in found}) > MOST_PORTS:
            yield error(
                "P15",
                definition,
                "ContainerDefinitions",
                why=(
                    f"A task of {definition.resource.logical_id} has {len(found)} fixed host "
                    "ports.",
                    f"An instance may have 100 reserved ones, {100 - MOST_PORTS} of which are "
                    "ECS's own.",
                ),
                message=f"The closest matching container-instance … {LACKING['ports']}",
                cure="Set HostPort to 0 with NetworkMode bridge: such ports do not count.",
            )


def port_taken(fleet: Fleet, tasks: Tasks, beside: Sequence[Tasks]) -> Finding:
    """By tasks of its own, or of another service."""
    rivals = [each for each in beside if _shared(each, tasks)]
    is_own = not rivals or "port" in fleet.refused([tasks])
    part, name = _place(tasks, set(tasks.ports) if is_own else _shared(rivals[-1], tasks))
    return error(
        "P05" if is_own else "P09",
        part,
        name,
        why=(
            *(asked(each, "port") for each in (tasks,) if is_own),
            *(asked(each, "port") for each in (*rivals, tasks) if not is_own),
            *supply(tasks.sources, "port"),
        ),
        message=unplaced(tasks.of, "port"),
        cure="Set HostPort to 0 with NetworkMode bridge, or have an instance for each task in "
        f"{groups(tasks)}.",
    )


def daemons_ports(fleet: Fleet) -> Iterator[Finding]:
    """Of two that run on every instance."""
    for index, tasks in enumerate(fleet.daemons):
        for other in tasks.neighbours(fleet.daemons[:index]):
            if ports := _shared(tasks, other):
                part, name = _place(tasks, ports)
                listed = ", ".join(str(port) for port, _ in sorted(ports))
                yield error(
                    "P09",
                    part,
                    name,
                    why=(
                        f"{other.name} and {tasks.name} are daemons, with a task on each instance "
                        f"of {groups(tasks)}.",
                        f"Both want host port {listed} of it.",
                    ),
                    message=unplaced(tasks.of, "port"),
                    cure="Give one of them another HostPort.",
                )


def shared_ports(settled: Sequence[Tasks]) -> Iterator[Finding]:
    """Of two services that find an instance each, as long as there are enough."""
    for index, tasks in enumerate(settled):
        for other in tasks.neighbours(settled[:index]):
            if ports := _shared(tasks, other):
                part, name = _place(tasks, ports)
                yield note(
                    "P09",
                    part,
                    name,
                    why=(asked(other, "port"), asked(tasks, "port")),
                    message="Tasks of the two never share an instance.",
                    cure="Set HostPort to 0 with NetworkMode bridge, or to another port.",
                )
                break


def written_as(mapping: PortMapping) -> str:
    return "HostPort" if mapping.given("HostPort") else "ContainerPort"


def _shared(one: Tasks, other: Tasks) -> set[Port]:
    return set(one.ports) & set(other.ports)


def _place(tasks: Tasks, ports: Collection[Port]) -> tuple[Part, str]:
    found = (mapping for port, mapping in fixed_ports(tasks.definition) if port in ports)
    mapping = next(found, None)
    return (mapping, written_as(mapping)) if mapping else (tasks.of, "DesiredCount")
