"""compose.yaml says what the image, the settings and the router understand."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local import router

ROOT = Path(__file__).resolve().parents[3]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {
    name: service["environment"]
    for name, service in SERVICES.items()
    if "DJANGO_SETTINGS_MODULE" in service.get("environment", {})
}


def environment(name: str, folder: Path) -> dict[str, str]:
    """As in the container, but for its folder and the shop's port, which Compose fills in."""
    given = {key: text.replace("${PORT:-8000}", "8000") for key, text in OURS[name].items()}
    return {"PATH": os.environ["PATH"]} | given | {"ECOM_DATA_DIR": str(folder)}


def run(arguments: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=variables,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_one_builds_the_image() -> None:
    """Several at once would get in each other's way; the others take what it made."""
    ours = {name: each for name, each in SERVICES.items() if each["image"] == "little-ecom"}
    building = {name for name, each in ours.items() if "build" in each}
    assert building == {"keys"}
    assert {each["pull_policy"] for name, each in ours.items() if name != "keys"} == {"never"}


@pytest.mark.parametrize("name", ["accounts", "catalog"])
def test_settings(name: str, tmp_path: Path) -> None:
    done = run(["-m", "ecom.entrypoint", "manage", "check"], environment(name, tmp_path))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["accounts", "catalog"])
def test_other_containers_can_call_it(name: str, tmp_path: Path) -> None:
    command = ["-m", "gunicorn", "--print-config", "-c", "python:ecom.gunicorn", "ecom.wsgi"]
    done = run(command, environment(name, tmp_path))
    assert re.search(r"^bind += \['0\.0\.0\.0:8000'\]$", done.stdout, re.MULTILINE), done


@pytest.mark.parametrize("name", OURS)
def test_command(name: str, tmp_path: Path) -> None:
    """One of the image's, and for the service whose settings it has."""
    command = SERVICES[name]["command"]
    if len(command) == 1 and command != ["migrate"]:
        assert OURS[name]["DJANGO_SETTINGS_MODULE"] == f"ecom.settings.{command[0]}"
        return
    help_ = command[1:] if command[0] == "manage" else command
    done = run(["-m", "ecom.entrypoint", "manage", *help_, "--help"], environment(name, tmp_path))
    assert done.returncode == 0, done.stderr


def test_what_they_wait_for() -> None:
    for service in SERVICES.values():
        for other, condition in service.get("depends_on", {}).items():
            ends = SERVICES[other].get("healthcheck") == {"disable": True}
            expected = "service_completed_successfully" if ends else "service_healthy"
            assert condition == {"condition": expected}, other


def test_each_service_has_keys_and_a_database_of_its_own() -> None:
    for variable in ("ECOM_DATA_DIR", "DATABASE_URL"):
        assert OURS["accounts"][variable] != OURS["catalog"][variable]
        for name, given in OURS.items():
            service = given["DJANGO_SETTINGS_MODULE"].rpartition(".")[2]
            assert given[variable] == OURS[service][variable], name


def test_router(capsys: pytest.CaptureFixture[str]) -> None:
    """It is mounted alone, so it needs nothing that is not Python's."""
    service = SERVICES["router"]
    [volume] = service["volumes"]
    file = ROOT / volume.split(":")[0]
    assert file == Path(router.__file__)
    done = run(["-I", "-S", str(file), *service["command"], "--help"], {})
    assert done.returncode == 0, done.stderr
