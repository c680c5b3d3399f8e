"""gunicorn's threaded worker, which parts from each client in the thread that served it.

gunicorn's own does so in the thread that accepts connections, and waits there up to 2 seconds for
a client that does not close its side (RFC 9112, 9.6). A few of those, and nobody is served.
"""

from typing import Any

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):
    def handle(self, conn: Any) -> Any:
        kept = super().handle(conn)
        if kept is False:
            conn.close(graceful=True)
            conn.close = closed
        return kept


def closed(graceful: bool = False) -> None:
    """In place of the close() that the accepting thread calls in the end."""
