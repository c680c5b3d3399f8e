"""What a role may do, and how AWS says that it may not."""

from dataclasses import dataclass

from deploy.ecs.graph import Graph
from deploy.ecs.graph.roles import Role

TASKS = "ecs-tasks.amazonaws.com"


@dataclass(frozen=True)
class Session:
    """A role as somebody has assumed it: a task, or an instance."""

    graph: Graph
    account: str
    role: str  # its name
    name: str  # of the session

    @property
    def arn(self) -> str:
        return f"arn:aws:sts::{self.account}:assumed-role/{self.role}/{self.name}"

    def trusts_tasks(self) -> bool:
        found = self.graph.find(self.role, Role)
        return found is None or found.trusts(TASKS) is not False

    def denial(self, action: str, resource: str = "*") -> str | None:
        """A role of no stack may do what it likes: nothing is known of it."""
        role = self.graph.find(self.role, Role)
        service = "secretsmanager"
        context = {"kms:ViaService": f"{service}.{self._region(resource)}.amazonaws.com"}
        if role is None or role.judged(action, resource, context).truth is not False:
            return None
        return (
            f"User: {self.arn} is not authorized to perform: {action} on resource: {resource} "
            f"because no identity-based policy allows the {action} action"
        )

    def _region(self, resource: str) -> str:
        fields = resource.split(":")
        return fields[3] if len(fields) > 3 else ""
