"""The deployment's own stacks, as preflight looks at them."""

from dataclasses import dataclass

from deploy.ecs.configuration import Service
from deploy.ecs.evaluator import Kept, Stack
from deploy.ecs.evaluator.symbols import Parameter, Pseudo, Value
from deploy.ecs.evaluator.values import joined
from deploy.ecs.preview import Preview
from deploy.ecs.stacks import Parts, Secrets


@dataclass
class Foreseen(Preview):
    """With the names of secrets, which are known before these are made, in place of symbols."""

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
