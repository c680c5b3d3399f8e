"""A process of one service has nothing of the other in memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOAD_EVERYTHING = """
import json, sys
from django.core.management import call_command
from ecom.wsgi import application
from django.urls import get_resolver
def load(patterns):
    for pattern in patterns:
        load(getattr(pattern, "url_patterns", []))
load(get_resolver().url_patterns)
call_command("check")
call_command("spectacular", file="/dev/null")
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def python(shape: str, folder: Path, *arguments: str) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "ECOM_ENV": "development",
        "ECOM_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": f"ecom.settings.{shape}",
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout


def modules_of(shape: str, folder: Path) -> set[str]:
    return set(json.loads(python(shape, folder, "-c", LOAD_EVERYTHING).splitlines()[-1]))


@pytest.mark.parametrize(
    ("shape", "present", "absent"),
    [
        ("accounts", {"accounts"}, {"catalog", "import_export", "tablib"}),
        ("catalog", {"catalog"}, {"accounts", "axes", "argon2"}),
        ("monolith", {"accounts", "catalog"}, set()),
    ],
)
def test_shape(tmp_path: Path, shape: str, present: set[str], absent: set[str]) -> None:
    loaded = modules_of(shape, tmp_path)

    assert present <= loaded
    assert not absent & loaded


@pytest.mark.parametrize("shape", ["accounts", "catalog", "monolith"])
def test_every_shape_makes_and_rotates_its_own_keys(tmp_path: Path, shape: str) -> None:
    assert '"active"' in python(shape, tmp_path, "manage.py", "make_signing_keys")
    assert "Now signing with" in python(shape, tmp_path, "manage.py", "rotate_signing_key")
