"""The project's own deployments, and templates of others: nothing is wrong with them."""

from pathlib import Path

import pytest

from deploy.ecs.evaluator import Template, evaluate
from deploy.ecs.graph import Graph
from deploy.ecs.preflight.finding import Severity
from deploy.ecs.preflight.placement import CHECKS
from tests.deploy.evaluator.writing import GERMANY
from tests.deploy.graph.test_foreign import FILE
from tests.deploy.preflight.asking import ids as told
from tests.deploy.presets import deployment, ids, preview


def serious(graph: Graph) -> list[str]:
    found = [each for check in CHECKS for each in check(graph)]
    return told([each for each in found if each.severity is not Severity.NOTE])


@pytest.mark.parametrize(("preset", "shape"), ids())
def test_presets(preset: str, shape: tuple[str, ...]) -> None:
    stacks = [stack for _, stack in preview(deployment(preset, shape))]
    assert serious(Graph.of(stacks)) == []


def test_foreign() -> None:
    assert serious(Graph.of([evaluate(Template.read(Path(FILE)), {}, GERMANY)])) == []
