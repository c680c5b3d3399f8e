"""How many of the single faults preflight names, and how often it cries wolf.

python -m tests.deploy.preflight.corpus
"""

import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from deploy.ecs.preflight.finding import Finding, Severity
from tests.deploy.preflight.corpus.bases import BASES
from tests.deploy.preflight.corpus.findings import findings_in
from tests.deploy.preflight.corpus.near_misses import NEAR_MISSES
from tests.deploy.preflight.corpus.own import OWN
from tests.deploy.preflight.corpus.variants import VARIANTS

GOAL = 0.98


def main() -> int:
    good = [*BASES.items(), *((f"near {each}", each.template) for each in NEAR_MISSES)]
    with ProcessPoolExecutor() as pool:
        named = list(pool.map(_is_named, range(len(VARIANTS)), chunksize=8))
        alarms = [line for found in pool.map(_alarms_of, good, chunksize=4) for line in found]
    alarms += [line for name, find in OWN.items() for line in _alarms(name, find())]
    ids = len({each.id for each in VARIANTS})
    missed = [f"missed: {each}" for each, found in zip(VARIANTS, named, strict=True) if not found]
    print(*missed, *alarms, sep="\n", end="\n" if missed or alarms else "")
    print(
        f"preflight named {sum(named)} of {len(VARIANTS)} single faults ({ids} ids), with "
        f"{len(alarms)} false alarms in {len(good) + len(OWN)} good templates and deployments"
    )
    return int(sum(named) < GOAL * len(VARIANTS) or bool(alarms))


def _is_named(index: int) -> bool:
    """By its number: what a variant changes is a function, which no other process is sent."""
    variant = VARIANTS[index]
    return variant.id in {each.id for each in _findings(variant.template)}


def _alarms_of(good: tuple[str, str]) -> list[str]:
    name, template = good
    return _alarms(name, _findings(template))


def _findings(template: str) -> list[Finding]:
    with tempfile.TemporaryDirectory() as folder:
        return findings_in(template, Path(folder) / "template.yaml")


def _alarms(name: str, findings: Sequence[Finding]) -> list[str]:
    return [
        f"false alarm: {name}: {each.severity} {each.id} {each.resource}: {' '.join(each.why)}"
        for each in findings
        if each.severity is not Severity.NOTE
    ]


if __name__ == "__main__":
    sys.exit(main())
