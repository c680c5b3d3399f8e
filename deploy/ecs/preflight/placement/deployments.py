"""Whether a deployment ends by itself, and whether it deploys anything.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

from collections.abc import Iterator

from deploy.ecs.graph import Container, Graph, Service, TaskDefinition
from deploy.ecs.preflight.finding import Finding, note, warning
from deploy.ecs.preflight.placement.rolling_update import CONFIGURATION, rolls

BREAKER = (CONFIGURATION, "DeploymentCircuitBreaker")


def rolls_back(graph: Graph) -> Iterator[Finding]:
    for service in graph.all(Service):
        if service.has_circuit_breaker and service.rolls_back is False:
            name = service.resource.logical_id
            yield note(
                "C11",
                service,
                *BREAKER,
                "Rollback",
                why=(
                    f"The circuit breaker of {name} ends a deployment that fails, and leaves its "
                    "tasks as they are.",
                    "A first deployment has nothing to go back to either way.",
                ),
                message="ECS deployment circuit breaker was triggered; the service stays as it is.",
                cure="Set Rollback to true; a first deployment is undone by CloudFormation only.",
            )


def breaker(graph: Graph) -> Iterator[Finding]:
    for service in graph.all(Service):
        if not rolls(service):
            continue
        if service.given(*BREAKER) is False or service.given(*BREAKER, "Enable") is False:
            yield _no_breaker(service, False)
        elif service.has_circuit_breaker is False:
            yield _no_breaker(service, True)


def _no_breaker(service: Service, is_explicit: bool) -> Finding:
    name = service.resource.logical_id
    watched = service.flag(CONFIGURATION, "Alarms", "Enable")
    tell = warning if is_explicit and not watched else note
    return tell(
        "C12",
        service,
        *BREAKER,
        *(("Enable",) if is_explicit else ()),
        why=(
            f"The circuit breaker of {name} is off" + ("." if is_explicit else " by default."),
            "ECS then starts tasks again and again that fail.",
        ),
        message="CloudFormation waits for up to three hours, until the service is stable.",
        cure=f"Set DeploymentCircuitBreaker: {{Enable: true, Rollback: true}} of {name}.",
    )


def mutable_tags(graph: Graph) -> Iterator[Finding]:
    for definition in graph.all(TaskDefinition):
        for container in definition.containers:
            if container.image is not None and container.image.tag == "latest":
                yield _mutable(definition, container)


def _mutable(definition: TaskDefinition, container: Container) -> Finding:
    written = container.text("Image")
    says = "names no tag" if written and not written.endswith(":latest") else "has the tag latest"
    return note(
        "C13",
        container,
        "Image",
        why=(
            f"An image of {definition.resource.logical_id} {says}.",
            "A new image of the same name does not change the template, and so makes no new "
            "revision.",
        ),
        message="Nothing is deployed; tasks that are started later may have another image than "
        "those that run.",
        cure="Give each image a tag of its own, such as the commit, and pass it as a parameter.",
    )
