"""What a server refuses to start with, in a sentence."""

import subprocess
from pathlib import Path

import pytest

from tests.ecom.test_settings import REQUIRED
from tests.live.server import GUNICORN, ROOT, Server


def refusal(folder: Path, **variables: str) -> str:
    """In production, so that ECOM_ENV is not development."""
    required = REQUIRED | {"DATABASE_URL": f"sqlite:///{folder}/db"}
    server = Server(folder, required["DATABASE_URL"], **required | variables)
    done = subprocess.run(
        GUNICORN,
        cwd=ROOT,
        env=server.environment | {"ECOM_ENV": "production"},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return next(line for line in done.stderr.splitlines() if line.startswith("Error: "))


@pytest.mark.parametrize(
    ("service", "variable"), [("accounts", "CATALOG_URL"), ("catalog", "ACCOUNTS_URL")]
)
@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "is not set"),
        ("http://localhost:8001", "is 'http://localhost:8001': in production each service"),
        ("http://shop.svc.cluster.local", "is 'http://shop.svc.cluster.local': only Kubernetes"),
    ],
)
def test_peer(tmp_path: Path, service: str, variable: str, url: str, sentence: str) -> None:
    settings = f"ecom.settings.{service}"
    line = refusal(tmp_path, DJANGO_SETTINGS_MODULE=settings, **{variable: url})
    assert line.startswith(f"Error: {variable} {sentence}")
