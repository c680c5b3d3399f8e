"""Tasks that run by the clock."""

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph.capacity import Cluster, StrategyItem
from deploy.ecs.graph.parts import Link, Listing, Node
from deploy.ecs.graph.roles import Role
from deploy.ecs.graph.security_groups import SecurityGroup
from deploy.ecs.graph.subnets import Subnet
from deploy.ecs.graph.tasks import TaskDefinition

TASK = ("Target", "EcsParameters")
AWSVPC = (*TASK, "NetworkConfiguration", "AwsvpcConfiguration")


class Schedule(Node):
    TYPES = ("AWS::Scheduler::Schedule",)

    @property
    def expression(self) -> str | None:
        return self.text("ScheduleExpression")

    @property
    def cluster(self) -> Link[Cluster] | None:
        return self.link(Cluster, "Target", "Arn")

    @property
    def role(self) -> Link[Role] | None:
        """As which the task is started."""
        return self.link(Role, "Target", "RoleArn")

    @property
    def task_definition(self) -> Link[TaskDefinition] | None:
        return self.link(TaskDefinition, *TASK, "TaskDefinitionArn")

    @property
    def strategy(self) -> Listing[StrategyItem]:
        return self.parts(StrategyItem, *TASK, "CapacityProviderStrategy")

    @property
    def launch(self) -> str | None:
        """ "fargate" or "ec2"."""
        if self.given(*TASK, "LaunchType"):
            return {"FARGATE": "fargate", "EC2": "ec2"}.get(self.text(*TASK, "LaunchType") or "")
        kinds = {each.launch for each in self.strategy}
        return kinds.pop() if len(kinds) == 1 and self.strategy.complete else None

    @property
    def subnets(self) -> Listing[Link[Subnet]]:
        return self.links(Subnet, *AWSVPC, "Subnets")

    @property
    def security_groups(self) -> Listing[Link[SecurityGroup]]:
        return self.links(SecurityGroup, *AWSVPC, "SecurityGroups")

    @property
    def public_address(self) -> bool | None:
        found = self.text(*AWSVPC, "AssignPublicIp", default="DISABLED")
        return None if found is None else found == "ENABLED"

    @property
    def input(self) -> Value:
        """The overrides, as JSON in a string that may have symbols."""
        return self.value("Target", "Input")
