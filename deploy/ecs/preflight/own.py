"""The deployment's own stacks, as preflight looks at them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from deploy.ecs.configuration import Service
from deploy.ecs.evaluator import Kept, Stack
from deploy.ecs.evaluator.symbols import Parameter, Pseudo, Value
from deploy.ecs.evaluator.values import joined
from deploy.ecs.preflight.finding import Finding
from deploy.ecs.preview import Preview
from deploy.ecs.stacks import Outputs, Parts, Secrets


@dataclass
class Foreseen(Preview):
    """With the names of image and secrets, which are known before these are made, in place of
    symbols."""

    def image(self, name: str, outputs: Outputs) -> Value:
        digest = super().image(name, outputs)
        return joined([outputs["registry"]["RepositoryUri"], "@sha256:", digest])

    def secrets(self, name: str, service: Service) -> Secrets:
        plain = super().secrets(name, service)
        deployment = self.parts.deployment
        own = f"{deployment.project}/{deployment.environment}/{name}"
        return Secrets(
            self.arn(own, plain.service),
            self.arn(f"{own}/database", plain.user),
            self.arn(f"{own}/owner", plain.owner),
            plain.master,
        )

    def arn(self, name: str, unknown: Value) -> Value:
        """Its end is AWS's to make up."""
        account = self.account or Pseudo("AWS::AccountId")
        region = self.parts.deployment.region
        beginning = ["arn:aws:secretsmanager:", region, ":", account, f":secret:{name}-"]
        return joined([*beginning, unknown if isinstance(unknown, Parameter) else ""])


def own_stacks(parts: Parts, account: str | None = None, kept: Kept | None = None) -> list[Stack]:
    return Foreseen(parts, account or parts.deployment.account, kept or Kept()).stacks()


# What can be wrong by deployment.toml alone, and what to change there; {service} is a table of it.
CURES = {
    "P01": "lower {service}.task.memory, or take a larger instance_type or more instances",
    "P02": "lower {service}.task.cpu, or take a larger instance_type or more instances",
    "P03": "raise instances.max, lower {service}.min_tasks, or take an instance_type with more "
    "network interfaces, or network_mode bridge",
    "P05": "raise instances.max, lower {service}.min_tasks, or take network_mode bridge or awsvpc",
    "P06": "raise instances.max, or take network_mode bridge or awsvpc",
    "P08": "raise instances.max, or take a larger instance_type",
    "P20": "raise {service}.task.memory",
    "P21": "take another pair of {service}.task.cpu and {service}.task.memory",
    "B01": "set {service}.health_check to a path that answers 200, such as /health",
    "B02": "set {service}.health_check to a path that answers any Host, such as /health",
    "B03": "set {service}.health_check to a path that answers 200, such as /health",
    "B23": "set {service}.health_check to a path that needs no database, such as /health",
    "D11": "take a larger instance_class of the database, or lower {service}.workers or max_tasks",
}


def in_own_words(findings: Iterable[Finding], parts: Parts) -> Iterator[Finding]:
    """With cures for whoever writes deployment.toml, and no templates."""
    for each in findings:
        cure, service = CURES.get(each.id), _service(each, parts)
        if cure and service:
            filled = cure.format(service=f"services.{service}")
            yield replace(each, cure=f"In deployment.toml, {filled}.")
        else:
            yield each


def _service(finding: Finding, parts: Parts) -> str | None:
    """Of whose stacks it is: that of the service, or that of what prepares it."""
    stacks = {
        parts.stack_name(f"{name}{end}"): name
        for name in parts.deployment.services
        for end in ("", "-tasks")
    }
    return stacks.get(finding.stack)
