"""Faults and good templates by people who knew the catalogue and not the checks.

python -m tests.deploy.preflight.blind [SET]
"""

import shutil
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.ecs.evaluator import Environment
from deploy.ecs.preflight.finding import Finding, Severity
from deploy.ecs.preflight.preflight import preflight
from deploy.ecs.preflight.templates import Given, read

SETS = ("first", "second", "third", "fourth")
WANTED = 0.98


@dataclass(frozen=True)
class Corpus:
    folder: Path

    def read(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = tomllib.loads((self.folder / f"{name}s.toml").read_text())[
            name
        ]
        return found

    def alarms(self) -> list[str]:
        return [
            f"false alarm: {case['name']}: {each.id} {each.resource}"
            for case in self.read("case")
            for each in findings(self.folder / "good", case)
            if each.severity is not Severity.NOTE
        ]

    def missed(self) -> list[str]:
        cases = self.read("case")
        return [
            f"missed: {fault['id']} {fault['name']}"
            for fault in self.read("fault")
            if not self.is_named(fault, cases)
        ]

    def is_named(self, fault: dict[str, Any], cases: list[dict[str, Any]]) -> bool:
        case = next(each for each in cases if fault["base"] in files(each))
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "good"
            shutil.copytree(self.folder / "good", folder)
            file = folder / fault["base"]
            text = file.read_text()
            for edit in fault["edit"]:
                if text.count(edit["old"]) != 1:
                    raise ValueError(f"{fault['name']} does not say which place it changes")
                text = text.replace(edit["old"], edit["new"])
            file.write_text(text)
            found = {each.id for each in findings(folder, case)}
        return bool(found & {fault["id"], *fault.get("or", [])})


def files(case: dict[str, Any]) -> list[str]:
    return [*case["templates"], *case.get("nested", [])]


def findings(folder: Path, case: dict[str, Any]) -> list[Finding]:
    values = {name: str(value) for name, value in case.get("parameters", {}).items()}
    given = [Given(folder / each) for each in case["templates"]]
    found = read(given, values, Environment(case["region"]))
    return [*found.findings, *preflight(found.stacks)]


def main(names: list[str]) -> int:
    alarms: list[str] = []
    missed: list[str] = []
    faults = 0
    for name in names or SETS:
        corpus = Corpus(Path(__file__).parent / name)
        wrong, here = corpus.alarms(), corpus.missed()
        count = len(corpus.read("fault"))
        print(*wrong, *here, sep="\n")
        print(f"{name}: named {count - len(here)} of {count}, {len(wrong)} false alarms")
        alarms, missed, faults = alarms + wrong, missed + here, faults + count
    named = faults - len(missed)
    print(f"blind: named {named} of {faults} ({named / faults:.0%}), {len(alarms)} false alarms")
    return int(bool(alarms) or named < WANTED * faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
