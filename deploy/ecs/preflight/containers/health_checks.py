"""Whether containers and their own health checks are defined as ECS takes them."""

from collections.abc import Iterator

from deploy.ecs.graph import Container, Graph, TaskDefinition
from deploy.ecs.preflight.finding import Finding, error

FORMS = ("CMD", "CMD-SHELL", "NONE")


def commands_say_their_form(graph: Graph) -> Iterator[Finding]:
    for definition in graph.all(TaskDefinition):
        for container in definition.containers:
            yield from _form(container)


def _form(container: Container) -> Iterator[Finding]:
    check = container.health_check
    if check is None or not len(check.command):
        return
    first = check.command[0]
    if isinstance(first, str) and first not in FORMS:
        yield error(
            "C02",
            check,
            "Command",
            why=(
                f"The health check of {container.container_name} begins with {first!r}.",
                "ECS wants to be told first how to run it: CMD or CMD-SHELL.",
            ),
            message="ClientException: Health check command must begin with CMD or CMD-SHELL",
            cure="Put CMD-SHELL in front of a line for the shell, or CMD in front of its words.",
        )


def one_is_essential(graph: Graph) -> Iterator[Finding]:
    for definition in graph.all(TaskDefinition):
        containers = definition.containers
        known = containers.complete and len(containers) > 0
        if known and all(each.is_essential is False for each in containers):
            yield error(
                "C06",
                definition,
                "ContainerDefinitions",
                why=(f"No container of {definition.resource.logical_id} is essential.",),
                message="ClientException: Task definition must have at least one essential "
                "container.",
                cure="Leave Essential out, or set it to true, of the one that the task is for.",
            )
