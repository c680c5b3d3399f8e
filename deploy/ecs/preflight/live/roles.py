"""Roles that no stack makes: what IAM says that they may.

It is asked by simulation, which knows the role's policies, boundary and the organization's, and no
policy of a resource: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deploy.ecs.graph import Graph, Role, TaskDefinition
from deploy.ecs.graph.parts import Link
from deploy.ecs.preflight.finding import Finding, error
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.live.subjects import is_here, may_be_made, outside

TASKS = "ecs-tasks.amazonaws.com"
PROPERTIES = {"TaskRoleArn": "task role", "ExecutionRoleArn": "execution role"}


@dataclass(frozen=True)
class Existing:
    """A role of the account."""

    arn: str
    account: Account

    @property
    def name(self) -> str:
        return self.arn.rsplit("/", 1)[-1]

    def refused(self, action: str, resource: str, policy: str | None = "") -> bool:
        """Certainly. `policy` is the resource's, which may allow what the role's do not; None
        where it is not known."""
        found = self.account.decision(self.arn, action, resource, {})
        if found == "implicitDeny":
            return policy is not None and not admits(policy, self.arn)
        return found == "explicitDeny"


def role_of(link: Link[Role] | None, account: Account) -> Existing | None:
    written = outside(link)
    if not written or not is_here(written, account):
        return None
    found = account.role(written.rsplit("/", 1)[-1])
    if found is None and written.startswith("arn:"):
        return Existing(written, account)
    return Existing(found["Arn"], account) if found else None


def admits(policy: str, principal: str) -> bool:
    """Whether a resource's own policy may: conditions and actions aside."""
    try:
        found = json.loads(policy or "{}").get("Statement", [])
    except (ValueError, AttributeError):
        return True
    statements = found if isinstance(found, list) else [found]
    return any(_names(each, principal) for each in statements if each.get("Effect") == "Allow")


def _names(statement: dict[str, Any], principal: str) -> bool:
    named = statement.get("Principal")
    if named is None or named == "*":
        return True
    found = named.get("AWS", [])
    return bool({"*", principal} & set([found] if isinstance(found, str) else found))


def can_be_assumed(graph: Graph, account: Account) -> Iterator[Finding]:
    for definition in graph.all(TaskDefinition):
        for name, kind in PROPERTIES.items():
            written = outside(definition.link(Role, name))
            if not written or not is_here(written, account):
                continue
            found = account.role(written.rsplit("/", 1)[-1])
            trust = json.dumps(found.get("AssumeRolePolicyDocument", "")) if found else ""
            is_open = found is None or (not found and may_be_made(graph, Role))
            if is_open or TASKS in trust or '"*"' in trust:
                continue
            yield _not_assumed(definition, name, kind, written, bool(found))


def _not_assumed(
    definition: TaskDefinition, name: str, kind: str, written: str, is_there: bool
) -> Finding:
    lacking = (
        f"Its trust policy does not name {TASKS}."
        if is_there
        else "The account has no role of that name."
    )
    return error(
        "A05",
        definition,
        name,
        why=(f"The {kind} of {definition.resource.logical_id} is {written}.", lacking),
        message=f"ECS was unable to assume the role '{written}' that was provided for this task. "
        "Please verify that the role being passed has the proper trust relationship and "
        "permissions and that your IAM user has permissions to pass this role.",
        cure=f"Let {TASKS} assume it, or name another." if is_there else "Make the role first.",
    )
