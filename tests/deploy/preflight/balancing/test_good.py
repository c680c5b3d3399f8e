from pathlib import Path

import pytest

from deploy.ecs.evaluator import Template, evaluate
from deploy.ecs.graph import Graph
from deploy.ecs.preflight.balancing import CHECKS
from deploy.ecs.preflight.preflight import in_order
from tests.deploy import presets
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found, ids
from tests.deploy.preflight.balancing.shop import BRIDGE, edited

FOREIGN = Path(__file__).parents[2] / "graph" / "foreign.yaml"


@pytest.mark.parametrize("changes", [{}, BRIDGE])
def test_good_template(folder: Folder, changes: dict[str, str]) -> None:
    assert found(folder, CHECKS, edited(changes)) == []


@pytest.mark.parametrize(("preset", "shape"), presets.ids())
def test_own_presets(preset: str, shape: tuple[str, ...]) -> None:
    wanted = presets.deployment(preset, shape)
    graph = Graph.of([stack for _, stack in presets.preview(wanted)])
    assert [each for check in CHECKS for each in check(graph)] == []


def test_others_template() -> None:
    graph = Graph.of([evaluate(Template.read(FOREIGN))])
    told = in_order(each for check in CHECKS for each in check(graph))
    assert ids(told) == ["warning B12", "note B19", "note B16"]


@pytest.mark.parametrize("junk", ["[1]", "{a: b}", "text", "3", "!Ref Open", "!Ref AWS::NoValue"])
@pytest.mark.parametrize(
    "line",
    [
        "TargetType: ip",
        "HealthCheckPath: /health",
        "Priority: 10",
        "DependsOn: Rule",
        '["/shop/*"]',
        '[{Key: deregistration_delay.timeout_seconds, Value: "20"}]',
        "[{ContainerPort: 8000}]",
        '[gunicorn, --bind, "0.0.0.0:8000", shop.wsgi]',
        '[{Name: PORT, Value: "8000"}]',
        "[{ContainerName: web, ContainerPort: 8000, TargetGroupArn: !Ref Targets}]",
        "[{Type: forward, TargetGroupArn: !Ref Targets}]",
        '[{Field: path-pattern, Values: ["/shop/*"]}]',
    ],
)
def test_whatever_is_written(folder: Folder, line: str, junk: str) -> None:
    name, colon, _ = line.partition(": ")
    new = f"{name}: {junk}" if colon and name.isalpha() else junk
    found(folder, CHECKS, edited({line: new}), {"OpenPort": 1})
