"""Whether instances get trunk interfaces, where tasks find a place only with them."""

from dataclasses import replace

from deploy.ecs.graph import AutoScalingGroup, Graph
from deploy.ecs.preflight.finding import Finding, Severity
from deploy.ecs.preflight.live.account import Account


def are_on(finding: Finding, graph: Graph, account: Account) -> Finding | None:
    """What becomes of P04, and of what is told because of it."""
    if finding.severity is not Severity.NOTE or not _hangs_on_them(finding):
        return finding
    if account.trunks is None or account.trunks:
        return finding if account.trunks is None else None
    machines = [each.machine for each in graph.all(AutoScalingGroup)]
    # A role that is there already may have a setting of its own.
    if finding.id != "P04" or any(each is None or each.role is None for each in machines):
        return finding
    return replace(
        finding,
        severity=Severity.ERROR,
        why=(*finding.why, f"It is off in account {account.id}."),
        cure="Turn it on before the instances start (aws ecs put-account-setting-default --name "
        "awsvpcTrunking --value enabled), or take more of them.",
    )


def _hangs_on_them(finding: Finding) -> bool:
    if finding.id == "P04":
        return not finding.follows_from("P03")
    return finding.follows_from("P04")
