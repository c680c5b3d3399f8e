"""What `make run` does once everything is installed."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.live.databases import new_database
from tests.live.server import ROOT, Server

SERVE = [sys.executable, "manage.py", "serve"]


@pytest.fixture
def shop(tmp_path: Path, database_server: str | None) -> Server:
    return Server(tmp_path, new_database(tmp_path, database_server))


def refusal(shop: Server, port: str, **variables: str) -> str:
    """The one line with which it declines to start."""
    done = subprocess.run(
        SERVE,
        cwd=ROOT,
        env=shop.environment | {"PORT": port} | variables,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    [line] = done.stderr.strip().splitlines()
    return line


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_first_and_second_start(shop: Server, how: signal.Signals) -> None:
    shop.start(SERVE)
    items = requests.get(f"{shop.url}/catalog/items/", timeout=20).json()["results"]
    assert items, "the demo catalogue is there"
    assert requests.get(f"{shop.url}/", timeout=20).status_code == 200
    assert shop.stop(how) == 0

    items = sorted(shop.select("catalog_item", "id"))

    shop.start(SERVE)
    assert shop.stop(how) == 0

    log = shop.logged()
    assert "Traceback" not in log
    assert log.count("The demo catalogue's owner is demo.") == 1
    assert "createsuperuser" in log
    assert set(re.findall(r"http://[\d.]+:\d+", log)) == {shop.url}
    assert items == sorted(shop.select("catalog_item", "id"))


def test_ctrl_c(shop: Server) -> None:
    """A terminal sends SIGINT to all processes of the group at once."""
    shop.start(SERVE)
    assert shop.process is not None

    os.killpg(shop.process.pid, signal.SIGINT)

    assert shop.process.wait(20) == 0
    assert "Traceback" not in shop.logged()


def test_port_in_use(shop: Server) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", shop.port))
        other.listen()
        line = refusal(shop, str(shop.port))
    assert f"Port {shop.port}" in line
    assert "in use" in line


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", ""])
def test_no_port(shop: Server, port: str) -> None:
    assert "a number from 1 to 65535" in refusal(shop, port)


def test_unusable_data_dir(shop: Server) -> None:
    occupied = shop.folder / "file"
    occupied.touch()
    assert "ECOM_DATA_DIR" in refusal(shop, "8000", ECOM_DATA_DIR=str(occupied / "data"))


def test_production(shop: Server) -> None:
    variables = {"ECOM_ENV": "production", "SECRET_KEY": "x" * 50}
    assert "ECOM_ENV=development" in refusal(shop, "8000", **variables)
