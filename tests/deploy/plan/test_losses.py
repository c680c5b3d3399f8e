from io import StringIO

from rich.console import Console

from deploy.ecs.cloudformation.stack import Change
from deploy.ecs.plan.plan import Plan, PlannedChange, PlannedStack
from deploy.ecs.plan.text import show


def change(action: str, kind: str, replacement: str = "False") -> PlannedChange:
    return PlannedChange.of(Change(action, "It", f"AWS::{kind}", "it-1", replacement, ("Name",)))


def text(*changes: PlannedChange) -> str:
    out = Console(file=StringIO(), width=200)
    show(out, Plan([PlannedStack("data", "shop-data", "update", changes)]), [])
    assert isinstance(out.file, StringIO)
    return out.file.getvalue()


def test_replaced_database() -> None:
    said = text(change("Modify", "RDS::DBInstance", "True"))
    assert "It (RDS DBInstance) REPLACED Name LOST: the database's rows; a final snapshot" in said
    assert "data It replaced: the database's rows; a final snapshot is kept" in said


def test_perhaps_replaced() -> None:
    said = text(change("Modify", "ElasticLoadBalancingV2::LoadBalancer", "Conditional"))
    assert "MAY BE REPLACED" in said
    assert "perhaps replaced: its DNS name" in said


def test_removed() -> None:
    assert "removed LOST: its log lines" in text(change("Remove", "Logs::LogGroup"))


def test_changed_in_place_loses_nothing() -> None:
    said = text(change("Modify", "RDS::DBInstance"))
    assert "~ It (RDS DBInstance) Name" in said
    assert "lose" not in said


def test_new_revision_is_no_news() -> None:
    said = text(change("Modify", "ECS::TaskDefinition", "True"))
    assert "REPLACED" not in said
