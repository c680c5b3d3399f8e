"""Calls that go on, several at once, while something happens to the shop."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import requests

NO_ANSWER = 0  # in place of a status
PAUSE = 0.3  # seconds after a failure: refusing costs little, so it would be asked without end


@dataclass(frozen=True)
class Call:
    kind: str
    began: float  # time.monotonic()
    seconds: float
    status: int
    retry_after: str | None


class Load:
    """A context: on leaving it every client ends its last call."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.changed = threading.Condition()
        self.ending = threading.Event()
        self.pool = ThreadPoolExecutor(64)
        self.clients: list[Future[None]] = []

    def add(self, kind: str, call: Callable[[], requests.Response], clients: int = 1) -> None:
        self.repeat(lambda: self.timed(kind, call), clients)

    def repeat(self, action: Callable[[], object], clients: int = 1) -> None:
        """For who asks again with the same key, and so has to know the answers."""

        def run() -> None:
            while not self.ending.is_set():
                action()

        self.clients += [self.pool.submit(run) for _ in range(clients)]

    def timed(self, kind: str, call: Callable[[], requests.Response]) -> requests.Response | None:
        """The answer, if there is one."""
        began = time.monotonic()
        response = None
        with suppress(requests.RequestException):
            response = call()
        status = NO_ANSWER if response is None else response.status_code
        retry_after = None if response is None else response.headers.get("Retry-After")
        with self.changed:
            self.calls.append(Call(kind, began, time.monotonic() - began, status, retry_after))
            self.changed.notify_all()
        if status == NO_ANSWER or status >= 500:
            self.ending.wait(PAUSE)
        return response

    def of(self, kind: str, since: float = 0, until: float = float("inf")) -> list[Call]:
        """Those that began in between."""
        with self.changed:
            return [
                call for call in self.calls if call.kind == kind and since <= call.began < until
            ]

    def wait_for(self, kind: str, status: int, since: float, within: float) -> float:
        """Seconds from `since` to the answer of the first such call that began after it."""

        def found() -> list[float]:
            return [
                call.began + call.seconds - since
                for call in self.calls
                if call.kind == kind and call.status == status and call.began >= since
            ]

        with self.changed:
            left = since + within - time.monotonic()
            assert self.changed.wait_for(found, left), (
                f"no {status} for {kind} within {within} s: {self.calls[-20:]}"
            )
            return min(found())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.ending.set()
        self.pool.shutdown()
        for client in self.clients:
            client.result()
