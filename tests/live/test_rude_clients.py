"""Clients that depart, fall silent, dawdle or send too much: the shop goes on, no larger."""

import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from tests.live.memory import MEBIBYTE, Peaks
from tests.live.person import Person, together
from tests.live.services import Services

HUGE = 60 * MEBIBYTE
GROWTH = 24 * MEBIBYTE  # of one process: far less than the bodies that it was sent
SOON = 5  # seconds
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close() breaks the connection off
# The largest file there is, so that departing finds it half sent.
LARGE = "/accounts/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"


@pytest.fixture(params=["through the router", "at the service itself"])
def port(server: Services, request: pytest.FixtureRequest) -> int:
    return server.port if request.param == "through the router" else server.accounts.port


@pytest.fixture
def peaks(server: Services) -> Peaks:
    processes = [server.accounts.process, server.catalog.process, server.router]
    return Peaks(*(process.pid for process in processes if process is not None))


@pytest.fixture(autouse=True)
def still_well(server: Services, owner: Person) -> Iterator[None]:
    yield
    assert owner.offer()
    assert "WORKER TIMEOUT" not in server.accounts.logged() + server.catalog.logged()


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as connection:
        yield connection


def head(method: str, path: str, *fields: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *fields, "", ""]).encode()


def seconds_of(call: Callable[[], int]) -> float:
    started = time.monotonic()
    assert call() == 200
    return time.monotonic() - started


def test_departing_amid_the_answer(port: int, peaks: Peaks) -> None:
    def depart(_: int) -> None:
        with connected(port) as connection:
            connection.sendall(head("GET", LARGE))
            assert connection.recv(1000).startswith(b"HTTP/1.1 200")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    for _ in range(5):
        together(20, depart)

    assert peaks.growth < GROWTH


def test_silent_sockets(server: Services, buyer: Person, peaks: Peaks) -> None:
    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(connected(server.port))
        assert seconds_of(lambda: buyer.get("/accounts/me/").status_code) < SOON
    assert peaks.growth < GROWTH


def test_silent_socket_at_the_service_itself(server: Services, buyer: Person) -> None:
    """It takes a thread for a while, but there are others."""
    buyer.url = server.accounts.url
    with connected(server.accounts.port), connected(server.accounts.port):
        assert seconds_of(lambda: buyer.get("/accounts/me/").status_code) < SOON


def test_slow_bodies(port: int, buyer: Person, peaks: Peaks) -> None:
    """Each holds a thread as long as it comes in; the rest of them serve the others."""
    body = b'{"email": "a@example.com", "password": "wrong"}'
    request = head(
        "POST", "/accounts/sign-in/", "Content-Type: application/json",
        f"Content-Length: {len(body)}", "Connection: close",
    )  # fmt: skip
    with ExitStack() as stack:
        slow = [stack.enter_context(connected(port)) for _ in range(4)]
        for connection in slow:
            connection.sendall(request)
        for byte in body[:-1]:
            for connection in slow:
                connection.sendall(bytes([byte]))
            time.sleep(0.02)
        assert seconds_of(lambda: buyer.get("/accounts/me/").status_code) < SOON
        for connection in slow:
            connection.sendall(body[-1:])
            assert connection.recv(1000).startswith(b"HTTP/1.1 401")
    assert peaks.growth < GROWTH


def test_body_that_stops(port: int, buyer: Person) -> None:
    """The client leaves without a word in the midst of its body, again and again."""
    request = head(
        "POST", "/accounts/sign-in/", "Content-Type: application/json", "Content-Length: 500"
    )
    for _ in range(40):  # more than there are threads
        with connected(port) as connection:
            connection.sendall(request + b"{")
    assert seconds_of(lambda: buyer.get("/accounts/me/").status_code) < SOON


def blocks(size: int) -> Iterator[bytes]:
    for _ in range(size // MEBIBYTE):
        yield b"x" * MEBIBYTE


@pytest.mark.parametrize("path", ["/catalog/items/", "/auth/register", "/item", "/buy/" + "a" * 24])
def test_huge_body(server: Services, buyer: Person, peaks: Peaks, path: str) -> None:
    with connected(server.port) as connection:
        connection.sendall(
            head("POST", path, f"Content-Length: {HUGE}", "Content-Type: application/json")
        )
        for block in blocks(HUGE):
            try:
                connection.sendall(block)
            except OSError:
                break  # refused by now
        assert connection.recv(100).startswith(b"HTTP/1.1 413")
    assert peaks.growth < GROWTH


@pytest.mark.parametrize("path", ["/catalog/items/", "/auth/register"])
def test_huge_body_of_unknown_length(buyer: Person, peaks: Peaks, path: str) -> None:
    headers = {"Content-Type": "application/json"}
    response = buyer.call("POST", path, data=blocks(HUGE), headers=headers)
    assert 400 <= response.status_code < 500
    assert peaks.growth < GROWTH


def test_huge_upload(buyer: Person, peaks: Peaks) -> None:
    """The admin's import takes larger bodies than the API, but not any."""
    path = "/catalog/admin/catalog/item/import/"
    response = buyer.call("POST", path, data=b"x" * HUGE)
    assert response.status_code == 413
    assert peaks.growth < GROWTH
