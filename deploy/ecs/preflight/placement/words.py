"""How findings say what there is and what is needed."""

from collections.abc import Iterable
from math import inf

from deploy.ecs.graph import Service
from deploy.ecs.preflight.placement.fleet import Asker, Tasks
from deploy.ecs.preflight.placement.sources import Source

FAULTS = {"memory": "P01", "cpu": "P02", "interfaces": "P03", "port": "P05", "ports": "P15"}
UNITS = {"memory": "MiB", "cpu": "CPU units", "interfaces": "network interfaces"}
UNITS |= {"ports": "fixed host ports"}
LACKING = {
    "memory": "has insufficient memory available.",
    "cpu": "has insufficient CPU units available.",
    "interfaces": 'encountered error "RESOURCE:ENI".',
    "port": "is already using a port required by your task.",
    "ports": "is already using a port required by your task.",
    "attribute": "is missing an attribute required by your task.",
    "agent": 'encountered error "AGENT".',
}
REASONS = {"memory": "RESOURCE:MEMORY", "cpu": "RESOURCE:CPU", "interfaces": "RESOURCE:ENI"}


def unplaced(asker: Asker, lacking: str) -> str:
    if not isinstance(asker, Service):
        reason = REASONS.get(lacking, "ATTRIBUTE" if lacking == "attribute" else "RESOURCE:PORTS")
        return f"RunTask of {asker.resource.logical_id} fails with {reason}."
    return (
        f"service {called(asker)} was unable to place a task because no container instance met "
        f"all of its requirements. The closest matching container-instance … {LACKING[lacking]}"
    )


def no_instances(service: Service) -> str:
    return (
        f"service {called(service)} was unable to place a task because no container instance met "
        "all of its requirements. Reason: No Container Instances were found in your cluster."
    )


def called(service: Service) -> str:
    name = service.service_name
    return name if isinstance(name, str) and name else service.resource.logical_id


def amount(tasks: Tasks, dimension: str) -> str:
    if dimension == "port":
        ports = sorted(tasks.ports)
        return f"host port {', '.join(str(port) for port, _ in ports)}" if ports else "no host port"
    unit = UNITS[dimension]
    need = tasks.needs[dimension]
    return f"{need} {unit.removesuffix('s') if need == 1 else unit}"


def asked(tasks: Tasks, dimension: str) -> str:
    count = tasks.count or 0
    what = "task" if count == 1 else "tasks"
    return f"{tasks.name} has {count} {what} of {amount(tasks, dimension)}."


def offered(source: Source, dimension: str) -> str:
    """Of one instance."""
    if dimension == "port":
        return f"An instance of {source.name} has each host port once."
    kind = f" ({source.type_names})" if source.types else ""
    room = source.room()[dimension]
    kept = f", ECS_RESERVED_MEMORY taken off ({source.reserved})" if source.reserved else ""
    has = "any number of" if room == inf else f"{room:.0f}"
    kept = kept if dimension == "memory" else ""
    return f"An instance of {source.name}{kind} has {has} {UNITS[dimension]} for tasks{kept}."


def number_of(source: Source) -> str:
    count = source.count
    what = "instance" if count == 1 else "instances"
    how = "grows to" if source.grows is not False else "has"
    stays = "" if source.grows is not False else ", as nothing scales it"
    return f"{source.name} {how} {count} {what}{stays}."


def supply(sources: Iterable[Source], dimension: str) -> list[str]:
    return [text for each in sources for text in (number_of(each), offered(each, dimension))]


def groups(tasks: Tasks) -> str:
    return " and ".join(each.name for each in tasks.sources)
