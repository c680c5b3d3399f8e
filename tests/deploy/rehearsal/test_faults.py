"""Faults, rehearsed: the deployment fails as AWS fails it, and the command says cause and cure;
preflight has said so before, and `diagnose` says it afterwards. The bastion's is in
tests/deploy/tunnel."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.ecs.diagnose.diagnose import Diagnose
from deploy.ecs.diagnose.diagnosis import Diagnosis
from deploy.ecs.diagnose.subject import Subject
from deploy.ecs.errors import DeploymentError
from deploy.ecs.preflight.finding import Finding, Severity
from deploy.ecs.preflight.own import own_stacks
from deploy.ecs.preflight.preflight import preflight
from deploy.ecs.progress import silent
from deploy.ecs.rehearsal.rehearsal import Rehearsal, new_image
from deploy.ecs.stacks import Parts
from deploy.ecs.up import Up
from tests.deploy.rehearsal.deploying import Fault, deploy_service, of_preset
from tests.deploy.rehearsal.faults import DATABASE, FAULTS

SERVICE = "catalog"
DOCKERFILE = Path(__file__).resolve().parents[3] / "Dockerfile"
# Behind the Host that is refused there is no route either, which is what preflight calls the error;
# and it knows which endpoint is missing on the way to the registry.
FIRST = {"B02": "B01", "I03": "N06"}
Told = Callable[[str, object], None]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    deployment = of_preset("private", tmp_path_factory.mktemp("shop"))
    with Rehearsal(deployment, silent()) as rehearsal:
        rehearsal.trade(rehearsal.up(new_image))
        yield rehearsal


@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: each.id)
def test_fault(fault: Fault, shop: Rehearsal, tmp_path: Path, record_property: Told) -> None:
    parts = Parts(fault.deployment(shop.parts.deployment, SERVICE), fault.folder(tmp_path))
    predicted = preflight(own_stacks(parts), "ecom.wsgi", DOCKERFILE)
    try:
        with pytest.raises(DeploymentError) as failed:
            deploy_service(shop, parts, SERVICE, *fault.parts)
        found = diagnosed(shop)
    finally:
        if fault.parts:
            deploy_service(shop, shop.parts, SERVICE, *fault.parts)
    check(fault, predicted, failed.value, found, record_property)
    assert found.not_looked_at == []
    errors = {each.id for each in predicted if each.severity is Severity.ERROR}
    assert errors == {FIRST.get(fault.id, fault.id)}


def test_migration(shop: Rehearsal, tmp_path: Path, record_property: Told) -> None:
    """Which fails before the services roll, and so leaves these well."""
    parts = Parts(shop.parts.deployment, DATABASE.folder(tmp_path))
    predicted = preflight(own_stacks(parts), "ecom.wsgi", DOCKERFILE)
    with pytest.raises(DeploymentError) as failed:
        Up(shop.aws, parts, shop.clock, silent(), shop.http()).run(new_image)
    found = diagnosed(shop, "accounts")
    check(DATABASE, predicted, failed.value, found, record_property)
    assert found.problem
    assert "migration of accounts" in found.problem.cause


def check(
    fault: Fault,
    predicted: list[Finding],
    error: DeploymentError,
    found: Diagnosis,
    record_property: Told,
) -> None:
    """The same three times, which the end of the run shows as a table."""
    told = [each for each in predicted if each.id == fault.id]
    record_property("fault", fault.id)
    record_property("preflight", told[0].id if told else "")
    record_property("rehearsal", error.fault)
    record_property("diagnose", found.problem.fault if found.problem else "")
    record_property("cause", error.cause)
    assert told
    assert error.fault == fault.id
    assert fault.says in error.cause
    assert error.cure
    # The circuit breaker hides nothing.
    assert fault.shown in "\n".join(error.details)
    assert found.problem
    assert found.problem.fault == fault.id
    assert fault.shown in "\n".join(found.problem.details)


def test_nothing_is_predicted_of_what_runs(shop: Rehearsal) -> None:
    assert preflight(own_stacks(shop.parts), "ecom.wsgi", DOCKERFILE) == []


def test_up_goes_on_from_there(shop: Rehearsal) -> None:
    shop.trade(shop.up(new_image))
    assert diagnosed(shop).problem is None


def diagnosed(shop: Rehearsal, service: str = SERVICE) -> Diagnosis:
    cluster = shop.parts.stack_name("").rstrip("-")
    subject = Subject(cluster, service, True, shop.parts.stack_name(service))
    return Diagnose(shop.aws, shop.clock).run(subject, shop.clock.now() - timedelta(hours=2))
