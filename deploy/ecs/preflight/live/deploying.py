"""Whether whoever asks may deploy it: the roles that have to be passed, and ECS's own role."""

from collections.abc import Iterator

from deploy.ecs.graph import Cluster, Graph, Role, Service, TaskDefinition
from deploy.ecs.preflight.finding import Finding, warning
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.live.roles import PROPERTIES, TASKS, role_of
from deploy.ecs.preflight.live.subjects import likely_arn

LINKED = "AWSServiceRoleForECS"
PASS = "iam:PassRole"


def may_pass_roles(graph: Graph, account: Account) -> Iterator[Finding]:
    """Others may deploy it, or CloudFormation with a role of its own: so no error."""
    caller = _principal(account) if graph.all(TaskDefinition) else None
    if caller is None:
        return
    for definition in graph.all(TaskDefinition):
        for name, kind in PROPERTIES.items():
            arn, role = _passed(definition, name, account)
            if arn is None:
                continue
            found = account.decision(caller, PASS, arn, {"iam:PassedToService": TASKS})
            if found in {"implicitDeny", "explicitDeny"}:
                yield warning(
                    "A10",
                    definition,
                    name,
                    why=(
                        f"Whoever registers {definition.resource.logical_id} passes its {kind}.",
                        f"{account.caller} may not {PASS} on {role}.",
                    ),
                    message=f"AccessDeniedException: User: {account.caller} is not authorized to "
                    f"perform: {PASS} on resource: {role}",
                    cure=f"Let these credentials {PASS} on it for {TASKS}, or deploy with others.",
                )


def _passed(
    definition: TaskDefinition, name: str, account: Account
) -> tuple[str, str] | tuple[None, None]:
    """ARN and name."""
    link = definition.link(Role, name)
    if link and link.node:
        arn = likely_arn(definition.graph, link.node, account)
        return (arn, link.node.resource.logical_id) if arn else (None, None)
    existing = role_of(link, account)
    return (existing.arn, existing.name) if existing else (None, None)


def _principal(account: Account) -> str | None:
    """As simulation takes it; None for the account's root, who may everything, and for who is
    federated."""
    kind, _, name = account.caller.rsplit(":", 1)[-1].partition("/")
    if kind == "assumed-role":
        found = account.role(name.partition("/")[0])
        return found["Arn"] if found else None
    return account.caller if kind == "user" else None


def service_role_is_there(graph: Graph, account: Account) -> Iterator[Finding]:
    """ECS makes it with the account's first cluster, and not always in time."""
    parts = (*graph.all(Service), *graph.all(Cluster))
    makes_it = any(each.resource.type == "AWS::IAM::ServiceLinkedRole" for each in graph.nodes)
    if not parts or makes_it or account.role(LINKED) != {}:
        return
    yield warning(
        "A09",
        parts[0],
        why=(
            f"Account {account.id} has no role {LINKED}.",
            "ECS makes it with the account's first cluster; what needs it at once may be earlier.",
        ),
        message="Unable to assume the service linked role. Please verify that the ECS service "
        "linked role exists.",
        cure="aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com",
    )
