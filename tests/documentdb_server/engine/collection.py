"""A collection: documents in the order of their insertion, and their indexes."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import bson
from bson import ObjectId, Regex

from .bson_types import MAX_DOCUMENT, MISSING, Document
from .errors import BAD_VALUE, IMMUTABLE_FIELD, INVALID_ID, UPDATE_TOO_LARGE, CommandError
from .explain import explain
from .index_catalog import Change, IndexCatalog, checked_spec
from .ordering import key
from .paths import opened_at
from .planner import Request, Sort
from .projection import projector
from .search import Search
from .transactions import Log
from .updates import ArrayFilters, compile_update, is_same

Hint = str | Sort | None


class UpdateResult(NamedTuple):
    matched: int
    modified: int
    upserted_id: Any = None
    upserted: bool = False


class Collection:
    """Stored documents are never changed in place, so find() hands out the stored ones."""

    def __init__(self, database: str, name: str, log: Log) -> None:
        self.database = database
        self.name = name
        self.log = log
        self.documents: dict[int, Document] = {}
        self.catalog = IndexCatalog(self.namespace)
        self.last_record_id = 0

    @property
    def namespace(self) -> str:
        return f"{self.database}.{self.name}"

    def __len__(self) -> int:
        return len(self.documents)

    def __bool__(self) -> bool:
        """An empty collection is one too."""
        return True

    def rename(self, name: str) -> None:
        self.name = name
        self.catalog.namespace = self.namespace

    def load(self, documents: list[Document], specs: list[Document]) -> None:
        """Fill the empty collection with what the journal holds."""
        self.documents = dict(enumerate(documents, start=1))
        self.last_record_id = len(documents)
        self.catalog.all = [self.catalog.built(spec, self.documents) for spec in specs]

    # Writing

    def insert(self, document: Document) -> Any:
        """The _id, which is made and put first where there is none."""
        document = {"_id": document.get("_id", MISSING), **document}
        if document["_id"] is MISSING:
            document["_id"] = ObjectId()
        if isinstance(document["_id"], list | Regex):
            kind = "array" if isinstance(document["_id"], list) else "regex"
            raise CommandError(INVALID_ID, f"The '_id' value cannot be of type {kind}")
        if (size := len(bson.encode(document))) > MAX_DOCUMENT:
            raise CommandError(
                BAD_VALUE,
                f"object to insert too large. size in bytes: {size}, max size: {MAX_DOCUMENT}",
            )
        self.last_record_id += 1
        self.write(self.last_record_id, None, document)
        return document["_id"]

    def update(
        self,
        query: Document,
        update: Document,
        *,
        multi: bool = False,
        upsert: bool = False,
        array_filters: ArrayFilters = None,
        hint: Hint = None,
    ) -> UpdateResult:
        change = compile_update(update, array_filters, multi=multi)
        found = self.search(query, limit=0 if multi else 1, hint=hint).results()
        if not found and upsert:
            return UpdateResult(0, 0, self.insert(change.insert(query)), upserted=True)
        modified = 0
        for record_id in found:
            before = self.documents[record_id]
            after = change.apply(before, query)
            if not is_same(before, after):
                if key(before["_id"]) != key(after.get("_id", MISSING)):
                    raise CommandError(
                        IMMUTABLE_FIELD,
                        "Performing an update on the path '_id' would modify the immutable "
                        "field '_id'",
                    )
                if len(bson.encode(after)) > MAX_DOCUMENT:
                    raise CommandError(
                        UPDATE_TOO_LARGE,
                        f"Resulting document after update is larger than {MAX_DOCUMENT}",
                    )
                self.write(record_id, before, after)
                modified += 1
        return UpdateResult(len(found), modified)

    def delete(self, query: Document, *, limit: int = 0, hint: Hint = None) -> int:
        found = self.search(query, limit=limit, hint=hint).results()
        for record_id in found:
            self.write(record_id, self.documents[record_id], None)
        return len(found)

    def clear(self) -> int:
        """Delete everything at once, which a transaction cannot. How many there were."""
        self.log.restructured(self.namespace, self.structure("clear"))
        count = len(self.documents)
        self.documents = {}
        for index in self.catalog.all:
            index.fill(())
        return count

    def write(self, record_id: int, before: Document | None, after: Document | None) -> None:
        """Put `after` in the place of `before`; None is no document."""
        changes = self.catalog.changes(before, after)
        document = before if after is None else after
        assert document is not None
        self.log.claim(self.namespace, claimed(document, changes))
        if after is not None:
            self.catalog.check_unique(changes, after)
        self.apply(record_id, after, changes)
        place = {"db": self.database, "collection": self.name}
        self.log.wrote(
            {"op": "remove", **place, "_id": document["_id"]}
            if after is None
            else {"op": "put", **place, "document": after},
            lambda: self.apply(record_id, before, [change.reverse() for change in changes]),
        )

    def apply(self, record_id: int, document: Document | None, changes: list[Change]) -> None:
        for change in changes:
            for index_key in change.removed:
                change.index.remove(index_key, record_id)
            for index_key in change.added:
                change.index.add(index_key, record_id)
        if document is None:
            del self.documents[record_id]
        else:
            self.documents[record_id] = document

    # Reading

    def search(
        self,
        query: Document,
        *,
        sort: Sort | None = None,
        skip: int = 0,
        limit: int = 0,
        hint: Hint = None,
    ) -> Search:
        request = Request(query, sort or {}, skip + limit if limit else 0, hint)
        return Search(self.documents, self.catalog.all, request, skip)

    def find(
        self,
        query: Document,
        *,
        sort: Sort | None = None,
        skip: int = 0,
        limit: int = 0,
        projection: Document | None = None,
        hint: Hint = None,
    ) -> Iterator[Document]:
        """What matches at the time of the call, however late it is read."""
        found = self.search(query, sort=sort, skip=skip, limit=limit, hint=hint).results()
        documents = [self.documents[record_id] for record_id in found]
        return map(projector(projection, query), documents) if projection else iter(documents)

    def count(self, query: Document, *, skip: int = 0, limit: int = 0, hint: Hint = None) -> int:
        return self.search(query, skip=skip, limit=limit, hint=hint).count()

    def distinct(self, path: str, query: Document) -> list[Any]:
        values = opened_at(path)
        found = {
            key(value): value
            for document in self.find(query)
            for value in values(document)
            if value is not MISSING and not isinstance(value, list)
        }
        return list(found.values())

    def explain_find(
        self,
        query: Document,
        *,
        sort: Sort | None = None,
        skip: int = 0,
        limit: int = 0,
        projection: Document | None = None,
        hint: Hint = None,
    ) -> Document:
        search = self.search(query, sort=sort, skip=skip, limit=limit, hint=hint)
        return explain(search, self.namespace, limit, projection)

    # Indexes

    def create_index(self, spec: Document) -> bool:
        """False if it is there already. Another one of the same name is an error (86)."""
        spec = checked_spec(spec)
        if self.catalog.is_there(spec):
            return False
        index = self.catalog.built(spec, self.documents)
        self.log.restructured(self.namespace, self.structure("create_index", spec=spec))
        self.catalog.all.append(index)
        return True

    def drop_index(self, name: str) -> None:
        index = self.catalog.droppable(name)
        self.log.restructured(self.namespace, self.structure("drop_index", name=name))
        self.catalog.all.remove(index)

    def structure(self, op: str, **details: Any) -> Document:
        return {"op": op, "db": self.database, "collection": self.name, **details}

    def indexes(self) -> list[Document]:
        return self.catalog.specs()


def claimed(document: Document, changes: list[Change]) -> Iterator[tuple[str, bytes]]:
    """What a write keeps others from: the document, and the unique keys it takes or gives up."""
    yield "_id_", key(document["_id"])
    for change in changes:
        if change.index.unique:
            for index_key in [*change.removed, *change.added]:
                yield change.index.name, index_key
