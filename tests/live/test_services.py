"""What `make services` does once everything is installed: all of it, with databases of its own."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.live.person import PASSWORD, Person
from tests.live.server import ROOT, free_port

SERVICES = [sys.executable, "-m", "deploy.local"]
START_WITHIN = 60  # seconds
STOP_WITHIN = 30  # seconds
NAMES = {"postgresql", "documentdb", "accounts", "catalog", "router"}


class LocalShop:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "PATH": os.environ["PATH"],
            "ECOM_DATA_DIR": str(folder),
            "TMPDIR": str(folder),  # a killed process leaves its sockets behind
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "1",
        }
        self.log = folder / "log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                SERVICES,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_WITHIN
        while "Ctrl-C ends it." not in self.logged():
            assert self.process.poll() is None, self.logged()
            assert time.monotonic() < deadline, self.logged()
            time.sleep(0.05)

    def logged(self) -> str:
        return self.log.read_text(errors="replace")

    def children(self) -> dict[str, int]:
        """Process ids by what the processes are."""
        assert self.process is not None
        pids = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return {name_of(int(pid)): int(pid) for pid in pids.split()}

    def wait(self) -> int:
        assert self.process is not None
        return self.process.wait(STOP_WITHIN)

    def refusal(self, **variables: str) -> str:
        """The one line with which it declines to start."""
        done = subprocess.run(
            SERVICES,
            cwd=ROOT,
            env=self.environment | variables,
            check=False,
            capture_output=True,
            text=True,
            timeout=START_WITHIN,
        )
        assert done.returncode == 1
        [line] = done.stderr.strip().splitlines()
        return line


def name_of(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    environment = Path(f"/proc/{pid}/environ").read_text()
    if "gunicorn" in words:
        return re.search(r"DJANGO_SETTINGS_MODULE=ecom\.settings\.(\w+)", environment)[1]  # type: ignore[index]
    if words[0].endswith("/postgres"):
        return "postgresql"
    return {"tests.documentdb_server": "documentdb", "deploy.local.router": "router"}[words[2]]


@pytest.fixture
def shop() -> Iterator[LocalShop]:
    # Not in pytest's folder: for root PostgreSQL runs as another user, whom pytest locks out.
    with tempfile.TemporaryDirectory(prefix="ecom-services-") as folder:
        shop = LocalShop(Path(folder))
        yield shop
        if shop.process is not None and shop.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                shop.process.terminate()
            shop.wait()


def gone(pids: dict[str, int]) -> bool:
    """Soon, that is: the kernel tells them, and they end what they are at."""
    deadline = time.monotonic() + STOP_WITHIN
    while time.monotonic() < deadline:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids.values()):
            return True
        time.sleep(0.05)
    return False


def sign_in(url: str, email: str) -> Person:
    answer = Person(url).post("/accounts/sign-in/", {"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return Person(url, answer.json()["access"])


def make_administrator(shop: LocalShop) -> None:
    """By the line that the welcome shows."""
    [line] = re.findall(r"^ *(\(\. .*createsuperuser)\)$", shop.logged(), re.MULTILINE)
    command = f"{line} --noinput --email admin@example.com)"
    environment = {"PATH": os.environ["PATH"], "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


def test_first_and_second_start(shop: LocalShop) -> None:
    shop.start()
    children = shop.children()
    assert children.keys() == NAMES
    demo = requests.get(f"{shop.url}/items", timeout=20).json()
    assert {item["owner"] for item in demo} == {"demo"}
    assert requests.get(f"{shop.url}/", timeout=20).status_code == 200
    seller, buyer = Person.signed_up(shop.url), Person.signed_up(shop.url)
    item = seller.offer(stock=3)
    assert buyer.buy(item, quantity=2).status_code == 201
    make_administrator(shop)
    assert shop.process is not None
    shop.process.send_signal(signal.SIGTERM)
    assert shop.wait() == 0
    assert gone(children)
    first = shop.logged()

    shop.start()
    assert sign_in(shop.url, buyer.email).buy(item).status_code == 201
    assert sign_in(shop.url, seller.email).get("/catalog/my/sales/").json()["results"]
    assert sign_in(shop.url, "admin@example.com").get("/accounts/me/").status_code == 200
    # A terminal sends SIGINT to all processes of the group at once.
    os.killpg(shop.process.pid, signal.SIGINT)
    assert shop.wait() == 0

    for log in (first, shop.logged()):
        assert "Traceback" not in log
        assert {line.split("|")[0].strip() for line in log.splitlines() if " | " in line} == NAMES
    assert "The demo catalogue's owner is demo." in first
    assert "demo" not in shop.logged()


def test_killed(shop: LocalShop) -> None:
    """Nothing of it goes on, and what it kept is there again. The same when one part is killed."""
    shop.start()
    person = Person.signed_up(shop.url)
    item = person.offer()
    children = shop.children()
    assert shop.process is not None

    shop.process.kill()

    assert shop.wait() == -signal.SIGKILL
    assert gone(children)
    shop.start()
    [found] = sign_in(shop.url, person.email).get("/catalog/my/items/").json()["results"]
    assert found["id"] == item
    assert f"with the data in {shop.folder}/services" in shop.refusal(PORT=str(free_port()))

    children = shop.children()
    os.kill(children["postgresql"], signal.SIGKILL)
    assert shop.wait() == 1
    assert "postgresql was ended by SIGKILL, so everything ends." in shop.logged()
    assert gone(children)


def test_port_in_use(shop: LocalShop) -> None:
    with socket.create_server(("127.0.0.1", shop.port)):
        assert f"Port {shop.port} cannot be used" in shop.refusal()


@pytest.mark.parametrize("port", ["0", "65536", "http", ""])
def test_no_port(shop: LocalShop, port: str) -> None:
    assert "a number from 1 to 65535" in shop.refusal(PORT=port)


def test_unusable_data_dir(shop: LocalShop) -> None:
    occupied = shop.folder / "file"
    occupied.touch()
    assert "ECOM_DATA_DIR" in shop.refusal(ECOM_DATA_DIR=str(occupied / "data"))
