"""Small applications of any kind, and what becomes of the load balancer's question."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.ecs.graph import Graph
from deploy.ecs.preflight.application import answers_health_checks
from deploy.ecs.preflight.finding import Finding
from tests.deploy.evaluator.writing import Folder
from tests.deploy.preflight.asking import ids
from tests.deploy.preflight.corpus.bases import BASES

Ask = Callable[..., list[Finding]]
GOOD = BASES["fargate-nat"]
APPLICATION = """
import os

def application(environ, start_response):
    path, host = environ["PATH_INFO"], environ["HTTP_HOST"]
    code = {"/health": "200 OK", "/moved": "301 Moved", "/away": "503 Unavailable"}.get(path)
    if path == "/raises":
        raise RuntimeError("no database\\nconnection refused")
    if path == "/host" and host.startswith("10."):
        code = "400 Bad Request"
    if path == "/environment":
        seen = [os.environ[name] for name in ("PORT", "DATABASE_URL", "TOKEN")]
        code = "418 " + " ".join(seen) if "APP_SECRET_ARN" in os.environ else "200 OK"
        assert seen[0] == "8000" and "@127.0.0.1:1/shop" in seen[1] and len(seen[2]) > 40
    start_response(code or "404 Not Found", [("Location", "https://shop.example.com/moved/")])
    return [b""]
"""


@pytest.fixture
def ask(folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ask:
    (tmp_path / "little.py").write_text(APPLICATION)
    (tmp_path / "broken.py").write_text("import nothing_of_that_name")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path.cwd()}")

    def run(path: str, module: str = "little", matcher: str = "") -> list[Finding]:
        text = GOOD.replace("HealthCheckPath: /health", f"HealthCheckPath: {path}{matcher}")
        return list(answers_health_checks(Graph.of([folder.stack(text)]), module))

    return run


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/health", []),
        ("/health?deep=0", []),
        ("/environment", []),
        ("/nothing", ["error B01"]),
        ("/host", ["error B02"]),
        ("/moved", ["error B03"]),
        ("/away", ["warning B23"]),
        ("/raises", ["warning B23"]),
    ],
)
def test_answers(ask: Ask, path: str, told: list[str]) -> None:
    assert ids(ask(path)) == told


def test_where_and_why(ask: Ask) -> None:
    [finding] = ask("/moved")
    assert (finding.resource, finding.property) == ("Targets", "HealthCheckPath")
    assert finding.why == (
        "Targets asks for /moved of web, with Host: 10.0.0.10:8000.",
        "It answers 301 to https://shop.example.com/moved/, and 200 is wanted.",
    )
    assert "codes: [301]" in finding.message


def test_the_matcher_decides(ask: Ask) -> None:
    matcher = '\n      Matcher: {HttpCode: "200,301"}'
    assert ask("/moved", matcher=matcher) == []
    narrow = '\n      Matcher: {HttpCode: "204"}'
    assert ids(ask("/health", matcher=narrow)) == ["error B04"]


@pytest.mark.parametrize("module", ["broken", "nowhere", "little:nothing"])
def test_not_loaded(ask: Ask, module: str) -> None:
    """Which is no fault of the deployment."""
    [finding] = ask("/health", module)
    assert ids([finding]) == ["note T05"]
    assert "Error: " in finding.why[0]
