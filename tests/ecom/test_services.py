"""A third service is a settings module: entrypoint and image ask for no more."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ecom.services import services

ROOT = Path(__file__).resolve().parents[2]
REVIEWS = """
from ecom.settings.shared import *
from ecom.settings.shared import SHARED_APPS, database, static_root

SERVICE_NAME = "reviews"
INSTALLED_APPS = SHARED_APPS
ROOT_URLCONF = "ecom.urls"
DATABASES = database("reviews.sqlite3")
STATIC_URL = "/reviews/static/"
STATIC_ROOT = static_root(SERVICE_NAME)
ACCOUNTS_PEER = "ecom.peers.accounts.AccountsOverHTTP"
AUTH_USER_MODEL = "auth.User"
"""
NEEDED = {
    "SECRET_KEY": "for tests only, and for nothing that anybody could reach",
    "BASE_URL": "http://shop.example.com",
    "DATABASE_URL": "postgresql://nowhere.example/reviews",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of the image, with one more settings module."""
    folder = tmp_path_factory.mktemp("shop")
    for name in ("ecom", "accounts", "catalog"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", folder)
    (folder / "ecom" / "settings" / "reviews.py").write_text(REVIEWS)
    return folder


def run(folder: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={"PATH": os.environ["PATH"]} | variables,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def enter(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return run(folder, sys.executable, "-m", "ecom.entrypoint", *arguments, **variables)


def test_services() -> None:
    assert services() == ["accounts", "catalog"]


def test_it_is_a_command(shop: Path) -> None:
    assert "accounts, catalog, reviews" in enter(shop).stderr
    refused = enter(shop, "reviews")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Error: SECRET_KEY is not set. ")
    refused = enter(shop, "reviews", **NEEDED)
    assert refused.returncode == 1
    assert "Error: ACCOUNTS_URL is not set." in refused.stderr


def test_its_commands_of_manage(shop: Path) -> None:
    variables = NEEDED | {"DJANGO_SETTINGS_MODULE": "ecom.settings.reviews"}
    done = enter(shop, "manage", "make_signing_keys", **variables)
    assert done.returncode == 0, done.stderr
    assert '"keys"' in done.stdout


def test_the_image_has_the_static_files_of_each(shop: Path) -> None:
    """The step of the Dockerfile, with this Python."""
    text = (ROOT / "Dockerfile").read_text()
    [step] = re.findall(r"RUN (services=.*?)(?<!\\)\n", text, re.DOTALL)
    done = run(shop, "sh", "-c", step.replace("/venv/bin/python", sys.executable))
    assert done.returncode == 0, done.stderr
    found = {each.name for each in (shop / "staticfiles").iterdir()}
    assert found == {"accounts", "catalog", "reviews"}
    assert all((shop / "staticfiles" / name / "staticfiles.json").exists() for name in found)
    failed = run(shop, "sh", "-c", step.replace("/venv/bin/python", "no-python"))
    assert failed.returncode != 0
