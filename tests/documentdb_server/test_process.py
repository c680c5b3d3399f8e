import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import AutoReconnect, DuplicateKeyError, OperationFailure

from tests.documentdb_server import process

Document = dict[str, Any]
ENDS_WITHIN = 10  # seconds


def accepts(port: int) -> bool:
    with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def wait_until_closed(port: int) -> None:
    deadline = time.monotonic() + ENDS_WITHIN
    while accepts(port):
        assert time.monotonic() < deadline, "the server outlives its parent"
        time.sleep(0.02)


def test_kill_and_restart(tmp_path: Path) -> None:
    with process.start(tmp_path, user="shop", password="secret") as server:
        url = server.url()
        with MongoClient[Document](url) as client:
            client.shop.a.create_index("sku", unique=True)
            client.shop.a.insert_many([{"_id": number, "sku": number} for number in range(500)])
            client.shop.a.update_one({"_id": 1}, {"$set": {"name": "ä"}})
            client.shop.a.delete_one({"_id": 2})
            server.kill()
            server.start()
            assert client.shop.a.count_documents({}) == 499
            assert client.shop.a.find_one({"_id": 1}) == {"_id": 1, "sku": 1, "name": "ä"}
            with pytest.raises(DuplicateKeyError):
                client.shop.a.insert_one({"sku": 1})
        assert server.url() == url


def test_users_survive(tmp_path: Path) -> None:
    with process.start(tmp_path, user="shop", password="secret") as server:
        server.restart()
        with MongoClient[Document](server.url()) as client:
            client.shop.a.insert_one({})
        url = f"mongodb://127.0.0.1:{server.ports[0]}"
        with MongoClient[Document](url) as nobody, pytest.raises(OperationFailure) as caught:
            nobody.shop.a.find_one()
    assert caught.value.code == 13


def test_what_was_acknowledged_survives(tmp_path: Path) -> None:
    """Killed in the middle of writes: nothing that a client was told of is missing."""
    with process.start(tmp_path) as server:
        pid = server.process.pid if server.process else 0
        told: list[int] = []
        with MongoClient[Document](server.url(), serverSelectionTimeoutMS=500) as client:
            with contextlib.suppress(AutoReconnect):
                for number in range(1_000_000):
                    client.shop.a.insert_one({"_id": number})
                    told.append(number)
                    if number == 700:
                        os.kill(pid, signal.SIGKILL)
            assert len(told) >= 700
            server.kill()
            server.start()
            stored = client.shop.a.distinct("_id")
        # One more may be there: written, and the answer lost.
        assert stored[: len(told)] == told
        assert len(stored) <= len(told) + 1


def test_an_open_transaction_does_not_survive(tmp_path: Path) -> None:
    with process.start(tmp_path) as server, MongoClient[Document](server.url()) as client:
        client.shop.a.insert_one({"_id": 1})
        session = client.start_session()
        session.start_transaction()
        client.shop.a.insert_one({"_id": 2}, session=session)
        client.shop.a.update_one({"_id": 1}, {"$set": {"x": 1}}, session=session)
        server.kill()
        server.start()
        assert list(client.shop.a.find()) == [{"_id": 1}]


def test_without_a_folder_it_forgets() -> None:
    with process.start() as server, MongoClient[Document](server.url()) as client:
        client.shop.a.insert_one({})
        server.restart()
        assert client.shop.a.count_documents({}) == 0


def test_stop() -> None:
    server = process.start()
    running = server.process
    assert running is not None
    server.stop()
    assert running.returncode == 0
    assert not accepts(server.ports[0])
    server.stop()  # a second time does nothing


PARENT = """
import sys, time
from tests.documentdb_server import process
server = process.start()
print(server.ports[0], flush=True)
time.sleep(60 if sys.argv[1] == "killed" else 0)
"""


@pytest.mark.parametrize("how", ["killed", "ended"])
def test_it_ends_with_its_parent(how: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, how],
        cwd=process.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as parent:
        assert parent.stdout is not None
        port = int(parent.stdout.readline())
        if how == "killed":
            parent.kill()
    wait_until_closed(port)


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = process.Server(
            None, members=1, user="", password="", certificate=None, profile="documentdb-5.0"
        )
        server.ports = [taken.getsockname()[1]]
        with pytest.raises(RuntimeError, match="did not start"):
            server.start()


def test_a_folder_that_is_in_use(tmp_path: Path) -> None:
    with process.start(tmp_path) as server:
        with pytest.raises(RuntimeError, match="did not start"):
            process.start(tmp_path)
        with MongoClient[Document](server.url()) as client:
            client.shop.a.insert_one({})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--user", "shop"], "--user takes NAME:PASSWORD"),
        (["--profile", "mysql"], "invalid choice"),
        (["--port", "many"], "invalid int value"),
    ],
)
def test_wrong_arguments(arguments: list[str], words: str) -> None:
    command = [sys.executable, "-m", "tests.documentdb_server", *arguments]
    ended = subprocess.run(command, cwd=process.ROOT, check=False, capture_output=True, text=True)
    assert ended.returncode == 2
    assert words in ended.stderr


def test_by_hand() -> None:
    """Without --until-stdin-closes it serves on, whatever standard input is."""
    command = [sys.executable, "-m", "tests.documentdb_server", "--port", "0"]
    with subprocess.Popen(
        command, cwd=process.ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        url = running.stdout.readline().decode().removeprefix("ready ").strip()
        with MongoClient[Document](url) as client:
            client.shop.a.insert_one({})
        running.send_signal(signal.SIGINT)
    assert running.returncode == 0
