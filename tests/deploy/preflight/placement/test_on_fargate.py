"""What Fargate takes."""

import pytest

from deploy.ecs.preflight.placement import CHECKS
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found, ids
from tests.deploy.preflight.placement.ground import FARGATE, Change, changed, line_of

FOR_IT = "      RequiresCompatibilities: [FARGATE]\n"
STOP = "StopTimeout: 120"


@pytest.mark.parametrize(
    ("changes", "where", "message"),
    [
        ([("Memory: 2048", "Memory: 512")], "Memory", "No Fargate configuration exists"),
        ([("Memory: 2048", "Memory: 4608")], "Memory", "No Fargate configuration exists"),
        ([("Memory: 2048", "Memory: 8 GB")], "Memory", "No Fargate configuration exists"),
        ([("Cpu: 512", "Cpu: 300")], "Cpu", "Invalid 'cpu' setting for task"),
        ([("      Cpu: 512\n", "")], "Cpu", "'cpu' be defined at the task level"),
        ([("      Memory: 2048\n", "")], "Memory", "'memory' be defined at the task level"),
        ([(FOR_IT, ""), ("Memory: 2048", "Memory: 512")], "Memory", "No Fargate configuration"),
        ([("LaunchType: FARGATE", "DesiredCount: 0"), ("Cpu: 512", "Cpu: 8192")], "Memory", "No"),
    ],
)
def test_size(folder: Folder, changes: list[Change], where: str, message: str) -> None:
    template = changed(FARGATE, *changes)
    findings = [each for each in found(folder, CHECKS, template) if each.id == "P21"]
    assert [each.property for each in findings] == [where]
    assert (ids(findings), findings[0].resource) == (["error P21"], "Task")
    assert message in findings[0].message
    assert "Fargate" in findings[0].why[0]


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [("Cpu: 512", "Cpu: .5 vCPU"), ("Memory: 2048", "Memory: 4 GB")],
        [("Cpu: 512", "Cpu: 8192"), ("Memory: 2048", "Memory: 20480")],
        [("Cpu: 512", "Cpu: 32768")],  # which is larger than all that is known here
        [("Memory: 2048", "Memory: !Ref Open")],
        [("Cpu: 512", "Cpu: !Ref Open")],
        [(FOR_IT, ""), ("LaunchType: FARGATE", "LaunchType: !Ref Open"), ("2048", "512")],
        [(STOP, "StopTimeout: !Ref Open")],
        [(f", {STOP}", "")],
        [(FOR_IT, ""), ("LaunchType: FARGATE", "LaunchType: EXTERNAL"), (STOP, "StopTimeout: 900")],
    ],
)
def test_good_or_not_known(folder: Folder, changes: list[Change]) -> None:
    assert found(folder, CHECKS, changed(FARGATE, *changes)) == []


def test_stop_timeout(folder: Folder) -> None:
    template = changed(FARGATE, (STOP, "StopTimeout: 121"))
    [first] = found(folder, CHECKS, template)
    assert (ids([first]), first.property) == (["error C05"], "ContainerDefinitions.0.StopTimeout")
    assert first.place.line == line_of(template, "StopTimeout")
    assert "121 seconds" in first.why[1]
