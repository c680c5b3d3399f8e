"""The project's own deployment: what can be wrong by deployment.toml is put right there."""

from dataclasses import replace

import pytest

from deploy.ecs.configuration import Deployment
from deploy.ecs.configuration.model import Task
from deploy.ecs.preflight.finding import Finding, Severity
from deploy.ecs.preflight.own import in_own_words, own_stacks
from deploy.ecs.preflight.preflight import preflight
from deploy.ecs.stacks import Parts
from tests.deploy.presets import deployment


def errors(wanted: Deployment) -> list[Finding]:
    parts = Parts(wanted)
    found = in_own_words(preflight(own_stacks(parts), "ecom.wsgi"), parts)
    return [each for each in found if each.severity is Severity.ERROR]


def changed(**settings: object) -> Deployment:
    good = deployment("private")
    catalog = good.services["catalog"].model_copy(update=settings)
    return good.model_copy(update={"services": good.services | {"catalog": catalog}})


@pytest.mark.parametrize(
    ("settings", "id", "cure"),
    [
        ({"min_tasks": 8}, "P03", "lower services.catalog.min_tasks"),
        ({"task": Task(cpu=256, memory=4096)}, "P01", "lower services.catalog.task.memory"),
        ({"task": Task(cpu=4096, memory=512)}, "P02", "lower services.catalog.task.cpu"),
        ({"task": Task(cpu=256, memory=64)}, "P20", "raise services.catalog.task.memory"),
        ({"health_check": "/no-such"}, "B01", "set services.catalog.health_check to a path"),
    ],
)
def test_cure(settings: dict[str, object], id: str, cure: str) -> None:
    found = errors(changed(**settings))
    assert {each.id for each in found} == {id}
    assert all(each.cure.startswith("In deployment.toml, ") for each in found)
    assert any(cure in each.cure for each in found)


def test_service_is_told_apart() -> None:
    """Both are called alike in their templates."""
    [found] = errors(changed(min_tasks=8))
    assert found.why[:2] == (
        "EcsService (accounts) has 1 task of 1 network interface.",
        "EcsService (catalog) has 8 tasks of 1 network interface.",
    )


@pytest.mark.parametrize(("id", "stack"), [("N08", "catalog"), ("P01", "network")])
def test_what_no_setting_changes(id: str, stack: str) -> None:
    [found] = errors(changed(min_tasks=8))
    other = replace(found, id=id, stack=f"little-ecom-production-{stack}", cure="Correct it.")
    assert list(in_own_words([other], Parts(deployment("private")))) == [other]
