"""Findings in files that are no templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.ecs.evaluator import Place
from deploy.ecs.preflight.finding import Finding, Severity


@dataclass(frozen=True)
class Spot:
    file: Path
    line: int
    name: str  # such as ENTRYPOINT

    def tell(
        self, severity: Severity, fault: str, *, why: Sequence[str], message: str, cure: str
    ) -> Finding:
        return Finding(
            id=fault,
            severity=severity,
            stack="",
            resource=self.file.name,
            property=self.name,
            message=message,
            why=tuple(why),
            cure=cure,
            place=Place(self.file, self.line, 1),
        )
