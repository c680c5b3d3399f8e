"""How many of the single faults preflight names, and how often it cries wolf.

python -m tests.deploy.preflight.corpus
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from deploy.ecs.preflight.finding import Finding, Severity
from tests.deploy.preflight.corpus.bases import BASES
from tests.deploy.preflight.corpus.findings import findings_in
from tests.deploy.preflight.corpus.near_misses import NEAR_MISSES
from tests.deploy.preflight.corpus.own import OWN
from tests.deploy.preflight.corpus.variants import VARIANTS

GOAL = 0.98


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.yaml"
        missed = [
            str(each)
            for each in VARIANTS
            if each.id not in {found.id for found in findings_in(each.template, file)}
        ]
        good = [(name, text) for name, text in BASES.items()]
        good += [(f"near {each}", each.template) for each in NEAR_MISSES]
        alarms = [line for name, text in good for line in _alarms(name, findings_in(text, file))]
    alarms += [line for name, find in OWN.items() for line in _alarms(name, find())]
    named = len(VARIANTS) - len(missed)
    ids = len({each.id for each in VARIANTS})
    for line in (*(f"missed: {each}" for each in missed), *alarms):
        print(line)
    print(
        f"preflight named {named} of {len(VARIANTS)} single faults ({ids} ids), with "
        f"{len(alarms)} false alarms in {len(good) + len(OWN)} good templates and deployments"
    )
    return int(named < GOAL * len(VARIANTS) or bool(alarms))


def _alarms(name: str, findings: Sequence[Finding]) -> list[str]:
    return [
        f"false alarm: {name}: {each.severity} {each.id} {each.resource}: {' '.join(each.why)}"
        for each in findings
        if each.severity is not Severity.NOTE
    ]


if __name__ == "__main__":
    sys.exit(main())
