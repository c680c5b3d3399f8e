"""Whether ECS Exec works where it is wanted.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
"""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, Service
from deploy.ecs.preflight.finding import Finding, note, warning

CHANNEL = "ssmmessages:OpenDataChannel"


def entering_works(graph: Graph) -> Iterator[Finding]:
    for service in graph.all(Service):
        link = service.task_definition
        definition = link.node if link else None
        if definition is None:
            continue
        if service.allows_exec is False:
            yield from _expected(service)
        for container in definition.containers:
            if service.allows_exec and container.is_read_only:
                yield warning(
                    "E03",
                    container,
                    "ReadonlyRootFilesystem",
                    why=(
                        f"{service.resource.logical_id} has EnableExecuteCommand.",
                        f"The agent of a session writes into {container.container_name}, whose "
                        "file system is read-only.",
                    ),
                    message="TargetNotConnectedException",
                    cure="Mount volumes at /var/lib/amazon/ssm and /var/log/amazon/ssm, or leave "
                    "one of the two out.",
                )
            elif service.allows_exec and container.has_init_process is False:
                yield note(
                    "E04",
                    container,
                    "LinuxParameters",
                    why=(
                        f"Nothing in {container.container_name} reaps what sessions leave behind.",
                    ),
                    message="Zombie processes add up, until the task is replaced.",
                    cure="Set LinuxParameters: {InitProcessEnabled: true}.",
                )


def _expected(service: Service) -> Iterator[Finding]:
    """Its role may open channels, which it needs for nothing else."""
    definition = service.task_definition.node if service.task_definition else None
    role = definition.task_role.node if definition and definition.task_role else None
    if role and role.judged(CHANNEL).truth:
        yield note(
            "E02",
            service,
            "EnableExecuteCommand",
            why=(
                f"{role.resource.logical_id} may open channels for sessions, and "
                f"{service.resource.logical_id} does not enable them.",
            ),
            message="InvalidParameterException: The execute command failed because execute command "
            "was not enabled when the task was run",
            cure="Set EnableExecuteCommand to true, or take the permissions away.",
        )
