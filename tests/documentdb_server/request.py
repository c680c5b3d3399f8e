"""One command, with whom it came from and what it works on."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from tests.documentdb_server import codes
from tests.documentdb_server.cluster import Cluster
from tests.documentdb_server.engine.collection import Collection
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.engine.storage import Storage
from tests.documentdb_server.engine.transactions import Transaction
from tests.documentdb_server.replica_set import Member
from tests.documentdb_server.scram import Conversation

connection_ids = itertools.count(1)


@dataclass
class Client:
    """The other end of one connection."""

    cluster: Cluster
    member: Member
    id: int = field(default_factory=lambda: next(connection_ids))
    user: str = ""
    conversation: tuple[str, Conversation] | None = None  # whose, while signing in


@dataclass(slots=True)
class Request:
    client: Client
    name: str
    command: dict[str, Any]
    transaction: Transaction | None = None

    @property
    def cluster(self) -> Cluster:
        return self.client.cluster

    @property
    def storage(self) -> Storage:
        return self.client.cluster.storage

    @property
    def database(self) -> str:
        return str(self.command["$db"])

    @property
    def subject(self) -> Any:
        """The value of the first field: mostly the name of what the command works on."""
        return next(iter(self.command.values()))

    @property
    def collection_name(self) -> str:
        name = self.subject
        if not isinstance(name, str) or not name:
            raise CommandError(
                codes.INVALID_NAMESPACE, f"{name!r} names no collection for {self.name}"
            )
        return name

    @property
    def namespace(self) -> str:
        return f"{self.database}.{self.collection_name}"

    @property
    def collection(self) -> Collection | None:
        return self.storage.collection(self.database, self.collection_name)

    def collection_or_new(self) -> Collection:
        collection = self.collection
        if collection is None:
            collection = self.storage.create(self.database, self.collection_name)
        return collection

    def required(self, field: str) -> Any:
        try:
            return self.command[field]
        except KeyError:
            raise CommandError(
                codes.FIELD_MISSING,
                f"BSON field '{self.name}.{field}' is missing but a required field",
            ) from None
