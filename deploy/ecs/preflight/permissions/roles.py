"""Whether the right service may assume each role."""

from collections.abc import Iterator

from deploy.ecs.graph import AutoScalingGroup, Graph, Link, Role, TaskDefinition
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.permissions.subjects import named, never_allowed

TASKS = "ecs-tasks.amazonaws.com"
JOIN = ("ecs:RegisterContainerInstance", "ecs:Poll")
NONE_JOINED = "No Container Instances were found in your cluster."


def ecs_may_assume(graph: Graph) -> Iterator[Finding]:
    for definition in graph.all(TaskDefinition):
        yield from _trust(definition.execution_role, "ExecutionRoleArn", definition)
        yield from _trust(definition.task_role, "TaskRoleArn", definition)


def _trust(link: Link[Role] | None, name: str, definition: TaskDefinition) -> Iterator[Finding]:
    role = link.node if link else None
    if role and role.trusts(TASKS) is False:
        found = ", ".join(str(each) for each in role.principals) or "nobody"
        yield error(
            "A05",
            role,
            "AssumeRolePolicyDocument",
            why=(
                f"{named(role)} is the {name} of {definition.resource.logical_id}.",
                f"It trusts {found}, and not {TASKS}.",
            ),
            message=f"ECS was unable to assume the role '{named(role)}' that was provided for this "
            "task. Please verify that the role being passed has the proper trust relationship.",
            cure=f"Let the service {TASKS} sts:AssumeRole.",
        )


def instances_may_join(graph: Graph) -> Iterator[Finding]:
    for group in graph.all(AutoScalingGroup):
        role = group.machine.role if group.machine and group.cluster else None
        if role is None:
            continue
        denied = [each for each in JOIN if never_allowed(role, each)]
        if denied:
            found = error(
                "P12",
                role,
                why=(
                    f"The instances of {group.resource.logical_id} act as {named(role)}.",
                    f"{named(role)} may not {' and '.join(denied)}.",
                ),
                message=NONE_JOINED,
                cure=f"Attach AmazonEC2ContainerServiceforEC2Role to {named(role)}.",
            )
            yield from (found, found.consequence("P11", NONE_JOINED))
