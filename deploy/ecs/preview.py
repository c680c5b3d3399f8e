"""The stacks of a deployment as the evaluator tells them, before any is made."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from deploy.ecs.configuration import Service
from deploy.ecs.evaluator import Environment, Kept, Stack, Template, evaluate
from deploy.ecs.evaluator.symbols import Parameter, Value
from deploy.ecs.refusals import refusal
from deploy.ecs.stacks import Outputs, Part, Parts, Secrets


@dataclass
class Preview:
    """All stacks as they would be, before any of them is there."""

    parts: Parts
    account: str | None = None
    kept: Kept = field(default_factory=Kept)

    def stacks(self) -> list[Stack]:
        return [stack for _, stack in self]

    def check(self) -> list[Stack]:
        """Raises DeploymentError where a template refuses what it is given, before those that
        build on its outputs."""
        stacks = []
        for part, stack in self:
            if refused := [each for each in stack.problems if each.refused]:
                raise refusal(refused, part.name)
            stacks.append(stack)
        return stacks

    def __iter__(self) -> Iterator[tuple[Part, Stack]]:
        outputs: dict[str, dict[str, Value]] = {}
        for part in self.in_order(outputs):
            stack = self.evaluated(part)
            outputs[part.name] = {name: each.value for name, each in stack.outputs.items()}
            yield part, stack

    def in_order(self, outputs: Outputs) -> Iterator[Part]:
        parts = self.parts
        yield parts.registry()
        if network := parts.network():
            yield network
        if data := parts.data(outputs):
            yield data
        yield parts.cluster(outputs)
        if bastion := parts.bastion(outputs):
            yield bastion
        for name, service in parts.deployment.services.items():
            secrets = self.secrets(name, service)
            image = self.image(name, outputs)
            yield parts.tasks(name, outputs, image, secrets)
            yield parts.service(name, outputs, image, secrets)

    def image(self, name: str, outputs: Outputs) -> Value:
        return Parameter("Image", name)

    def secrets(self, name: str, service: Service) -> Secrets:
        existing = self.parts.existing(service.database)
        has_master = existing is None or bool(existing.master_secret)
        arns = [Parameter(each, name) for each in ("Service", "User", "Owner", "Master")]
        return Secrets(arns[0], arns[1], arns[2], arns[3] if has_master else None)

    def evaluated(self, part: Part) -> Stack:
        region, name = self.parts.deployment.region, self.parts.stack_name(part.name)
        environment = Environment(region, self.account, name, self.kept)
        if part.template is None:
            raise ValueError(f"{part.name} comes without a template.")
        return evaluate(Template.read(part.template), part.parameters, environment)
