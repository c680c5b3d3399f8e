"""What all members share: the store, and what is going on in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.documentdb_server.engine.storage import Storage
from tests.documentdb_server.replica_set import ReplicaSet
from tests.documentdb_server.sessions import Sessions
from tests.documentdb_server.users import Users


class Cluster:
    def __init__(self, folder: Path | None, addresses: list[str], *, refuses: bool) -> None:
        self.storage = Storage(folder)
        self.users = Users(self.storage)
        self.sessions = Sessions(self.storage)
        self.replica_set = ReplicaSet(addresses, on_step_down=self.sessions.abort_all)
        self.refuses = refuses
        self.builds: set[str] = set()

    @contextmanager
    def building(self, namespace: str) -> Iterator[None]:
        """While an index of that collection is being built, no other one is."""
        self.builds.add(namespace)
        try:
            yield
        finally:
            self.builds.discard(namespace)

    def close(self) -> None:
        self.sessions.abort_all()
        self.storage.close()
