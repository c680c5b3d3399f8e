"""Which pymongo calls are sent again, and when.

DocumentDB has no retryable writes (txnNumber is refused), so what the driver does elsewhere is done
here by rules that never carry out a write twice:

- A write conflict (112) and a refusal by a server that is not the primary were not applied.
- After a lost connection the outcome is unknown. An insert is sent again, and a duplicate key then
  counts as success if the stored document is the one that was sent. An update that only sets
  fields which its filter does not read, and a delete by _id, come to the same when done twice.
  Anything else raises OperationalError.
- Within a transaction nothing is sent again: the whole of it would have to be.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import bson
from django.db import OperationalError
from pymongo import DeleteMany, DeleteOne, InsertOne, ReplaceOne, UpdateMany, UpdateOne
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)
from pymongo.results import BulkWriteResult
from pymongo.synchronous.collection import Collection

from ecom.documentdb.errors import (
    DUPLICATE_KEY,
    REFUSED_BY_SECONDARY,
    WRITE_CONFLICT,
    code_of,
)

Result = TypeVar("Result")
Request = InsertOne[Any] | UpdateOne | UpdateMany | ReplaceOne[Any] | DeleteOne | DeleteMany

CONFLICT_TRIES = 8
FIRST_PAUSE = 0.01  # seconds; doubles with each try
LONGEST_PAUSE = 0.2

COUNTS = ("nInserted", "nMatched", "nModified", "nRemoved", "nUpserted")


def repeat_refused(operation: Callable[[], Result]) -> Result:
    """Call until the server takes the command. For one command, which is applied whole or not."""
    refusals = Refusals()
    while True:
        try:
            return operation()
        except PyMongoError as error:
            if not refusals.pause_before_another(error):
                raise


def _once(operation: Callable[[], Any]) -> Any:
    return operation()


def write(
    collection: Callable[[], Collection[Any]],
    requests: Sequence[Request],
    signed_in: Callable[[Callable[[], Any]], Any] = _once,
) -> dict[str, Any]:
    """Carry out writes in order. Returns counts as pymongo's BulkWriteResult.bulk_api_result.

    `signed_in` calls a function, and again with other credentials where the first are refused.
    """
    return _Write(collection, requests, signed_in).run()


class Refusals:
    """Counts the refusals of one operation, and pauses before it is tried again."""

    def __init__(self) -> None:
        self.conflicts = 0
        self.elections = 0

    def pause_before_another(self, error: PyMongoError) -> bool:
        code = code_of(error)
        if code == WRITE_CONFLICT:
            self.conflicts += 1
            if self.conflicts == CONFLICT_TRIES:
                return False
            longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**self.conflicts)
            time.sleep(random.uniform(0, longest))  # noqa: S311 - spreads rivals, keeps no secret
            return True
        if code in REFUSED_BY_SECONDARY:
            # The next try waits for a primary, up to serverSelectionTimeoutMS.
            self.elections += 1
            return self.elections == 1
        return False


class _Write:
    def __init__(
        self,
        collection: Callable[[], Collection[Any]],
        requests: Sequence[Request],
        signed_in: Callable[[Callable[[], Any]], Any],
    ) -> None:
        self.collection = collection
        # Around each command and not around run(), which would begin again with what is done.
        self.signed_in = signed_in
        self.remaining = list(requests)
        self.sent = 0
        self.result: dict[str, Any] = {**dict.fromkeys(COUNTS, 0), "upserted": []}
        self.refusals = Refusals()
        self.lost_connection = False
        self.may_be_stored = False  # what is sent again

    def run(self) -> dict[str, Any]:
        while self.remaining:
            try:
                result = self.signed_in(self._send)
            except BulkWriteError as error:
                self._after_failed_request(error)
            except OperationFailure as error:
                self._after_refused_command(error)
            except AutoReconnect as error:
                if code_of(error) in REFUSED_BY_SECONDARY:
                    self._after_refused_command(error)
                else:
                    self._after_lost_connection(error)
            else:
                self._count(result.bulk_api_result)
                break
        return self.result

    def _send(self) -> BulkWriteResult:
        return self.collection().bulk_write(self.remaining, ordered=True)

    def _after_failed_request(self, error: BulkWriteError) -> None:
        self._count(error.details)
        failures = error.details.get("writeErrors")
        if not failures:
            raise error
        self._advance(failures[0]["index"])
        if self.may_be_stored and code_of(error) == DUPLICATE_KEY:
            self._drop_stored(error)
            return
        if failures[0]["index"] == 0 and isinstance(self.remaining[0], UpdateMany):
            self._refuse_half_an_update(error)
        if not self.refusals.pause_before_another(error):
            raise error

    def _after_refused_command(self, error: PyMongoError) -> None:
        """The requests may have gone as several commands; how many were carried out is unknown."""
        several = len(self.remaining) > 1
        if several and not all(map(repeatable, self.remaining)):
            raise error
        if not self.refusals.pause_before_another(error):
            raise error
        self.may_be_stored = self.may_be_stored or several

    def _after_lost_connection(self, error: AutoReconnect) -> None:
        if isinstance(error, ServerSelectionTimeoutError):
            raise error  # nothing was sent, and the driver has waited already
        if self.lost_connection or not all(map(repeatable, self.remaining)):
            raise error
        self.lost_connection = self.may_be_stored = True

    def _refuse_half_an_update(self, error: BulkWriteError) -> None:
        """DocumentDB promises that a statement is atomic; this believes what it reports."""
        changed = error.details["nModified"]
        if changed and code_of(error) == WRITE_CONFLICT:
            raise OperationalError(
                f"The update met a write conflict after it had changed {changed} documents. "
                "The others are as they were. Read before you try again."
            ) from None

    def _drop_stored(self, error: BulkWriteError) -> None:
        """Leave out the inserts that were carried out when they were sent before."""
        collection = self.collection()
        inserts = {
            request._doc["_id"]: _as_stored(request._doc, collection)
            for request in self.remaining
            if isinstance(request, InsertOne)
        }
        present = {"_id": {"$in": list(inserts)}}
        stored = {
            document["_id"]
            for document in self.signed_in(lambda: list(self.collection().find(present)))
            if document == inserts[document["_id"]]
        }
        first = self.remaining[0]
        if not isinstance(first, InsertOne) or first._doc["_id"] not in stored:
            raise error
        self.remaining = [
            request
            for request in self.remaining
            if not (isinstance(request, InsertOne) and request._doc["_id"] in stored)
        ]
        self.result["nInserted"] += len(stored)

    def _advance(self, done: int) -> None:
        self.remaining = self.remaining[done:]
        self.sent += done

    def _count(self, result: Mapping[str, Any]) -> None:
        for name in COUNTS:
            self.result[name] += result[name]
        for upserted in result["upserted"]:
            self.result["upserted"].append({**upserted, "index": upserted["index"] + self.sent})


def repeatable(request: Request) -> bool:
    """Does the request come to the same when it is carried out twice?"""
    if isinstance(request, InsertOne):
        return True
    criteria = _fields(request._filter)
    if isinstance(request, DeleteOne | DeleteMany):
        return criteria == {"_id"}
    if isinstance(request, ReplaceOne) or request._upsert:
        return False
    changes = request._doc
    if not isinstance(changes, Mapping) or not changes.keys() <= {"$set", "$unset"}:
        return False
    # A second update_one() might choose another document.
    if isinstance(request, UpdateOne) and "_id" not in criteria:
        return False
    changed = {path.split(".", 1)[0] for fields in changes.values() for path in fields}
    return "$expr" not in criteria and not criteria & changed


def _fields(criteria: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    for name, condition in criteria.items():
        if name in ("$and", "$or", "$nor"):
            found = found.union(*map(_fields, condition))
        else:
            found.add(name.split(".", 1)[0])
    return found


def _as_stored(document: Mapping[str, Any], collection: Collection[Any]) -> Any:
    options = collection.codec_options
    return bson.decode(bson.encode(document, codec_options=options), codec_options=options)
