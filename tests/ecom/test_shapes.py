"""A process of one service has nothing of the other in memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

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


def modules_of(shape: str, folder: Path) -> set[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "ECOM_ENV": "development",
        "ECOM_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": f"ecom.settings.{shape}",
    }
    done = subprocess.run(
        [sys.executable, "-c", LOAD_EVERYTHING],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


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
