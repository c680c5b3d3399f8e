"""Whether anything is left to read when a task is gone."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, Service
from deploy.ecs.preflight.finding import Finding, note, warning


def logs_are_kept(graph: Graph) -> Iterator[Finding]:
    for service in graph.all(Service):
        link = service.task_definition
        definition = link.node if link else None
        for container in definition.containers if definition else ():
            unlogged = container.given("LogConfiguration") is False
            if unlogged and container.is_essential:
                tell = warning if service.rolls_back else note
                yield tell(
                    "C10",
                    container,
                    "LogConfiguration",
                    why=(
                        f"{container.container_name} keeps its output on the task's disk.",
                        "When a deployment is rolled back, its tasks are gone, and their output "
                        "with them.",
                    ),
                    message="(service) deployment failed: tasks failed to start: and no log says "
                    "why",
                    cure="Add a LogConfiguration with awslogs and a log group.",
                )
