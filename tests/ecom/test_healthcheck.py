"""python -m ecom.healthcheck, against a server that answers as it is told."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ecom.healthcheck import TIMEOUT
from tests.live.server import free_port

ROOT = Path(__file__).resolve().parents[2]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def check(port: object) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "ecom.healthcheck"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PORT": str(port)},
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT + 10,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


@contextmanager
def answering(answer: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A server's port, and what it is asked. With an empty answer it stays silent."""
    asked: list[bytes] = []

    def serve() -> None:
        client, _ = listener.accept()
        with client:
            asked.append(client.recv(65536))
            client.sendall(answer)
            client.recv(1)  # until the other side closes

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1], asked
        thread.join(TIMEOUT)


def test_healthy() -> None:
    with answering(OK) as (port, asked):
        assert check(port) == (0, "")
    assert asked[0].startswith(b"GET /health HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (OK.replace(b"200 OK", b"503 No"), "/health answers 503 at port {}.\n"),
        (b"SSH-2.0\r\n", "/health does not answer at port {}: SSH-2.0\r\n\n"),
        (b"", "/health does not answer at port {}: timed out\n"),
    ],
    ids=["unavailable", "not-http", "silent"],
)
def test_not_healthy(answer: bytes, sentence: str) -> None:
    with answering(answer) as (port, _):
        code, said = check(port)
    assert (code, said.replace("\r", "")) == (1, sentence.format(port).replace("\r", ""))


def test_nobody_listens() -> None:
    port = free_port()
    code, said = check(port)
    assert code == 1
    assert said.startswith(f"/health does not answer at port {port}: ")


def test_no_port() -> None:
    code, said = check("eighty")
    assert code == 1
    assert said.startswith("/health does not answer at port eighty: ")
    assert "Traceback" not in said
