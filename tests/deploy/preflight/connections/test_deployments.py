"""Good deployments, in which nothing is found, and damaged ones, of which nothing is raised."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.ecs.evaluator import Environment, Stack, Template, evaluate
from deploy.ecs.graph import Graph
from deploy.ecs.preflight.connections import CHECKS
from deploy.ecs.preflight.finding import Finding
from deploy.ecs.preflight.preflight import in_order
from tests.deploy.graph.test_foreign import graph as foreign
from tests.deploy.graph.test_robustness import TEMPLATES, damaged
from tests.deploy.preflight.connections.shop import told
from tests.deploy.presets import deployment, ids, preview


def ask(graph: Graph) -> list[Finding]:
    return in_order(each for check in CHECKS for each in check(graph))


def stacks(preset: str, shape: tuple[str, ...]) -> list[Stack]:
    return [stack for _, stack in preview(deployment(preset, shape, bastion=True))]


def without(found: list[Stack], logical_id: str) -> list[Stack]:
    """As if the first resource of that name were not there."""
    stack = next(each for each in found if logical_id in each.resources)
    left = {name: each for name, each in stack.resources.items() if name != logical_id}
    return [replace(each, resources=left) if each is stack else each for each in found]


@pytest.mark.parametrize(("preset", "shape"), ids())
def test_presets(preset: str, shape: tuple[str, ...]) -> None:
    assert ask(Graph.of(stacks(preset, shape))) == []


AWSVPC = ("private", ("ec2", "awsvpc", "private", "endpoints"))
BRIDGE = ("private", ("ec2", "bridge", "private", "endpoints"))
HOST = ("private", ("ec2", "host", "private", "nat"))
FREE = ("free-tier", ("ec2", "bridge", "public", "none"))
IN_POSTGRESQL = "PostgreSQLSecurityGroup.SecurityGroupIngress"
IN_DOCUMENTDB = "DocumentDBSecurityGroup.SecurityGroupIngress"


@pytest.mark.parametrize(
    ("kind", "gone", "expected"),
    [
        (AWSVPC, "LoadBalancerEgress", ["error B10 LoadBalancerSecurityGroup.SecurityGroupEgress"]),
        (AWSVPC, "DatabaseIngress", [f"error D01 {IN_POSTGRESQL}"]),
        (AWSVPC, "OneOffDatabaseIngress", [f"warning D01 {IN_POSTGRESQL}"]),
        (AWSVPC, "DocumentDBIngress", [f"error D01 {IN_DOCUMENTDB}"]),  # of the bastion
        (AWSVPC, "DocumentDBFirst", ["error D07 DocumentDBCluster."]),
        (AWSVPC, "Discovery", []),  # of which the value in ServiceRegistries is not known then
        (BRIDGE, "BridgeEgress", ["error B10 LoadBalancerSecurityGroup.SecurityGroupEgress"]),
        (BRIDGE, "BridgeIngress", ["error B08 InstanceSecurityGroup.SecurityGroupIngress",
                                   "note B09 InstanceSecurityGroup.SecurityGroupIngress"]),
        (FREE, "PostgreSQLIngress", [f"error D01 {IN_POSTGRESQL}"]),
        (HOST, "HostIngress", ["error B08 InstanceSecurityGroup.SecurityGroupIngress"]),
        (HOST, "InternalHostEgress", ["error B10 InternalSecurityGroup.SecurityGroupEgress"]),
    ],
)  # fmt: skip
def test_presets_without(kind: tuple[str, tuple[str, ...]], gone: str, expected: list[str]) -> None:
    assert told(ask(Graph.of(without(stacks(*kind), gone)))) == expected


def test_foreign() -> None:
    """What is wrong with it indeed."""
    assert sorted(told(ask(foreign()))) == [
        "error B15 Balancer.Subnets",  # B has a NAT gateway
        "error D01 Managed.VpcSecurityGroupIds",
        "error D07 Managed.",
        "error N19 Wall.",  # which lets nothing out
        "warning X02 Web.SecurityGroupIngress.1",
    ]


@pytest.mark.parametrize("name", TEMPLATES)
def test_damaged(name: str, tmp_path: Path) -> None:
    path, count = TEMPLATES[name]
    for seed in range(count):
        chance = random.Random(f"connections {name} {seed}")
        file = tmp_path / "damaged.json"
        file.write_text(json.dumps(damaged(path, chance)))
        stack = evaluate(Template.read(file), {}, Environment("eu-central-1", None, "shop"))
        ask(Graph.of([stack]))
