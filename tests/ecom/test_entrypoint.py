"""python -m ecom.entrypoint refuses what it cannot run; tests/image/ runs what it can."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ecom.secrets.aws import CREDENTIALS

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ecom.entrypoint", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | variables,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    "arguments",
    [(), ("shop",), ("accounts", "--help"), ("manage",), ("serve",), ("monolith",), ("shared",)],
    ids=" ".join,
)
def test_unknown_command(arguments: tuple[str, ...]) -> None:
    refused = run(*arguments)
    assert refused.returncode == 2
    assert refused.stderr.startswith(
        "Give the container one of these commands:\n  accounts, catalog\n"
    )


@pytest.mark.parametrize(
    "settings", ["", "ecom.settings.shop", "ecom.settings.monolith", "catalog"]
)
@pytest.mark.parametrize("arguments", [("migrate",), ("manage", "prune")], ids=" ".join)
def test_whose_database(arguments: tuple[str, ...], settings: str) -> None:
    refused = run(*arguments, DJANGO_SETTINGS_MODULE=settings)
    assert refused.returncode == 2
    assert refused.stderr == (
        f"DJANGO_SETTINGS_MODULE is {settings!r}: {arguments[-1]} has to know which service it is "
        "for. Set it to ecom.settings.accounts or ecom.settings.catalog.\n"
    )


def test_two_answers_to_which_service() -> None:
    refused = run("accounts", DJANGO_SETTINGS_MODULE="ecom.settings.catalog")
    assert refused.returncode == 2
    assert refused.stderr == (
        "The command is accounts, and DJANGO_SETTINGS_MODULE is ecom.settings.catalog. Leave the "
        "variable out, or set it to ecom.settings.accounts.\n"
    )


@pytest.mark.parametrize("arguments", [("accounts",), ("catalog",)], ids=" ".join)
def test_missing_settings(arguments: tuple[str, ...]) -> None:
    refused = run(*arguments)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Error: SECRET_KEY is not set. ")
    assert "Traceback" not in refused.stderr


def test_missing_settings_of_a_command() -> None:
    refused = run("migrate", DJANGO_SETTINGS_MODULE="ecom.settings.accounts")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Error: SECRET_KEY is not set. ")


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"WEB_CONCURRENCY": "many"}, "WEB_CONCURRENCY cannot be read: give a whole number."),
        ({"WEB_CONCURRENCY": "0"}, "WEB_CONCURRENCY is below 1: give a larger whole number."),
        ({"PORT": "http"}, "PORT is 'http': give a number from 1 to 65535."),
        ({"PORT": "0"}, "PORT is '0': give a number from 1 to 65535."),
    ],
)
def test_no_number(variables: dict[str, str], sentence: str) -> None:
    refused = run("catalog", **variables)
    assert refused.returncode == 1
    assert refused.stderr == f"Error: {sentence}\n"


@pytest.mark.parametrize("command", ["catalog", "migrate"])
def test_ended_while_it_starts(command: str) -> None:
    """As process 1 of a container it would not hear the signal, unless it listens."""
    with socket.create_server(("127.0.0.1", 0)) as secrets_manager:
        secrets_manager.settimeout(30)
        host, port = secrets_manager.getsockname()
        variables = CREDENTIALS | {
            "DJANGO_SETTINGS_MODULE": "ecom.settings.catalog",
            "ECOM_SECRET_ID": "shop/catalog",
            "AWS_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "ecom.entrypoint", command],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]} | variables,
        )
        with secrets_manager.accept()[0]:  # which it waits for, and is not answered
            process.terminate()
            assert process.wait(10) == 128 + signal.SIGTERM


def test_a_command_of_manage() -> None:
    done = run(
        "manage",
        "make_signing_keys",
        DJANGO_SETTINGS_MODULE="ecom.settings.catalog",
        SECRET_KEY="for tests only, and for nothing that anybody could reach",
        BASE_URL="http://shop.example.com",
        DATABASE_URL="postgresql://nowhere.example/shop",
    )
    assert done.returncode == 0, done.stderr
    assert '"keys"' in done.stdout
