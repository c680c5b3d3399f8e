"""A connection that gives up when the server is silent."""

from collections.abc import Generator
from typing import Any

import psycopg

CHECK_TIMEOUT = 0.5  # seconds for the empty statement that tells whether a connection still works


class Connection(psycopg.Connection[Any]):
    """Waits `patience` seconds for the answer to a statement, however many.

    The server's own time-outs are of no use when it hangs itself, or its host has vanished.
    """

    patience: float | None = None

    def wait(
        self, gen: Generator[Any, Any, Any], interval: float = 0.1, timeout: float | None = None
    ) -> Any:
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                self.pgconn.finish()  # an answer that comes now would be taken for the next one's
            raise

    def execute(self, query: Any, *args: Any, **options: Any) -> psycopg.Cursor[Any]:
        """The empty statement is the pool's question whether the connection still works."""
        if query != "":
            return super().execute(query, *args, **options)
        patience, self.patience = self.patience, CHECK_TIMEOUT
        try:
            return super().execute(query, *args, **options)
        finally:
            self.patience = patience


def connection_class(patience: float | None) -> type[Connection]:
    return type("Connection", (Connection,), {"patience": patience})
