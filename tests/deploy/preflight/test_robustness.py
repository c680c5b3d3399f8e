"""Templates with anything at any place: preflight says what it can, and never raises."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.ecs.evaluator import parse
from deploy.ecs.evaluator.places import Problems
from tests.deploy.preflight.corpus.bases import BASES
from tests.deploy.preflight.corpus.findings import findings_in

JUNK: list[Any] = [
    *(None, "", 0, -1, "x", [], {}, True, 10**12, "arn:", ":::", "${", "9" * 20, [[]]),
    [1, "a", {}],
    {"a": {"b": 1}},
    {"Ref": "Vpc"},
    {"Ref": "Nothing"},
    {"Ref": "Owner"},
    {"Fn::If": ["HasOwner", "a", "b"]},
    {"Fn::GetAtt": ["Database", "Endpoint.Address"]},
]


def spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """All that is in it, each by its container and key."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield value, key
        yield from spots(value[key])


@pytest.mark.parametrize("seed", range(24))
def test_never_raises(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    file = tmp_path / "shop.json"
    name = chance.choice(sorted(BASES))
    file.write_text(BASES[name])
    body = json.loads(json.dumps(parse.read(file, Problems())))
    for _ in range(chance.choice([1, 2, 4, 8])):
        holder, key = chance.choice(list(spots(body["Resources"])))
        holder[key] = json.loads(json.dumps(chance.choice(JUNK)))
    findings_in(json.dumps(body, indent=1), file)
