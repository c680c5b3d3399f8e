from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.ecs.graph import Graph
from deploy.ecs.preflight.application import asking, findings
from deploy.ecs.preflight.finding import Finding
from deploy.ecs.preflight.preflight import in_order
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.application.shop import GOOD
from tests.deploy.preflight.balancing.shop import edited

Ask = Callable[..., list[Finding]]


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests may run on a busy machine."""
    monkeypatch.setattr(asking, "LOADED_WITHIN", 120)
    monkeypatch.setattr(asking, "ANSWERED_WITHIN", 60)


@pytest.fixture
def ask(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """What is found in the template after the changes, with these files in the current folder."""
    monkeypatch.chdir(folder.path)

    def found(
        changes: dict[str, str] | None = None,
        template: str = GOOD,
        app: str | None = None,
        **files: str,
    ) -> list[Finding]:
        for name, text in files.items():
            Path({"dockerfile": "Dockerfile", "shop": "shop.py"}.get(name, name)).write_text(text)
        graph = Graph.of([folder.stack(edited(changes or {}, template))])
        image = Path("Dockerfile") if "dockerfile" in files else None
        return in_order(findings(graph, app, image))

    yield found


def spelled(told: list[Finding]) -> list[str]:
    return [f"{each.severity} {each.id} {each.resource} {each.property}" for each in told]
