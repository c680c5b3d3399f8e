"""Log groups that no stack makes: the account may have them."""

from dataclasses import replace

from deploy.ecs.graph import Graph
from deploy.ecs.preflight.finding import Finding, Severity
from deploy.ecs.preflight.live.account import Account


def are_there(finding: Finding, graph: Graph, account: Account) -> Finding | None:
    """What becomes of A07."""
    node = graph.node(finding.stack, finding.resource)
    path = [int(each) if each.isdigit() else each for each in finding.property.split(".")]
    name = node.text(*path) if node else None
    if node is None or node.text(*path[:-1], "awslogs-region") != account.region:
        return finding
    there = account.log_group(name) if name else None
    if there is None:
        return finding
    if there:
        return None
    return replace(
        finding,
        severity=Severity.ERROR,
        why=(*finding.why, f"{account.region} has no log group of that name."),
        cure=f"Add an AWS::Logs::LogGroup with LogGroupName {name}.",
    )
