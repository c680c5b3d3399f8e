"""The transactions of the clients' sessions."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.documentdb_server import codes
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.engine.storage import Storage
from tests.documentdb_server.engine.transactions import Transaction

LONGEST = 60  # seconds; then DocumentDB aborts the transaction (its guide, "Transactions")


class LabelledError(CommandError):
    """`labels` tell the driver what it may do about the error."""

    def __init__(self, code: int, message: str, labels: list[str]) -> None:
        super().__init__(code, message)
        self.labels = labels


class TransientTransactionError(LabelledError):  # the label's name
    """The whole transaction may be tried again."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message, ["TransientTransactionError"])


@dataclass
class Open:
    number: int
    transaction: Transaction
    expiry: asyncio.TimerHandle


def session_of(command: dict[str, Any]) -> bytes:
    try:
        return bytes(command["lsid"]["id"])
    except (KeyError, TypeError):
        raise CommandError(codes.FAILED_TO_PARSE, "a transaction needs lsid.id") from None


class Sessions:
    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.open: dict[bytes, Open] = {}

    def transaction(self, command: dict[str, Any]) -> Transaction:
        """The one that a command with autocommit: false is part of; the first command opens it."""
        session, number = session_of(command), int(command["txnNumber"])
        if command.get("startTransaction"):
            self.abort(session)  # of an older number, which the client gave up
            return self._begin(session, number)
        opened = self.open.get(session)
        if opened is None or opened.number != number:
            raise TransientTransactionError(
                codes.NO_SUCH_TRANSACTION,
                f"Given transaction number {number} does not match any in-progress transactions.",
            )
        return opened.transaction

    def _begin(self, session: bytes, number: int) -> Transaction:
        transaction = self.storage.begin()
        expiry = asyncio.get_running_loop().call_later(LONGEST, self.abort, session)
        self.open[session] = Open(number, transaction, expiry)
        return transaction

    def commit(self, session: bytes) -> None:
        self._end(session, lambda transaction: transaction.commit())

    def abort(self, session: bytes) -> None:
        self._end(session, lambda transaction: transaction.abort())

    def _end(self, session: bytes, how: Callable[[Transaction], None]) -> None:
        if opened := self.open.pop(session, None):
            opened.expiry.cancel()
            how(opened.transaction)

    def abort_all(self) -> None:
        for session in list(self.open):
            self.abort(session)
