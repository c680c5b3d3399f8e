"""A pymongo collection (or database) whose errors are Django's, and whose calls are sent again
where that is safe (see retry.py)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pymongo import DeleteMany, DeleteOne, InsertOne, ReplaceOne, UpdateMany, UpdateOne
from pymongo.results import (
    BulkWriteResult,
    DeleteResult,
    InsertManyResult,
    InsertOneResult,
    UpdateResult,
)
from pymongo.synchronous.collection import Collection
from pymongo.synchronous.command_cursor import CommandCursor
from pymongo.synchronous.cursor import Cursor
from pymongo.synchronous.database import Database

from ecom.documentdb.errors import translating
from ecom.documentdb.retry import Request, repeat_refused, write

if TYPE_CHECKING:
    from ecom.documentdb.base import DatabaseWrapper

# DocumentDB has no cursors within transactions (its developer guide, "Transactions"): all that is
# found has to come in the first answer.
BATCH_SIZES = {"find": "batch_size", "aggregate": "batchSize"}
LARGEST_BATCH = 2**31 - 1


class _Guarded:
    """What is not defined here is pymongo's; a method's errors are translated."""

    def __init__(self, wrapper: "DatabaseWrapper") -> None:
        self.wrapper = wrapper

    @property
    def raw(self) -> Any:
        """pymongo's object, of the client of this moment."""
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # asked for by copy() and the like, not of the server
        with translating():
            value = getattr(self.raw, name)
        if not callable(value) or isinstance(value, Collection | Database):
            return value

        def call(*args: Any, **kwargs: Any) -> Any:
            if kwargs.get("session") is not None and name in BATCH_SIZES:
                kwargs.setdefault(BATCH_SIZES[name], LARGEST_BATCH)
            return self._call(lambda: getattr(self.raw, name)(*args, **kwargs), kwargs)

        return call

    def _call(self, operation: Callable[[], Any], kwargs: Mapping[str, Any]) -> Any:
        in_transaction = kwargs.get("session") is not None
        with translating():
            if in_transaction:
                result = operation()
            else:
                result = self.wrapper.signed_in(lambda: repeat_refused(operation))
        if isinstance(result, Cursor | CommandCursor):
            return GuardedCursor(self, result, None if in_transaction else operation)
        return result


class GuardedDatabase(_Guarded):
    @property
    def raw(self) -> Database[Any]:
        database: Database[Any] = self.wrapper.current_database()
        return database


class GuardedCollection(_Guarded):
    def __init__(self, wrapper: "DatabaseWrapper", name: str, **options: Any) -> None:
        super().__init__(wrapper)
        self.collection_name = name
        self.options = options
        self._raw: Collection[Any] | None = None

    @property
    def raw(self) -> Collection[Any]:
        database = self.wrapper.current_database()
        if self._raw is None or self._raw.database is not database:
            self._raw = Collection(database, self.collection_name, **self.options)
        return self._raw

    def insert_one(self, document: Any, session: Any = None) -> InsertOneResult:
        self.bulk_write([InsertOne(document)], session=session)
        return InsertOneResult(document["_id"], True)

    def insert_many(
        self, documents: Sequence[Any], ordered: bool = True, session: Any = None
    ) -> InsertManyResult:
        self.bulk_write([InsertOne(each) for each in documents], ordered, session=session)
        return InsertManyResult([each["_id"] for each in documents], True)

    def update_one(
        self, filter: Mapping[str, Any], update: Any, session: Any = None, **options: Any
    ) -> UpdateResult:
        return self._update(UpdateOne(filter, update, **options), session)

    def update_many(
        self, filter: Mapping[str, Any], update: Any, session: Any = None, **options: Any
    ) -> UpdateResult:
        return self._update(UpdateMany(filter, update, **options), session)

    def replace_one(
        self, filter: Mapping[str, Any], replacement: Any, session: Any = None, **options: Any
    ) -> UpdateResult:
        return self._update(ReplaceOne(filter, replacement, **options), session)

    def delete_one(
        self, filter: Mapping[str, Any], session: Any = None, **options: Any
    ) -> DeleteResult:
        return self._delete(DeleteOne(filter, **options), session)

    def delete_many(
        self, filter: Mapping[str, Any], session: Any = None, **options: Any
    ) -> DeleteResult:
        return self._delete(DeleteMany(filter, **options), session)

    def bulk_write(
        self, requests: Sequence[Request], ordered: bool = True, session: Any = None
    ) -> BulkWriteResult:
        """Unordered writes, and those of a transaction, are sent once."""
        if session is not None or not ordered:
            with translating():
                return self.raw.bulk_write(requests, ordered=ordered, session=session)
        with translating():
            result = write(lambda: self.raw, requests, self.wrapper.signed_in)
        return BulkWriteResult(result, True)

    def _update(self, request: Request, session: Any) -> UpdateResult:
        result = self.bulk_write([request], session=session).bulk_api_result
        upserted = result["upserted"][0]["_id"] if result["upserted"] else None
        return UpdateResult(
            {
                "n": result["nMatched"] + result["nUpserted"],
                "nModified": result["nModified"],
                **({"upserted": upserted} if upserted is not None else {}),
            },
            True,
        )

    def _delete(self, request: Request, session: Any) -> DeleteResult:
        result = self.bulk_write([request], session=session).bulk_api_result
        return DeleteResult({"n": result["nRemoved"]}, True)


class GuardedCursor:
    """find() sends nothing before its first document is asked for: errors may come at any time."""

    def __init__(self, parent: _Guarded, cursor: Any, again: Callable[[], Any] | None) -> None:
        self.parent = parent
        self.cursor = cursor
        self.again = again

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        with translating():
            if self.again is None:
                return next(self.cursor)
            again, self.again = self.again, None
            first = iter((self.cursor,))

            def start() -> Any:
                self.cursor = next(first, None) or again()
                return next(self.cursor)

            return self.parent.wrapper.signed_in(start)

    next = __next__

    def __enter__(self) -> "GuardedCursor":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        with translating():
            self.cursor.close()

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.cursor, name)
        if not callable(value):
            return value

        def call(*args: Any, **kwargs: Any) -> Any:
            with translating():
                result = value(*args, **kwargs)
            if result is self.cursor:
                # sort(), limit() and the like: `again` would leave them out.
                self.again = None
                return self
            return result

        return call
