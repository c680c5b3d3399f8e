"""All databases, in memory and in the journal of a folder."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from .bson_types import Document
from .collection import Collection
from .errors import INVALID_NAMESPACE, NAMESPACE_EXISTS, NAMESPACE_NOT_FOUND, CommandError
from .journal import Journal
from .pipeline import Pipeline
from .replay import Contents
from .transactions import Log, Transaction

Namespace = tuple[str, str]


class Storage:
    """Without a folder, everything is forgotten at the end of the process."""

    def __init__(self, folder: Path | None = None) -> None:
        self.log = Log()
        self.namespaces: dict[Namespace, Collection] = {}
        if folder is not None:
            journal = Journal(folder)
            self.load(journal)
            self.log.journal = journal

    def load(self, journal: Journal) -> None:
        contents = Contents()
        for record in journal.records():
            contents.apply(record)
        for (database, name), kept in contents.collections.items():
            collection = Collection(database, name, self.log)
            collection.load(list(kept.documents.values()), list(kept.indexes.values()))
            self.namespaces[database, name] = collection
        journal.start(contents.records())

    def close(self) -> None:
        if self.log.journal is not None:
            self.log.journal.close()

    # Collections

    def collection(self, database: str, name: str) -> Collection | None:
        return self.namespaces.get((database, name))

    def create(self, database: str, name: str) -> Collection:
        check_name(database, name)
        if (database, name) in self.namespaces:
            raise CommandError(NAMESPACE_EXISTS, f"Collection {database}.{name} already exists.")
        collection = Collection(database, name, self.log)
        (by_id,) = collection.indexes()
        self.log.restructured(collection.namespace, collection.structure("create", spec=by_id))
        self.namespaces[database, name] = collection
        return collection

    def ensure(self, database: str, name: str) -> Collection:
        return self.collection(database, name) or self.create(database, name)

    def drop(self, database: str, name: str) -> bool:
        collection = self.collection(database, name)
        if collection is None:
            return False
        self.log.restructured(collection.namespace, collection.structure("drop"))
        del self.namespaces[database, name]
        return True

    def drop_database(self, database: str) -> None:
        for name in self.collections(database):
            self.drop(database, name)

    def rename(self, database: str, old: str, new: str) -> None:
        collection = self.collection(database, old)
        if collection is None:
            raise CommandError(
                NAMESPACE_NOT_FOUND, f"Source collection {database}.{old} does not exist"
            )
        check_name(database, new)
        if (database, new) in self.namespaces:
            raise CommandError(NAMESPACE_EXISTS, "target namespace exists")
        self.log.restructured(collection.namespace, collection.structure("rename", to=new))
        self.namespaces[database, new] = self.namespaces.pop((database, old))
        collection.rename(new)

    def collections(self, database: str) -> list[str]:
        return sorted(name for owner, name in self.namespaces if owner == database)

    def databases(self) -> list[str]:
        return sorted({database for database, _ in self.namespaces})

    # Aggregation

    def aggregate(
        self, database: str, collection: str | None, pipeline: list[Document]
    ) -> Iterator[Document]:
        """Carried out at once. The collection is None for stages that read none."""
        return iter(Pipeline(Database(self, database), collection, pipeline).run())

    def explain_aggregate(
        self, database: str, collection: str, pipeline: list[Document]
    ) -> Document:
        return Pipeline(Database(self, database), collection, pipeline).explain()

    # Transactions

    def begin(self) -> Transaction:
        return Transaction(self.log)

    def within(self, transaction: Transaction) -> AbstractContextManager[None]:
        """What is written in this block belongs to the transaction."""
        return self.log.within(transaction)


class Database:
    """One of the databases, as a pipeline sees it."""

    def __init__(self, storage: Storage, name: str) -> None:
        self.storage = storage
        self.name = name

    def collection(self, name: str) -> Collection | None:
        return self.storage.collection(self.name, name)

    def ensure(self, name: str) -> Collection:
        return self.storage.ensure(self.name, name)


def check_name(database: str, name: str) -> None:
    if not database or any(character in database for character in '/\\. "$\0'):
        raise CommandError(INVALID_NAMESPACE, f"Invalid database name: '{database}'")
    if not name or "$" in name or "\0" in name or name.startswith(".") or name.endswith("."):
        raise CommandError(INVALID_NAMESPACE, f"Invalid collection name: '{name}'")
