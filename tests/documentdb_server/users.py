"""The users that may sign in. They are documents of the store, so they outlive the server."""

from collections.abc import Iterator
from typing import Any

from tests.documentdb_server import codes, scram
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.engine.storage import Storage

MECHANISM = "SCRAM-SHA-1"
DATABASE = "admin"
COLLECTION = "system.users"

Roles = list[dict[str, str]]  # each with its "db"


class Users:
    """All users are of the database admin, as on DocumentDB."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        # By name. Asked for each command, so they are kept here.
        self.roles: dict[str, Roles] = {user["_id"]: user["roles"] for user in self.all()}

    def all(self) -> Iterator[dict[str, Any]]:
        collection = self.storage.collection(DATABASE, COLLECTION)
        if collection is not None:
            yield from collection.find({})

    def find(self, name: str) -> dict[str, Any] | None:
        collection = self.storage.collection(DATABASE, COLLECTION)
        return None if collection is None else next(iter(collection.find({"_id": name})), None)

    def credentials(self, name: str) -> scram.Credentials | None:
        user = self.find(name)
        return None if user is None else scram.Credentials(**user["credentials"])

    def create(self, name: str, digest: str, roles: Roles) -> None:
        if self.find(name) is not None:
            raise CommandError(codes.USER_EXISTS, f'User "{name}@{DATABASE}" already exists')
        collection = self.storage.collection(DATABASE, COLLECTION)
        if collection is None:
            collection = self.storage.create(DATABASE, COLLECTION)
        stored = vars(scram.credentials(digest))
        collection.insert({"_id": name, "credentials": stored, "roles": roles})
        self.roles[name] = roles

    def update(self, name: str, digest: str | None, roles: Roles | None) -> None:
        collection = self.storage.collection(DATABASE, COLLECTION)
        changes: dict[str, Any] = {} if roles is None else {"roles": roles}
        if digest is not None:
            changes["credentials"] = vars(scram.credentials(digest))
        if collection is None or self.find(name) is None:
            raise _not_found(name)
        collection.update({"_id": name}, {"$set": changes}, multi=False, upsert=False)
        self.roles[name] = self.roles[name] if roles is None else roles

    def drop(self, name: str) -> None:
        collection = self.storage.collection(DATABASE, COLLECTION)
        if collection is None or not collection.delete({"_id": name}, limit=1):
            raise _not_found(name)
        del self.roles[name]


def _not_found(name: str) -> CommandError:
    return CommandError(codes.USER_NOT_FOUND, f"User '{name}@{DATABASE}' not found")
