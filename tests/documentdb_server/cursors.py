"""Results that a client fetches batch by batch."""

import itertools
import secrets
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import bson
from bson import Int64

from tests.documentdb_server import codes
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.wire import MAX_DOCUMENT

FIRST_BATCH = 101  # documents, where the client names no number
LATER_BATCH = 5_000  # less than MongoDB's 16 MiB, so that others get their turn
IDLE = 600  # seconds until a cursor is forgotten

Document = dict[str, Any]


@dataclass
class Cursor:
    namespace: str
    rest: deque[Document]
    used: float


class Cursors:
    """Of one member of the replica set: another member does not know them."""

    def __init__(self) -> None:
        self.open: dict[int, Cursor] = {}

    def first(
        self,
        namespace: str,
        documents: Iterable[Document],
        batch_size: int | None,
        *,
        single: bool = False,
    ) -> bytes:
        """The encoded answer of find and its like.

        What does not fit the batch is read now and kept: later writes do not change it.
        """
        size = FIRST_BATCH if batch_size is None else batch_size
        iterator = iter(documents)
        batch = list(itertools.islice(iterator, size))
        # A full batch may be the last one: only asking for one more tells.
        rest = deque[Document]() if single or len(batch) < size else deque(iterator)
        return self._answer(0, namespace, "firstBatch", batch, rest)

    def next(self, cursor_id: int, namespace: str, batch_size: int | None) -> bytes:
        cursor = self.open.get(cursor_id)
        if cursor is None:
            raise CommandError(codes.CURSOR_NOT_FOUND, f"cursor id {cursor_id} not found")
        if cursor.namespace != namespace:
            raise CommandError(
                codes.UNAUTHORIZED,
                f"cursor id {cursor_id} is of {cursor.namespace}, not of {namespace}",
            )
        count = min(batch_size or LATER_BATCH, len(cursor.rest))
        batch = [cursor.rest.popleft() for _ in range(count)]
        return self._answer(cursor_id, namespace, "nextBatch", batch, cursor.rest)

    def _answer(
        self,
        cursor_id: int,
        namespace: str,
        name: str,
        batch: list[Document],
        rest: deque[Document],
    ) -> bytes:
        """Documents beyond the size of an answer go back to the rest."""
        while True:
            if rest:
                cursor_id = cursor_id or secrets.randbits(62) + 1
            cursor = {"id": Int64(cursor_id if rest else 0), "ns": namespace, name: batch}
            answer = bson.encode({"cursor": cursor, "ok": 1.0})
            if len(answer) <= MAX_DOCUMENT or len(batch) < 2:
                break
            half = len(batch) // 2
            rest.extendleft(reversed(batch[half:]))
            batch = batch[:half]
        self._keep(cursor_id, namespace, rest)
        return answer

    def _keep(self, cursor_id: int, namespace: str, rest: deque[Document]) -> None:
        if not rest:
            self.open.pop(cursor_id, None)
            return
        now = time.monotonic()
        if cursor_id not in self.open:
            self.forget_idle(now)
        self.open[cursor_id] = Cursor(namespace, rest, now)

    def forget_idle(self, now: float) -> None:
        for cursor_id, cursor in list(self.open.items()):
            if now - cursor.used > IDLE:
                del self.open[cursor_id]

    def kill(self, cursor_ids: list[int]) -> tuple[list[int], list[int]]:
        """Those that were open, and those that nobody knows."""
        known = [each for each in cursor_ids if self.open.pop(each, None)]
        return known, [each for each in cursor_ids if each not in known]
