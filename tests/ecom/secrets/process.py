"""A process of its own, with nothing of the caller's environment."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
# Prints the settings whose names are its arguments, and whether boto3 was imported.
SHOW = """
import json, sys
import ecom.wsgi
from django.conf import settings
shown = {name: getattr(settings, name) for name in sys.argv[1:]}
print(json.dumps([shown, "botocore" in sys.modules], default=str))
"""


def python(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    variables = {"DJANGO_SETTINGS_MODULE": "ecom.settings.accounts"} | variables
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


def settings_of(*names: str, **variables: str) -> tuple[dict[str, Any], bool]:
    """The settings, and whether boto3 was imported."""
    done = python("-c", SHOW, *names, **variables)
    assert done.returncode == 0, done.stderr
    shown, imported = json.loads(done.stdout)
    return shown, imported


def failure(*arguments: str, variables: Mapping[str, str]) -> str:
    done = python(*arguments, **variables)
    assert done.returncode == 1, done.stdout
    return done.stderr.strip()
