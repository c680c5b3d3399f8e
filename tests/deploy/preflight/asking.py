"""Templates written in a test, and what preflight finds in them."""

from collections.abc import Mapping
from typing import Any

from deploy.ecs.evaluator import Environment
from deploy.ecs.graph import Graph
from deploy.ecs.preflight.check import Check
from deploy.ecs.preflight.finding import Finding
from deploy.ecs.preflight.preflight import in_order
from tests.deploy.evaluator.writing import GERMANY, Folder


def found(
    folder: Folder,
    checks: tuple[Check, ...],
    template: str,
    parameters: Mapping[str, Any] | None = None,
    environment: Environment = GERMANY,
) -> list[Finding]:
    graph = Graph.of([folder.stack(template, parameters, environment)])
    return in_order(each for check in checks for each in check(graph))


def ids(findings: list[Finding]) -> list[str]:
    """ "error P01", in order."""
    return [f"{each.severity} {each.id}" for each in findings]
