"""What ends by itself, without waiting for as long as it really takes."""

import asyncio
import time

import pytest

from tests.documentdb_server import sessions
from tests.documentdb_server.cursors import IDLE, Cursors
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.engine.storage import Storage

BEGIN = {"lsid": {"id": b"session"}, "txnNumber": 1, "autocommit": False}


def test_transaction_that_nobody_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "LONGEST", 0)

    async def abandon() -> None:
        storage = Storage()
        items = storage.create("shop", "items")
        opened = sessions.Sessions(storage)
        with storage.within(opened.transaction({**BEGIN, "startTransaction": True})):
            items.insert({"_id": 1})
        while opened.open:
            await asyncio.sleep(0)
        assert list(items.find({})) == []
        with pytest.raises(CommandError) as caught:
            opened.transaction(BEGIN)
        assert caught.value.code == 251

    asyncio.run(asyncio.wait_for(abandon(), 5))


def test_transaction_that_the_next_one_replaces() -> None:
    async def abandon() -> None:
        storage = Storage()
        items = storage.create("shop", "items")
        opened = sessions.Sessions(storage)
        with storage.within(opened.transaction({**BEGIN, "startTransaction": True})):
            items.insert({"_id": 1})
        opened.transaction({**BEGIN, "txnNumber": 2, "startTransaction": True})
        assert list(items.find({})) == []
        opened.abort_all()

    asyncio.run(abandon())


def test_cursor_that_nobody_reads() -> None:
    cursors = Cursors()
    cursors.first("shop.a", [{"_id": 1}, {"_id": 2}], 1)
    now = time.monotonic()
    cursors.forget_idle(now + IDLE - 1)
    assert len(cursors.open) == 1
    cursors.forget_idle(now + IDLE + 1)
    assert cursors.open == {}
