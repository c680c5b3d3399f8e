"""An account as moto has it, with recorded answers where moto has none."""

from collections.abc import Mapping
from typing import Any

from deploy.ecs.aws import AWS
from deploy.ecs.evaluator import Environment, Kept
from deploy.ecs.preflight.finding import Finding
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.live.values import with_values
from deploy.ecs.preflight.preflight import in_order, preflight
from deploy.ecs.preflight.templates import Given, Read, read
from tests.deploy.amazon import ACCOUNT, REGION
from tests.deploy.diagnose.replay import Answer, Replay
from tests.deploy.evaluator.writing import Folder

REFUSED = "AccessDeniedException"
DENIED = {"EvaluationResults": [{"EvalActionName": "x:Y", "EvalDecision": "implicitDeny"}]}
ALLOWED = {"EvaluationResults": [{"EvalActionName": "x:Y", "EvalDecision": "allowed"}]}
# Of what moto does not know, what nobody stumbles over.
QUIET: dict[str, Answer] = {
    "ecr.DescribePullThroughCacheRules": {"pullThroughCacheRules": []},
    "iam.SimulatePrincipalPolicy": ALLOWED,
    "service-quotas.GetServiceQuota": {"Quota": {"Value": 4000.0}},
    "sts.GetCallerIdentity": {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/ann"},
}


class Partly(Replay):
    def __init__(self, answers: Mapping[str, Answer], region: str = REGION) -> None:
        AWS.__init__(self, region)
        self.given: Mapping[str, Any] = {}
        self.answers = {**QUIET, **answers}

    def answer(self, model: Any, **rest: Any) -> Any:
        name = f"{model.service_model.service_name}.{model.name}"
        return super().answer(model, **rest) if name in self.answers else None


class Asked:
    """Whoever asks `preflight --live` about a template."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder

    def __call__(
        self, template: str, answers: Mapping[str, Answer] | None = None, region: str = REGION
    ) -> list[Finding]:
        account = Account(Partly(answers or {}, region))
        given = [Given(self.folder.write(template), stack_name="shop")]

        def reading(number: str | None, kept: Kept) -> Read:
            return read(given, {}, Environment(region, number, kept=kept))

        found = with_values(reading, account)
        return in_order([*found.findings, *preflight(found.stacks, account=account)])


def of(found: list[Finding], *ids: str) -> list[Finding]:
    return [each for each in found if each.id in ids]
