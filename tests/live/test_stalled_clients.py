"""More clients than there are threads fall silent amid a request: the others wait, not for ever."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
import requests

from ecom.concurrency import threads
from ecom.gunicorn import PATIENCE
from tests.live.conftest import StartServer

CLIENTS = threads + 2
LINGER = 2  # seconds that gunicorn waits for a client to hang up
WITHIN = 3 * PATIENCE
LARGE = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"
HEAD = (
    b"POST /accounts/sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    b"Content-Type: application/json\r\nContent-Length: 100\r\n"
)


@pytest.fixture
def url(start_server: StartServer) -> str:
    return start_server(WEB_CONCURRENCY="1").url


@pytest.fixture
def clients(url: str) -> Iterator[list[socket.socket]]:
    address = urlsplit(url)
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                socket.create_connection((address.hostname, address.port), timeout=WITHIN)
            )
            for _ in range(CLIENTS)
        ]


def test_silent_sockets(url: str, clients: list[socket.socket]) -> None:
    """None of them takes a thread."""
    assert requests.get(f"{url}/health", timeout=PATIENCE / 2).status_code == 200


def test_half_a_body(url: str, clients: list[socket.socket]) -> None:
    for client in clients:
        client.sendall(HEAD + b'\r\n{"email')

    assert requests.get(f"{url}/health", timeout=WITHIN).status_code == 200
    answer = clients[0].recv(65536)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"The body stopped coming before its end." in answer


def test_clients_that_do_not_hang_up(url: str, clients: list[socket.socket]) -> None:
    """Each has its answer and keeps its side of the connection open."""
    for client in clients:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    for client in clients:
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")

    assert requests.get(f"{url}/health", timeout=LINGER + PATIENCE).status_code == 200


def test_half_a_head(url: str, clients: list[socket.socket]) -> None:
    for client in clients:
        client.sendall(HEAD)

    assert requests.get(f"{url}/health", timeout=WITHIN).status_code == 200
    assert clients[0].recv(65536) == b""


def test_clients_that_do_not_read(url: str) -> None:
    """The answer is larger than what the kernel takes off the server's hands."""
    address = urlsplit(url)
    with ExitStack() as stack:
        for _ in range(CLIENTS):
            client = stack.enter_context(socket.socket())
            client.settimeout(WITHIN)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
            client.connect((address.hostname, address.port))
            client.sendall(f"GET {LARGE} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

        assert requests.get(f"{url}/health", timeout=4 * WITHIN).status_code == 200
