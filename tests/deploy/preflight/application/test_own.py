"""This project's own services, and what would be wrong with them."""

from pathlib import Path
from typing import Any

import pytest

from deploy.ecs.graph import Graph, LoadBalancer, Node, TargetGroup, TaskDefinition
from deploy.ecs.preflight.application import findings
from tests.deploy import presets

IDLE = [{"Key": "idle_timeout.timeout_seconds", "Value": "300"}]
DOCKERFILE = Path(__file__).parents[4] / "Dockerfile"


SHAPES = [presets.ids()[0], presets.ids()[2], presets.ids()[-1]]


def own(preset: str, shape: tuple[str, ...]) -> Graph:
    wanted = presets.deployment(preset, shape)
    return Graph.of([stack for _, stack in presets.preview(wanted)])


def told(graph: Graph) -> list[str]:
    found = findings(graph, "ecom.wsgi", DOCKERFILE)
    return sorted({f"{each.severity} {each.id} {each.resource}" for each in found})


@pytest.mark.parametrize(("preset", "shape"), SHAPES)
def test_own_services(preset: str, shape: tuple[str, ...]) -> None:
    assert told(own(preset, shape)) == []


@pytest.mark.parametrize(
    ("kind", "changes", "wanted"),
    [
        (TargetGroup, {"HealthCheckPath": "/ready"}, ["warning B23 TargetGroup"]),
        (
            TargetGroup,
            {"HealthCheckPath": "/nowhere"},
            ["error B01 TargetGroup", "note B02 TargetGroup"],
        ),
        (LoadBalancer, {"LoadBalancerAttributes": IDLE}, ["warning B21 LoadBalancer"]),
        (TaskDefinition, {"Memory": "128"}, ["error P20 TaskDefinition"]),
    ],
)
def test_own_services_otherwise(
    kind: type[Node], changes: dict[str, Any], wanted: list[str]
) -> None:
    graph = own(*SHAPES[-1])
    for node in graph.all(kind):
        node.body.update(changes)
    assert told(graph) == wanted
