"""Faults and good templates by somebody who knew the catalogue and not the checks.

python -m tests.deploy.preflight.blind
"""

import tempfile
import tomllib
from pathlib import Path
from typing import Any

from deploy.ecs.evaluator import Environment
from deploy.ecs.preflight.finding import Finding, Severity
from deploy.ecs.preflight.preflight import preflight
from deploy.ecs.preflight.templates import Given, read

HERE = Path(__file__).parent
CASES = tomllib.loads((HERE / "cases.toml").read_text())["case"]
FAULTS = tomllib.loads((HERE / "faults.toml").read_text())["fault"]


def main() -> None:
    alarms = [
        f"false alarm: {case['name']}: {each.id} {each.resource}"
        for case in CASES
        for each in findings(HERE / "good" / case["template"], case)
        if each.severity is not Severity.NOTE
    ]
    missed = [f"missed: {each['id']} {each['name']}" for each in FAULTS if not is_named(each)]
    print(*alarms, *missed, sep="\n")
    named = len(FAULTS) - len(missed)
    print(
        f"blind: named {named} of {len(FAULTS)}, {len(alarms)} false alarms in {len(CASES)} cases"
    )


def is_named(fault: dict[str, Any]) -> bool:
    text = (HERE / "good" / fault["base"]).read_text()
    for edit in fault["edit"]:
        text = text.replace(edit["old"], edit["new"])
    case = next(each for each in CASES if each["template"] == fault["base"])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / fault["base"]
        file.write_text(text)
        found = {each.id for each in findings(file, case)}
    return bool(found & {fault["id"], *fault.get("or", [])})


def findings(file: Path, case: dict[str, Any]) -> list[Finding]:
    values = {name: str(value) for name, value in case.get("parameters", {}).items()}
    found = read([Given(file)], values, Environment(case["region"]))
    return [*found.findings, *preflight(found.stacks)]


if __name__ == "__main__":
    main()
