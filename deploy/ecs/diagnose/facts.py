"""What is there, in sentences: of some of it ECS says nothing, and deploy/ecs/services/causes/
state.py knows what it means. Each is said only where all that it rests on was seen."""

import math
from collections.abc import Iterable, Iterator, Sequence

from deploy.ecs.diagnose.gathered import Described, Gathered

RESERVED = {22, 2375, 2376, 51678, 51679}  # SSH's, Docker's and the agent's
MOST_PORTS = 100
TOLERATED = 3  # failures, after which a circuit breaker would have ended it


def facts(found: Gathered, events: Sequence[str]) -> list[str]:
    """`events` are those since the trouble began."""
    said = [*of_deployment(found)]
    if found.is_on_instances and found.count < found.desired:
        said = [*of_instances(found), *of_ports(found), *of_room(found, events), *said]
    return said


# Instances.


def of_instances(found: Gathered) -> Iterator[str]:
    if found.instances is None:
        return
    cluster = f"The cluster {found.subject.cluster}"
    if not found.instances:
        yield f"{cluster}: no container instance is registered in the cluster."
        return
    names = [each["ec2InstanceId"] for each in found.instances]
    if not any(each["agentConnected"] for each in found.instances):
        yield (
            f"{cluster}: the agent of {', '.join(names)} is disconnected, and no other instance "
            "has one that is connected."
        )
    for each in found.instances:
        if len(ports(each) - {str(port) for port in RESERVED}) >= MOST_PORTS:
            yield (
                f"The instance {each['ec2InstanceId']} has {MOST_PORTS} host ports in use, which "
                "is all that there are."
            )


def resources(listed: Iterable[Described]) -> dict[str, Described]:
    return {each["name"]: each for each in listed}


def ports(instance: Described) -> set[str]:
    """That are taken."""
    taken = resources(instance.get("remainingResources", ())).get("PORTS", {})
    return set(taken.get("stringSetValue", ()))


# The task definition.


def of_ports(found: Gathered) -> Iterator[str]:
    for port in host_ports(found.definition) & RESERVED:
        name = found.definition.get("family", "")
        revision = found.definition.get("revision", "")
        yield (
            f"The task definition {name}:{revision} has the host port {port}, which every instance "
            "keeps for itself."
        )


def host_ports(definition: Described) -> set[int]:
    """Those that are the same for each task."""
    mode = definition.get("networkMode")
    if mode == "awsvpc":
        return set()
    containers: Sequence[Described] = definition.get("containerDefinitions", ())
    mappings = [each for container in containers for each in container.get("portMappings", ())]
    given = {int(each.get("hostPort") or 0) for each in mappings}
    if mode == "host":
        given |= {int(each.get("containerPort") or 0) for each in mappings}
    return given - {0}


def demand(definition: Described) -> tuple[int, int]:
    """CPU units and MiB."""
    containers: Sequence[Described] = definition.get("containerDefinitions", ())
    cpu = definition.get("cpu") or sum(each.get("cpu", 0) for each in containers)
    memory = definition.get("memory") or sum(
        each.get("memoryReservation") or each.get("memory", 0) for each in containers
    )
    return int(cpu), int(memory)


# What an update has for room.


def of_room(found: Gathered, events: Sequence[str]) -> Iterator[str]:
    if found.primary.get("rolloutState") != "IN_PROGRESS":
        return
    wanted = found.primary.get("taskDefinition")
    former = [each for each in found.running if each["taskDefinitionArn"] != wanted]
    what = f"The {found.subject.what.removeprefix('the ')}"
    if not former or not found.instances:
        return
    said = "\n".join(events)
    is_full = "insufficient memory" in said or "insufficient CPU" in said
    if is_full and any(is_large_enough(each, found.definition) for each in found.instances):
        yield (
            f"{what}: an instance as a whole is large enough for a task, and the former tasks of "
            "the service hold it."
        )
    is_refused = "already using a port" in said and host_ports(found.definition)
    if is_refused and len(former) >= len(found.instances) and least(found) >= found.desired:
        yield (
            f"{what}: every instance has a former task at its fixed host port, and none may be "
            "ended first."
        )


def is_large_enough(instance: Described, definition: Described) -> bool:
    registered = resources(instance.get("registeredResources", ()))
    cpu, memory = demand(definition)
    has_cpu = registered.get("CPU", {}).get("integerValue", 0) >= cpu
    return bool(has_cpu and registered.get("MEMORY", {}).get("integerValue", 0) >= memory > 0)


def least(found: Gathered) -> int:
    """Tasks that have to run during an update."""
    given = found.service.get("deploymentConfiguration") or {}
    return math.ceil(found.desired * int(given.get("minimumHealthyPercent", 100)) / 100)


def most(found: Gathered) -> int:
    given = found.service.get("deploymentConfiguration") or {}
    return math.floor(found.desired * int(given.get("maximumPercent", 200)) / 100)


# The deployment.


def of_deployment(found: Gathered) -> Iterator[str]:
    primary, name = found.primary, found.primary.get("id", "")
    deployments = found.service.get("deployments", ())
    is_replica = found.service.get("schedulingStrategy", "REPLICA") == "REPLICA"
    if is_replica and len(deployments) > 1 and least(found) >= found.desired >= most(found) > 0:
        yield (
            f"The {found.subject.what.removeprefix('the ')}: of {found.desired} desired tasks at "
            f"least {least(found)} have to run and at most {most(found)} may, so that none can be "
            "replaced."
        )
    if primary.get("rolloutState") == "FAILED" and len(deployments) == 1:
        yield f"The deployment {name} failed, and no deployment before it was ever complete."
    breaker = (found.service.get("deploymentConfiguration") or {}).get("deploymentCircuitBreaker")
    failed = primary.get("failedTasks", 0)
    is_endless = not (breaker or {}).get("enable") and failed >= TOLERATED
    if is_endless and primary.get("rolloutState") == "IN_PROGRESS":
        yield (
            f"Deployment {name}: {failed} tasks have failed, and no circuit breaker ends the "
            "deployment."
        )


def summary(found: Gathered) -> list[str]:
    """How it is, for a person."""
    if found.is_hidden:
        return []
    if not found.is_there:
        return [f"The service is {found.service.get('status', 'not there')}."]
    lines = [f"{found.count} of {found.desired} tasks run."]
    if state := found.primary.get("rolloutState"):
        lines.append(f"The deployment {found.primary['id']} is {state}.")
    if found.targets:
        lines.append(f"{found.healthy} of {len(found.targets)} targets are healthy.")
    lines += [of_instance(each) for each in found.instances or ()]
    return lines


def of_instance(instance: Described) -> str:
    free = resources(instance.get("remainingResources", ()))
    cpu, memory = (free.get(name, {}).get("integerValue", 0) for name in ("CPU", "MEMORY"))
    agent = "connected" if instance["agentConnected"] else "disconnected"
    return (
        f"The instance {instance['ec2InstanceId']} is {instance['status']}, its agent {agent}; it "
        f"has {instance['runningTasksCount']} tasks, and {cpu} CPU units and {memory} MiB free."
    )
