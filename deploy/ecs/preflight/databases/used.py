"""The databases that a task's environment or secrets lead to."""

from deploy.ecs.graph import Database, TaskDefinition
from deploy.ecs.graph.database_uses import databases_in, databases_of


def used_by(definition: TaskDefinition) -> list[Database]:
    """Clusters for their members."""
    found: dict[Database, None] = {}
    for container in definition.containers:
        for value in container.environment.values():
            found |= dict.fromkeys(databases_in(definition.graph, value))
        for each in container.secrets:
            if each.target is not None:
                found |= dict.fromkeys(databases_of(each.target))
    return list(found)
