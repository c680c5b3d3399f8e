"""What the first shop's author ran into, rehearsed: the deployment fails as AWS fails it, and the
command says cause and cure; preflight has said so before, and `diagnose` says it afterwards. The
bastion's is in tests/deploy/tunnel."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.ecs.configuration.model import Task
from deploy.ecs.diagnose.diagnose import Diagnose
from deploy.ecs.diagnose.diagnosis import Diagnosis
from deploy.ecs.diagnose.subject import Subject
from deploy.ecs.errors import DeploymentError
from deploy.ecs.preflight.finding import Severity
from deploy.ecs.preflight.own import own_stacks
from deploy.ecs.preflight.preflight import preflight
from deploy.ecs.progress import silent
from deploy.ecs.rehearsal.rehearsal import Rehearsal, new_image
from deploy.ecs.stacks import Parts
from tests.deploy.rehearsal.deploying import Fault, deploy_service, of_preset

SERVICE = "catalog"
DOCKERFILE = Path(__file__).resolve().parents[3] / "Dockerfile"
# Behind the Host that is refused there is no route either, which is what preflight calls the error.
FIRST = {"B02": "B01"}
FAULTS = [
    Fault("B02", "with 400", service={"health_check": "/nothing-is-here"}),
    Fault(
        "B01",
        "has no route",
        {"service": {"Value: !Ref AllowedHosts": 'Value: "*"'}},
        service={"health_check": "/nothing-is-here"},
    ),
    Fault(
        "A01",
        "has no task role",
        {"service": {"      TaskRoleArn: !GetAtt TaskRole.Arn\n": ""}},
        shown="credentials",
    ),
    Fault(
        "A02",
        "may not call secretsmanager:GetSecretValue",
        {
            "service": {
                "Resource: [!Ref ServiceSecretArn, !Ref DatabaseSecretArn]": (
                    "Resource: [!Ref DatabaseSecretArn]"
                )
            }
        },
        shown="secretsmanager:GetSecretValue",
    ),
    Fault(
        "N08",
        "does not reach Secrets Manager",
        {"network": {"${AWS::Region}.secretsmanager": "${AWS::Region}.sqs"}},
        parts=("network",),
        shown="did not accept a connection",
    ),
    Fault(
        "B07",
        "target type instance",
        {"service": {"TargetType: !If [Awsvpc, ip, instance]": "TargetType: instance"}},
    ),
    Fault(
        "C09",
        "does not reach its peer",
        {
            "service": {
                "{Name: !Ref PeerName, Value: !Ref PeerUrl}": (
                    "{Name: !Ref PeerName, Value: http://accounts.default.svc.cluster.local}"
                )
            }
        },
        shown="svc.cluster.local",
    ),
    Fault(
        "P01",
        "as much memory",
        {"service": {'!Contains [["256", "384", "512", "768"], !Ref Memory]': "!Equals [a, a]"}},
        service={"task": Task(cpu=256, memory=7168)},
    ),
    Fault("P03", "network interface", service={"min_tasks": 8}),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    deployment = of_preset("private", tmp_path_factory.mktemp("shop"))
    with Rehearsal(deployment, silent()) as rehearsal:
        rehearsal.trade(rehearsal.up(new_image))
        yield rehearsal


@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: each.id)
def test_fault(fault: Fault, shop: Rehearsal, tmp_path: Path) -> None:
    parts = Parts(fault.deployment(shop.parts.deployment, SERVICE), fault.folder(tmp_path))
    predicted = preflight(own_stacks(parts), "ecom.wsgi", DOCKERFILE)
    try:
        with pytest.raises(DeploymentError) as failed:
            deploy_service(shop, parts, SERVICE, *fault.parts)
        found = diagnosed(shop)
    finally:
        if fault.parts:
            deploy_service(shop, shop.parts, SERVICE, *fault.parts)
    error = failed.value
    assert error.fault == fault.id
    assert fault.says in error.cause
    assert error.cure
    # The circuit breaker hides nothing.
    assert fault.shown in "\n".join(error.details)
    assert found.problem
    assert found.problem.fault == fault.id
    assert fault.shown in "\n".join(found.problem.details)
    assert found.not_looked_at == []
    assert fault.id in {each.id for each in predicted}
    errors = {each.id for each in predicted if each.severity is Severity.ERROR}
    assert errors == {FIRST.get(fault.id, fault.id)}


def test_nothing_is_predicted_of_what_runs(shop: Rehearsal) -> None:
    assert preflight(own_stacks(shop.parts), "ecom.wsgi", DOCKERFILE) == []


def test_up_goes_on_from_there(shop: Rehearsal) -> None:
    shop.trade(shop.up(new_image))
    assert diagnosed(shop).problem is None


def diagnosed(shop: Rehearsal) -> Diagnosis:
    cluster = shop.parts.stack_name("").rstrip("-")
    subject = Subject(cluster, SERVICE, True, shop.parts.stack_name(SERVICE))
    return Diagnose(shop.aws, shop.clock).run(subject, shop.clock.now() - timedelta(hours=2))
