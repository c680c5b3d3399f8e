"""Whether the agent of instances offers what a task asks for.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
"""

import re
from collections.abc import Iterator, Sequence

from deploy.ecs.graph import Container
from deploy.ecs.graph.parts import Part
from deploy.ecs.graph.reading import flag
from deploy.ecs.preflight.finding import Finding, error, warning
from deploy.ecs.preflight.placement.fleet import Tasks
from deploy.ecs.preflight.placement.sources import Source
from deploy.ecs.preflight.placement.words import groups, unplaced

DRIVERS = "ECS_AVAILABLE_LOGGING_DRIVERS"
BY_DEFAULT = ("json-file", "syslog", "awslogs", "fluentd", "none")


def capabilities(tasks: Tasks) -> Iterator[Finding]:
    for container in tasks.definition.containers:
        yield from _log_driver(tasks, container)
        yield from _gpu(tasks, container)
        yield from _privileges(tasks, container)
    yield from _switched_off(tasks)


def _log_driver(tasks: Tasks, container: Container) -> Iterator[Finding]:
    driver = container.log.driver if container.log else None
    if driver is None or driver == "awsfirelens":
        return
    lacking = [_lacks_driver(each, driver) for each in tasks.sources]
    if all(lacking):
        listed = all(each == DRIVERS for each in lacking)
        yield (error if listed else warning)(
            "P14",
            container,
            "LogConfiguration",
            "LogDriver",
            why=(
                f"{tasks.definition.resource.logical_id} logs by {driver}.",
                f"{DRIVERS} of {groups(tasks)} does not name it."
                if listed
                else f"{groups(tasks)} does not set {DRIVERS}, which is {', '.join(BY_DEFAULT)}.",
            ),
            message=unplaced(tasks.of, "attribute"),
            cure=f'Write {DRIVERS}=["{driver}"] to /etc/ecs/ecs.config in UserData, or take '
            "awslogs.",
        )


def _lacks_driver(source: Source, driver: str) -> str | None:
    """By what."""
    machine = source.machine
    if machine is None:
        return None
    if machine.setting(DRIVERS):
        written = machine.agent[DRIVERS]
        named = re.findall("[a-z-]+", written) if isinstance(written, str) else [driver]
        return None if driver in named else DRIVERS
    return "default" if machine.setting(DRIVERS) is False and driver not in BY_DEFAULT else None


def _gpu(tasks: Tasks, container: Container) -> Iterator[Finding]:
    for wanted in container.parts(Part, "ResourceRequirements"):
        # No type whose numbers are known here has one.
        if wanted.text("Type") == "GPU" and all(each.types for each in tasks.sources):
            yield lacks_attribute(
                tasks,
                wanted,
                ("Type",),
                [f"{each.name} starts {each.type_names}, without a GPU." for each in tasks.sources],
                "Take an InstanceType that has GPUs, such as g5.xlarge, and its image.",
            )


def _privileges(tasks: Tasks, container: Container) -> Iterator[Finding]:
    name = "ECS_DISABLE_PRIVILEGED"
    if container.flag("Privileged") and _all_set(tasks, name, True):
        yield lacks_attribute(
            tasks,
            container,
            ("Privileged",),
            [f"{groups(tasks)} sets {name}."],
            f"Do without Privileged, or without {name}.",
        )


def _switched_off(tasks: Tasks) -> Iterator[Finding]:
    definition = tasks.definition
    wanted = {
        "ECS_ENABLE_TASK_ENI": (definition.network_mode == "awsvpc", "NetworkMode"),
        "ECS_ENABLE_TASK_IAM_ROLE": (definition.given("TaskRoleArn"), "TaskRoleArn"),
    }
    for name, (is_wanted, path) in wanted.items():
        if is_wanted and _all_set(tasks, name, False):
            yield lacks_attribute(
                tasks,
                definition,
                (path,),
                [
                    f"{definition.resource.logical_id} needs {name}.",
                    f"{groups(tasks)} turns it off.",
                ],
                f"Set {name}=true in UserData.",
            )


def _all_set(tasks: Tasks, name: str, wanted: bool) -> bool:
    machines = [each.machine for each in tasks.sources]
    return all(each is not None and flag(each.agent.get(name)) is wanted for each in machines)


def lacks_attribute(
    tasks: Tasks, part: Part, path: tuple[str, ...], why: Sequence[str], cure: str
) -> Finding:
    return error("P14", part, *path, why=why, message=unplaced(tasks.of, "attribute"), cure=cure)
