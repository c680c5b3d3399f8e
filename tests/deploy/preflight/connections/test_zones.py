import pytest

from deploy.ecs.preflight.connections import CHECKS
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import found
from tests.deploy.preflight.connections.shop import DATABASE, FARGATE, GIVEN, edited, line, told

OF_TASK = "Subnets: [!Ref PrivateA, !Ref PrivateB]"
OF_ALB = "Subnets: [!Ref PublicA, !Ref PublicB]"
OF_DATABASE = "SubnetIds: [!Ref PrivateA, !Ref PrivateB]"
WITH_DATABASE = FARGATE + DATABASE
OUTPOST = "CidrBlock: 10.0.1.0/24, OutpostArn: x,"


def ask(folder: Folder, template: str, *edits: tuple[str, str]) -> list[str]:
    return told(found(folder, CHECKS, edited(template, *edits), GIVEN))


@pytest.mark.parametrize(
    ("subnets", "expected"),
    [
        ("[!Ref PrivateA]", []),
        ("[!Ref PublicA, !Ref PublicB]", []),
        ("[!Ref PrivateA, !Ref Anywhere]", []),  # AWS chooses its zone
        ("[!Ref PrivateA, !Ref Open]", []),
        ("!Ref Opened", []),
        ("[!Ref Elsewhere]", ["error B13 Alb.Subnets"]),
        ("[!Ref PrivateA, !Ref Elsewhere]", ["error B13 Alb.Subnets"]),
    ],
)
def test_zones_of_tasks(folder: Folder, subnets: str, expected: list[str]) -> None:
    assert ask(folder, FARGATE, (OF_TASK, f"Subnets: {subnets}")) == expected


def test_target_says_why(folder: Folder) -> None:
    template = edited(FARGATE, (OF_TASK, "Subnets: [!Ref Elsewhere]"))
    [finding] = found(folder, CHECKS, template, GIVEN)
    assert finding.place.line == line(template, OF_ALB)
    assert "PublicA (zone number 0 of the region) and PublicB" in finding.why[1]
    assert "Target is in an Availability Zone that is not enabled" in finding.message


@pytest.mark.parametrize(
    ("subnets", "expected"),
    [
        ("[!Ref PublicA, !Ref Open]", []),
        ("[!Ref PublicA, !If [Unclear, !Ref PublicB, !Ref AWS::NoValue]]", []),
        ("!Ref Opened", []),
        ("[subnet-1, subnet-2]", []),
        ("[!Ref PublicA]", ["error B14 Alb.Subnets", "error B13 Alb.Subnets"]),
        ("[subnet-1]", ["error B14 Alb.Subnets"]),
        ("[!Ref PublicA, !Ref PublicA]", ["error B14 Alb.Subnets", "error B13 Alb.Subnets"]),
    ],
)
def test_zones_of_load_balancer(folder: Folder, subnets: str, expected: list[str]) -> None:
    assert sorted(ask(folder, FARGATE, (OF_ALB, f"Subnets: {subnets}"))) == sorted(expected)


def test_two_subnets_in_a_zone(folder: Folder) -> None:
    subnets = ("Subnets: [!Ref PublicA, !Ref PublicB, !Ref PrivateA]", OF_ALB)
    findings = found(folder, CHECKS, edited(FARGATE, subnets[::-1]), GIVEN)
    [finding] = [each for each in findings if each.id == "B14"]
    assert "multiple subnets in the same Availability Zone" in finding.message
    assert "PublicA (zone number 0 of the region) and PrivateA" in finding.why[0]


def test_one_zone_is_enough(folder: Folder) -> None:
    one = (OF_ALB, "Subnets: [!Ref PublicA]")
    task = (OF_TASK, "Subnets: [!Ref PrivateA]")
    outpost = ("CidrBlock: 10.0.1.0/24,", OUTPOST)
    assert ask(folder, FARGATE, one, task, outpost) == []
    assert ask(folder, FARGATE, one, task) == ["error B14 Alb.Subnets"]


@pytest.mark.parametrize(
    ("subnets", "expected"),
    [
        ("[!Ref PrivateA, !Ref PublicA, !Ref PrivateB]", []),
        ("[!Ref PrivateA, !Ref Anywhere]", []),
        ("!Ref Opened", []),
        ("[!Split [',', !Ref Open]]", []),
        ("[!ImportValue subnet]", ["error D08 Subnets.SubnetIds"]),
        ("[!Ref PrivateA]", ["error D08 Subnets.SubnetIds"]),
        ("[!Ref PrivateA, !Ref PublicA]", ["error D08 Subnets.SubnetIds"]),
    ],
)
def test_zones_of_subnet_group(folder: Folder, subnets: str, expected: list[str]) -> None:
    assert ask(folder, WITH_DATABASE, (OF_DATABASE, f"SubnetIds: {subnets}")) == expected


def test_subnet_group_says_why(folder: Folder) -> None:
    template = edited(WITH_DATABASE, (OF_DATABASE, "SubnetIds: [!Ref PrivateB]"))
    [finding] = found(folder, CHECKS, template, GIVEN)
    assert finding.place.line == line(template, "SubnetIds: [!Ref PrivateB]")
    assert "PrivateB (zone number 1 of the region)" in finding.why[0]
    assert "Add subnets to cover at least 2 AZs" in finding.message
