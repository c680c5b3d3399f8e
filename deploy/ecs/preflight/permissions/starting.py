"""Whether those that start tasks may, and may give them their roles."""

from collections.abc import Iterator

from deploy.ecs.graph import Graph, Role, Schedule, TaskDefinition
from deploy.ecs.graph.parts import Part
from deploy.ecs.preflight.finding import Finding, error, warning
from deploy.ecs.preflight.permissions.subjects import named, never_allowed

TASKS = "ecs-tasks.amazonaws.com"
PASSED = {"iam:PassedToService": TASKS}
DEPLOY = ("ecs:RegisterTaskDefinition", "ecs:UpdateService")


def schedules_may_start_tasks(graph: Graph) -> Iterator[Finding]:
    for schedule in graph.all(Schedule):
        link, definition = schedule.role, schedule.task_definition
        if link and link.node and definition and definition.node:
            yield from _starts(schedule, link.node, definition.node)


def _starts(schedule: Part, role: Role, definition: TaskDefinition) -> Iterator[Finding]:
    denied = ["ecs:RunTask"] if never_allowed(role, "ecs:RunTask") else []
    denied += [f"iam:PassRole on {named(each)}" for each in _not_passed(role, definition)]
    if denied:
        yield error(
            "A10",
            role,
            why=(
                f"{schedule.resource.logical_id} starts tasks as {named(role)}.",
                f"{named(role)} may not {' and '.join(denied)}.",
            ),
            message="AccessDeniedException: User is not authorized to perform: iam:PassRole",
            cure=f"Let {named(role)} ecs:RunTask on the task definition, and iam:PassRole on its "
            "roles.",
        )


def _not_passed(role: Role, definition: TaskDefinition) -> Iterator[Role]:
    for link in (definition.task_role, definition.execution_role):
        passed = link.node if link else None
        if passed and role.judged("iam:PassRole", passed, PASSED).truth is False:
            yield passed


def deployers_may_pass_roles(graph: Graph) -> Iterator[Finding]:
    for role in graph.all(Role):
        if any(role.judged(each).truth is not True for each in DEPLOY) or _is_of_machines(role):
            continue
        for definition in graph.all(TaskDefinition):
            refused = list(_not_passed(role, definition))
            if refused:
                names = " and ".join(named(each) for each in refused)
                yield warning(
                    "A10",
                    role,
                    why=(
                        f"{named(role)} may register task definitions and update services.",
                        f"It may not iam:PassRole on {names}, which "
                        f"{definition.resource.logical_id} has.",
                    ),
                    message="AccessDeniedException: User is not authorized to perform: "
                    f"iam:PassRole on resource: {names}",
                    cure=f"Let {named(role)} iam:PassRole on {names}, for ecs-tasks.amazonaws.com.",
                )


def _is_of_machines(role: Role) -> bool:
    """Of instances or tasks, which deploy nothing."""
    return any(role.trusts(each) is not False for each in ("ec2.amazonaws.com", TASKS))
