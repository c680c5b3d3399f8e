"""docs/preflight.md, against the catalogue of faults and what the corpus shows."""

import re
from pathlib import Path

from deploy.ecs.preflight import live
from deploy.ecs.preflight.live.asking import action
from tests.deploy.preflight.corpus.variants import VARIANTS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "preflight.md").read_text()
FINDS, _, REST = PAGE.partition("## With the account")
ASKS, _, FINDS_NOT = REST.partition("## What it does not find")
LIVE = Path(live.__file__).parent
ROW = re.compile(r"^\| ([A-Z]\d\d) \| (.+) \|$", re.MULTILINE)
LAST = {"P": 21, "I": 10, "N": 22, "A": 10, "K": 10, "B": 23, "C": 14, "D": 13, "E": 5, "X": 11}
# Tested beside the others of secrets, and with applications and Dockerfiles.
WITHOUT_VARIANT = {"K10", "B01", "B02", "B03", "B23", "C01", "C03", "C04", "C07", "D03", "D06"}
WITHOUT_VARIANT |= {"I10", "P20"}


def catalogue() -> set[str]:
    every = {f"{kind}{number:02}" for kind, last in LAST.items() for number in range(1, last + 1)}
    return every - {"I09", "K06"}


def test_each_id_is_found_or_said_not_to_be() -> None:
    found = {id for id, _ in ROW.findall(FINDS + ASKS) if id[0] != "T"}
    not_found = {id for id, _ in ROW.findall(FINDS_NOT)}
    assert found | not_found == catalogue()
    assert not found & not_found


def test_each_that_is_found_is_shown_to_be() -> None:
    found = {id for id, _ in ROW.findall(FINDS) if id[0] != "T"}
    assert found - WITHOUT_VARIANT == {each.id for each in VARIANTS}


def test_each_that_is_found_with_the_account() -> None:
    said = {id for id, _ in ROW.findall(ASKS)}
    written = "".join(each.read_text() for each in LIVE.glob("*.py"))
    named = set(re.findall(r'"([A-Z]\d\d)"', written))
    # The ids of LACKS, by which a lack of room is told.
    assert said == named | {"P01", "P02", "P03", "P05"}


def test_each_call_is_listed() -> None:
    listed = re.findall(r"^([a-z0-9]+:[A-Z]\w+)$", ASKS, re.MULTILINE)
    written = (LIVE / "account.py").read_text()
    calls = re.findall(r'ask(?:_anew)?\(\s*"([\w-]+)",\s*"(\w+)"', written)
    assert listed == sorted(
        {action(service, name.title().replace("_", "")) for service, name in calls}
    )
