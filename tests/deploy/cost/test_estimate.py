"""Months of the presets, and of what templates make."""

import re
from pathlib import Path

import pytest

from deploy.ecs.cost.estimate import Estimate, estimate, of_deployment
from deploy.ecs.cost.prices import HOURS, Prices
from deploy.ecs.stacks import Parts
from tests.deploy.evaluator.writing import GERMANY, Folder
from tests.deploy.preflight.corpus.bases import BASES
from tests.deploy.presets import deployment

PAGE = Path(__file__).resolve().parents[3] / "docs" / "deployment.md"
PRICES = Prices.of("eu-central-1")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def of_base(folder: Folder, name: str, *changes: tuple[str, str]) -> Estimate:
    text = BASES[name]
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return estimate([folder.stack(text)], GERMANY.region)


def month(found: Estimate, kind: str) -> float:
    return round(sum(each.month or 0 for each in found.items if each.kind.startswith(kind)), 2)


@pytest.mark.parametrize("preset", ["free-tier", "private", "fargate"])
def test_the_page_is_right(preset: str) -> None:
    [row] = re.findall(r"^\| \*\*together, about\*\* \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    told = dict(zip(["free-tier", "private", "fargate"], row.split(" | "), strict=True))
    found = of_deployment(Parts(deployment(preset)))
    assert told[preset] == f"**{found.month:.0f}**"
    assert found.unpriced == []


def test_endpoints_are_paid_by_zone(folder: Folder) -> None:
    one = of_base(folder, "fargate-endpoints")
    assert month(one, "endpoint") == pytest.approx(5 * 0.012 * HOURS, abs=0.05)
    both = ("SubnetIds: [!Ref PrivateA]", "SubnetIds: [!Ref PrivateA, !Ref PrivateB]")
    text = BASES["fargate-endpoints"].replace(*both)
    two = estimate([folder.stack(text)], GERMANY.region)
    assert month(two, "endpoint") == pytest.approx(2 * month(one, "endpoint"))


def test_tasks_and_their_addresses(folder: Folder) -> None:
    private, public = of_base(folder, "fargate-nat"), of_base(folder, "fargate-public")
    each = PRICES.hours("fargate_cpu") / 4 + PRICES.hours("fargate_gb") / 2
    assert month(private, "fargate") == month(public, "fargate") == round(2 * each, 2)
    # Two of the load balancer, and the gateway's or two tasks'.
    assert month(private, "address") == round(3 * 0.005 * HOURS, 2)
    assert month(public, "address") == round(4 * 0.005 * HOURS, 2)


def test_what_the_stack_does_not_run_costs_nothing(folder: Folder) -> None:
    found = of_base(folder, "fargate-nat", ("DesiredCount: 2", "DesiredCount: 0"))
    assert month(found, "fargate") == 0


def test_two_copies_of_a_database(folder: Folder) -> None:
    once = of_base(folder, "fargate-nat")
    twice = of_base(folder, "fargate-nat", ("DBName: shop", "MultiAZ: true"))
    assert month(twice, "rds") == pytest.approx(2 * month(once, "rds"))


def test_no_price(folder: Folder) -> None:
    found = of_base(folder, "ec2-bridge", ("InstanceType: t3.medium", "InstanceType: x9.large"))
    assert [each.what for each in found.unpriced] == ["instances, x9.large"]
    assert found.members()["unpriced"] == ["instances, x9.large"]


def test_another_region() -> None:
    assert Prices.of("us-east-1").region == "us-east-1"
    assert Prices.of("sa-east-1").region == "eu-central-1"  # and the answer says so


def test_free_tier() -> None:
    """One instance, load balancer and database are free, and no second one."""
    parts = Parts(deployment("free-tier"))
    paid, free = of_deployment(parts), of_deployment(parts, free_tier=True)
    kinds = {each.kind.split()[0] for each in free.items if each.month == 0}
    assert {"instance", "balancer", "rds", "disk"} <= kinds
    assert 0 < free.month < paid.month / 3
    larger = of_deployment(Parts(deployment("private")), free_tier=True)
    assert month(larger, "instance") == round(2 * 0.024 * HOURS, 2)


def test_surprises(folder: Folder) -> None:
    told = "\n".join(of_base(folder, "fargate-nat").surprises)
    assert "1 NAT gateway: 37.96 USD a month before the first byte" in told
    assert "3 public IPv4 addresses: 10.95 USD" in told
    assert "DocumentDB: 55.19 USD a month at least" in told
    assert "interface endpoint" not in told
    assert "for ever" not in told
    forever = of_base(folder, "fargate-endpoints", ("RetentionInDays: 30, ", ""))
    told = "\n".join(forever.surprises)
    assert "5 interface endpoints in 5 zones altogether" in told
    assert "Log has no RetentionInDays" in told
