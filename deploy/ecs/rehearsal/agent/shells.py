"""ECS Exec, which a rehearsal answers as AWS does where it would fail."""

from dataclasses import dataclass

from moto.ecs.exceptions import ECSException

from deploy.ecs.rehearsal.agent.interfaces import Interfaces
from deploy.ecs.rehearsal.agent.permissions import Session
from deploy.ecs.rehearsal.agent.reachability import Reachability
from deploy.ecs.rehearsal.agent.region import Region
from deploy.ecs.rehearsal.agent.tasks import RUNNING, Task

ACTIONS = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
NOT_ENABLED = (
    "The execute command failed because execute command was not enabled when the task was run or "
    "the execute command agent isn't running. Wait and try again or run a new task with execute "
    "command enabled and try again."
)
NOT_CONNECTED = "The execute command failed due to an internal error. Try again later."


@dataclass
class Shells:
    region: Region
    interfaces: Interfaces

    def refusal(self, task: Task) -> ECSException:
        if task.status != RUNNING or not task.wish.can_exec:
            return ECSException("InvalidParameterException", NOT_ENABLED)
        if not self.connects(task):
            return ECSException("TargetNotConnectedException", NOT_CONNECTED)
        return ECSException("ClientException", "A rehearsal opens no shell in its tasks.")

    def connects(self, task: Task) -> bool:
        role = task.wish.definition.task_role
        if not role:
            return False
        session = Session(self.region.latest, self.region.account, role, task.id)
        if any(session.denial(each) for each in ACTIONS):
            return False
        here = Reachability(self.region.latest, self.region.name)
        return here.reaches_service(self.interfaces.own(task), "ssmmessages")
