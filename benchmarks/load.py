"""Requests as fast as they are answered, over connections that stay open."""

import re
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Rate:
    per_second: float
    seconds: Sequence[float]  # of each request


def measure(url: str, connections: int, duration: float) -> Rate:
    """Every answer must be a 200. `duration` is in seconds."""
    until = time.perf_counter() + duration
    taken: list[list[float]] = [[] for _ in range(connections)]
    threads = [threading.Thread(target=ask, args=(url, until, times)) for times in taken]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = [each for times in taken for each in times]
    assert all(taken), f"{url} did not answer with 200"
    return Rate(len(seconds) / (time.perf_counter() - began), seconds)


def ask(url: str, until: float, times: list[float]) -> None:
    """By hand, since an HTTP library would take more processor time than the server."""
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    request = f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    with socket.create_connection((str(parts.hostname), parts.port), timeout=60) as connection:
        while (began := time.perf_counter()) < until:
            connection.sendall(request)
            if not answered(connection):
                times.clear()
                return
            times.append(time.perf_counter() - began)


def answered(connection: socket.socket) -> bool:
    """Read one answer. False if it is none, or no 200."""
    received = connection.recv(65536)
    while b"\r\n\r\n" not in received:
        more = connection.recv(65536)
        if not more:
            return False
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    length = LENGTH.search(head)
    if length is None or not head.startswith(b"HTTP/1.1 200 "):
        return False
    missing = int(length[1]) - len(body)
    while missing > 0:
        more = connection.recv(65536)
        if not more:
            return False
        missing -= len(more)
    return True
