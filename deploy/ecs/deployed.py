"""What is there of a deployment, as its stacks tell."""

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.cloudformation.stack import CloudFormationStack
from deploy.ecs.errors import DeploymentError
from deploy.ecs.services.one_off import Place
from deploy.ecs.stacks import Parts

Outputs = Mapping[str, Mapping[str, str]]  # by part


@dataclass(frozen=True)
class Deployed:
    parts: Parts
    outputs: Outputs

    @classmethod
    def find(cls, aws: AWS, parts: Parts) -> "Deployed":
        """Parts that are not there have no outputs."""
        names = ["registry", "network", "data", "cluster", "bastion"]
        for service in parts.deployment.services:
            names += [f"{service}-tasks", service]
        stacks = {name: CloudFormationStack(aws, parts.stack_name(name), Clock()) for name in names}
        return cls(parts, {name: stack.outputs() for name, stack in stacks.items()})

    def of(self, part: str) -> Mapping[str, str]:
        """Raises DeploymentError where it is not there."""
        if found := self.outputs.get(part):
            return found
        raise DeploymentError(
            f"The stack {self.parts.stack_name(part)} is not there.",
            "Deploy it: python -m deploy.ecs up",
        )

    def place(self, part: str) -> Place:
        """Where tasks of a service's stack, or of its tasks' stack, run."""
        cluster, own = self.of("cluster"), self.of(part)
        groups = own.get("TaskSecurityGroups", "")
        subnets = self.parts.task_subnets(self.outputs) if groups else ""
        return Place(
            cluster["Cluster"],
            cluster["CapacityProvider"],
            cluster["LogGroup"],
            subnets.split(",") if subnets else (),
            groups.split(",") if groups else (),
            own.get("AssignPublicIp") == "ENABLED",
        )
