"""What each finding says of a single fault. How many are named tells the corpus as a program."""

import re
from itertools import groupby
from pathlib import Path

import pytest

from deploy.ecs.preflight.finding import Finding, Severity
from tests.deploy.preflight.corpus.findings import findings_in
from tests.deploy.preflight.corpus.near_misses import NEAR_MISSES
from tests.deploy.preflight.corpus.variant import Variant
from tests.deploy.preflight.corpus.variants import VARIANTS

FIRST = [
    next(found)
    for _, found in groupby(sorted(VARIANTS, key=lambda each: each.id), lambda each: each.id)
]
# Only ever told as notes: true of many templates that work.
NOTES = {"B04", "B16", "B18", "B19", "C11", "C13", "E02", "E04", "K07"}
CONSEQUENCES = {"E01", "I03", "I04", "P04"}


@pytest.mark.parametrize("variant", FIRST, ids=str)
def test_finding(variant: Variant, tmp_path: Path) -> None:
    text = variant.template
    findings = findings_in(text, tmp_path / "shop.yaml")
    told = [each for each in findings if each.id == variant.id]
    assert told, [each.id for each in findings]
    assert any(each.severity is not Severity.NOTE for each in told) or variant.id in (
        NOTES | CONSEQUENCES
    )
    for each in findings:
        check(each, text)


def check(finding: Finding, text: str) -> None:
    """It says where, why and what to do, in sentences."""
    assert 1 <= finding.place.line <= text.count("\n")
    assert finding.resource in text
    assert finding.message
    assert finding.cure.endswith(".")
    assert finding.why
    assert all(each.rstrip("'\"").endswith((".", "?")) for each in finding.why), finding.why
    assert "None" not in " ".join((*finding.why, finding.cure, finding.message))
    last = finding.property.rpartition(".")[2]
    around = "\n".join(text.splitlines()[max(finding.place.line - 2, 0) : finding.place.line])
    # What is not written has the place of what should have it.
    assert last.isdigit() or last in around or f"{last}:" not in resource(finding, text)


def resource(finding: Finding, text: str) -> str:
    found = re.search(rf"(?m)^  {finding.resource}:\n(    .*\n|\n)+", text)
    return found[0] if found else ""


@pytest.mark.parametrize("variant", NEAR_MISSES, ids=str)
def test_near_miss(variant: Variant, tmp_path: Path) -> None:
    findings = findings_in(variant.template, tmp_path / "shop.yaml")
    loud = [each for each in findings if each.severity is not Severity.NOTE]
    assert [(each.id, each.why) for each in loud] == []
    if variant.id not in {"N05", "N16"}:
        assert variant.id not in {each.id for each in findings}
