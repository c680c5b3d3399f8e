"""Tasks that run by the clock, or when something happens."""

from functools import cached_property

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph.capacity import Cluster, StrategyItem
from deploy.ecs.graph.parts import Link, Listing, Node, Part, Step
from deploy.ecs.graph.roles import Role
from deploy.ecs.graph.security_groups import SecurityGroup
from deploy.ecs.graph.subnets import Subnet
from deploy.ecs.graph.tasks import TaskDefinition

RULE = "AWS::Events::Rule"


class Schedule(Node):
    """Of EventBridge Scheduler, or a rule of EventBridge, of whose targets the first that is a
    task counts."""

    TYPES = ("AWS::Scheduler::Schedule", RULE)

    @cached_property
    def target(self) -> tuple[Step, ...]:
        """Where it stands."""
        if self.resource.type != RULE:
            return ("Target",)
        found = self.parts(Part, "Targets")
        tasks = [index for index, each in enumerate(found) if each.given("EcsParameters")]
        return ("Targets", tasks[0] if tasks else 0)

    @property
    def task(self) -> tuple[Step, ...]:
        return (*self.target, "EcsParameters")

    @property
    def awsvpc(self) -> tuple[Step, ...]:
        is_rule = self.resource.type == RULE
        name = "AwsVpcConfiguration" if is_rule else "AwsvpcConfiguration"
        return (*self.task, "NetworkConfiguration", name)

    @property
    def expression(self) -> str | None:
        return self.text("ScheduleExpression")

    @property
    def cluster(self) -> Link[Cluster] | None:
        return self.link(Cluster, *self.target, "Arn")

    @property
    def role(self) -> Link[Role] | None:
        """As which the task is started."""
        return self.link(Role, *self.target, "RoleArn")

    @property
    def task_definition(self) -> Link[TaskDefinition] | None:
        return self.link(TaskDefinition, *self.task, "TaskDefinitionArn")

    @property
    def strategy(self) -> Listing[StrategyItem]:
        return self.parts(StrategyItem, *self.task, "CapacityProviderStrategy")

    @property
    def launch(self) -> str | None:
        """ "fargate" or "ec2"."""
        if self.given(*self.task, "LaunchType"):
            return {"FARGATE": "fargate", "EC2": "ec2"}.get(
                self.text(*self.task, "LaunchType") or ""
            )
        kinds = {each.launch for each in self.strategy}
        return kinds.pop() if len(kinds) == 1 and self.strategy.complete else None

    @property
    def subnets(self) -> Listing[Link[Subnet]]:
        return self.links(Subnet, *self.awsvpc, "Subnets")

    @property
    def security_groups(self) -> Listing[Link[SecurityGroup]]:
        return self.links(SecurityGroup, *self.awsvpc, "SecurityGroups")

    @property
    def public_address(self) -> bool | None:
        found = self.text(*self.awsvpc, "AssignPublicIp", default="DISABLED")
        return None if found is None else found == "ENABLED"

    @property
    def input(self) -> Value:
        """The overrides, as JSON in a string that may have symbols."""
        return self.value(*self.target, "Input")
