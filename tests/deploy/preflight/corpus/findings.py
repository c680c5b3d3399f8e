from pathlib import Path

from deploy.ecs.evaluator import Environment
from deploy.ecs.preflight.finding import Finding
from deploy.ecs.preflight.preflight import preflight
from deploy.ecs.preflight.templates import Given, read


def findings_in(template: str, file: Path) -> list[Finding]:
    file.write_text(template)
    found = read([Given(file)], {}, Environment("eu-central-1"))
    return [*found.findings, *preflight(found.stacks)]
