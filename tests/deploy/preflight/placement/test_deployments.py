"""Deployments that do not end by themselves, or deploy nothing."""

import pytest

from deploy.ecs.preflight.placement import CHECKS
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found, ids
from tests.deploy.preflight.placement.ground import FARGATE, Change, changed

BREAKER = "DeploymentCircuitBreaker: {Enable: true, Rollback: true}"
CONFIGURATION = f"      DeploymentConfiguration: {{{BREAKER}}}\n"
WATCHED = "DeploymentCircuitBreaker: {Enable: false}, Alarms: {Enable: true}"
IMAGE = '"registry.example.com/shop:3f2a"'


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([("Rollback: true", "Rollback: false")], ["note C11"]),
        ([("Rollback: true", "Rollback: !Ref Open")], []),
        ([], []),
        ([(CONFIGURATION, "")], ["note C12"]),
        ([("Enable: true, Rollback: true", "Rollback: true")], ["note C12"]),
        ([("Enable: true", "Enable: false")], ["warning C12"]),
        ([(BREAKER, WATCHED)], ["note C12"]),
        ([("Enable: true", "Enable: !Ref Open")], []),
        ([(CONFIGURATION, "      DeploymentController: {Type: EXTERNAL}\n")], []),
        ([(CONFIGURATION, "      DeploymentController: {Type: !Ref Open}\n")], []),
        ([(IMAGE, '"registry.example.com/shop:latest"')], ["note C13"]),
        ([(IMAGE, "registry.example.com/shop")], ["note C13"]),
        ([(IMAGE, '"registry.example.com:5000/shop"')], ["note C13"]),
        ([(IMAGE, '"registry.example.com/shop@sha256:00"')], []),
        ([(IMAGE, '!Sub "registry.example.com/shop:${Open}"')], []),
        ([(IMAGE, "!Ref Open")], []),
    ],
)
def test_breaker_and_tag(folder: Folder, changes: list[Change], told: list[str]) -> None:
    findings = found(folder, CHECKS, changed(FARGATE, *changes))
    assert ids(findings) == told
    properties = {
        "C11": "DeploymentConfiguration.DeploymentCircuitBreaker.Rollback",
        "C12": "DeploymentConfiguration.DeploymentCircuitBreaker",
        "C13": "ContainerDefinitions.0.Image",
    }
    assert all(each.property.startswith(properties[each.id]) for each in findings)
