"""Whether a deployment that fails ends, and one that should happen does."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, Service, TaskDefinition
from deploy.ecs.preflight.finding import Finding, note, warning

BREAKER = ("DeploymentConfiguration", "DeploymentCircuitBreaker")


def failures_end(graph: Graph) -> Iterator[Finding]:
    for service in graph.all(Service):
        controller = service.text("DeploymentController", "Type", default="ECS")
        if controller != "ECS":
            continue
        if service.has_circuit_breaker is False:
            tell = warning if service.given(*BREAKER, "Enable") else note
            yield tell(
                "C12",
                service,
                *BREAKER,
                why=(
                    f"Nothing ends a deployment of {service.resource.logical_id} whose tasks do "
                    "not start; CloudFormation waits for hours.",
                ),
                message="UPDATE_IN_PROGRESS for up to 3 hours, then ROLLBACK",
                cure="Set DeploymentCircuitBreaker: {Enable: true, Rollback: true}.",
            )
        elif service.has_circuit_breaker and service.rolls_back is False:
            yield note(
                "C11",
                service,
                *BREAKER,
                why=(
                    f"A failed deployment of {service.resource.logical_id} ends, and its tasks "
                    "stay as they are.",
                ),
                message="The deployment failed, and the service has nothing to go back to.",
                cure="Set Rollback to true; a first deployment can be rolled back by "
                "CloudFormation only.",
            )


def new_images_are_deployed(graph: Graph) -> Iterator[Finding]:
    for definition in graph.all(TaskDefinition):
        for container in definition.containers:
            image = container.image
            if image and image.tag == "latest" and image.digest is None:
                yield note(
                    "C13",
                    container,
                    "Image",
                    why=(
                        f"The image of {container.container_name} has the tag latest: pushing "
                        "another changes no template.",
                    ),
                    message="Nothing is deployed; a task that is replaced runs another version.",
                    cure="Name a tag that is used once, or a digest.",
                )
