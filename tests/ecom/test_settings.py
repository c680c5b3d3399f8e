"""docs/settings.md against the code, and what production refuses to start without."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
READERS = [*(ROOT / "ecom").rglob("*.py"), *(ROOT / "deploy" / "local").rglob("*.py")]
# Django's and AWS's own, which the text explains.
OTHERS = {"AWS_REGION", "DJANGO_SETTINGS_MODULE"}
SHAPES = ["monolith", "accounts", "catalog"]
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+?) \| .+ \|$", re.MULTILINE)
REQUIRED = {
    "SECRET_KEY": "x" * 50,
    "BASE_URL": "https://shop.example.com",
    "DATABASE_URL": "postgresql://shop@127.0.0.1/shop",
}
# Prints the default of each variable that the settings look up.
RECORD_DEFAULTS = """
import importlib, json, sys, environ
read = {}
get_value = environ.Env.get_value
def record(self, var, cast=None, default=environ.Env.NOTSET, **options):
    read.setdefault(var, default)
    return get_value(self, var, cast=cast, default=default, **options)
environ.Env.get_value = record
importlib.import_module(f"ecom.settings.{sys.argv[1]}")
print(json.dumps(read, default=str))
"""


class Row(NamedTuple):
    development: str
    production: str


def table() -> dict[str, Row]:
    rows = ROW.findall((ROOT / "docs" / "settings.md").read_text())
    assert len(rows) == len({name for name, *_ in rows}), "a variable stands there twice"
    return {name: Row(development, production) for name, development, production in rows}


def variables_read(path: Path) -> Iterator[str]:
    """The names in env.…("NAME"), required("NAME") and os.environ.get("NAME")."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            function = ast.unparse(node.func)
            if re.fullmatch(r"env\.\w+|required|os\.environ\.get", function):
                yield str(node.args[0].value)


def load(shape: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RECORD_DEFAULTS, shape],
        check=False,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ECOM_DATA_DIR": str(folder)} | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


def defaults(shape: str, folder: Path, **variables: str) -> dict[str, Any]:
    done = load(shape, folder, **variables)
    assert done.returncode == 0, done.stderr
    recorded: dict[str, Any] = json.loads(done.stdout)
    return recorded


def as_documented(default: Any) -> str:
    if isinstance(default, list):
        default = ",".join(default)
    if isinstance(default, bool):
        default = str(default).lower()
    return f"`{default}`" if default != "" else "empty"


def test_every_variable_is_in_the_table() -> None:
    read = {name for path in READERS for name in variables_read(path)}
    assert read - OTHERS == table().keys()
    text = (ROOT / "docs" / "settings.md").read_text()
    assert all(f"`{name}`" in text for name in OTHERS)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("environment", Row._fields)
def test_defaults(tmp_path: Path, shape: str, environment: str) -> None:
    given = {"ECOM_ENV": environment} | (REQUIRED if environment == "production" else {})
    documented = {name: getattr(row, environment) for name, row in table().items()}

    for name, default in defaults(shape, tmp_path, **given).items():
        cell = documented[name]
        if name not in given and (cell == "empty" or cell.startswith("`")):
            assert as_documented(default) == cell, name


def test_required_in_the_table() -> None:
    required = {name for name, row in table().items() if row.production == "required"}
    assert required == REQUIRED.keys()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("missing", REQUIRED)
def test_production_without(tmp_path: Path, shape: str, missing: str) -> None:
    given = {name: value for name, value in REQUIRED.items() if name != missing}

    done = load(shape, tmp_path, **given)

    assert done.returncode != 0
    assert f"{missing} is not set" in done.stderr
    assert list(tmp_path.iterdir()) == [], "production makes no keys of its own"


def test_production_is_the_default(tmp_path: Path) -> None:
    assert "SECRET_KEY is not set" in load("monolith", tmp_path).stderr


def test_unknown_environment(tmp_path: Path) -> None:
    done = load("monolith", tmp_path, ECOM_ENV="staging")
    assert "ECOM_ENV is 'staging'" in done.stderr


@pytest.mark.parametrize("shape", SHAPES)
def test_manage_says_it_in_one_line(tmp_path: Path, shape: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        check=False,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": f"ecom.settings.{shape}"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert line.startswith("Error: SECRET_KEY is not set")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "shop.example.com"),  # would switch HTTPS off without a word
        ("BASE_URL", "https://shop.example.com/shop"),
        ("DATABASE_URL", "hunter2"),
        ("DATABASE_URL", "//shop:hunter2@host/name"),
        ("DATABASE_URL", '"postgresql://shop:hunter2@host/name"'),  # as docker --env-file reads it
        ("TRUSTED_PROXIES", "-1"),
    ],
)
def test_unusable_value(tmp_path: Path, name: str, value: str) -> None:
    done = load("monolith", tmp_path, **REQUIRED | {name: value})
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"django.core.exceptions.ImproperlyConfigured: {name} is ")
    assert "hunter2" not in done.stderr
