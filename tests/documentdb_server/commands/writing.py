from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from tests.documentdb_server import codes, wire
from tests.documentdb_server.commands.registry import Reply, Role, command
from tests.documentdb_server.engine.collection import Collection
from tests.documentdb_server.engine.errors import CommandError, DuplicateKey
from tests.documentdb_server.engine.projection import projector
from tests.documentdb_server.request import Request

Document = dict[str, Any]


def statements(request: Request, field: str) -> list[Document]:
    listed: list[Document] = request.required(field)
    if not 1 <= len(listed) <= wire.MAX_WRITES:
        raise CommandError(
            codes.INVALID_LENGTH,
            f"Write batch sizes must be between 1 and {wire.MAX_WRITES}. "
            f"Got {len(listed)} operations.",
        )
    return listed


def each(
    request: Request, listed: list[Document], write: Callable[[int, Document], None]
) -> list[Document]:
    """Carry the statements out and return the writeErrors. Ordered ones end with the first."""
    errors: list[Document] = []
    ordered = request.command.get("ordered", True)
    for index, statement in enumerate(listed):
        try:
            write(index, statement)
        except CommandError as error:
            if request.transaction is not None and not isinstance(error, DuplicateKey):
                raise
            errors.append(write_error(index, error))
            if ordered:
                break
    return errors


@contextmanager
def whole(request: Request) -> Iterator[None]:
    """A statement on many documents is carried out on all of them or on none (AWS, "Implicit
    transactions"). MongoDB itself keeps what it has changed before an error.
    """
    if request.transaction is not None:
        yield
        return
    transaction = request.storage.begin()
    try:
        with request.storage.within(transaction):
            yield
    except BaseException:
        transaction.abort()
        raise
    transaction.commit()


def write_error(index: int, error: CommandError) -> Document:
    described: Document = {"index": index, "code": error.code, "errmsg": error.message}
    if isinstance(error, DuplicateKey):
        described["keyPattern"] = error.key_pattern
        described["keyValue"] = error.key_value
    return described


def answer(counts: Document, errors: list[Document]) -> Reply:
    if errors:
        counts["writeErrors"] = errors
    counts["ok"] = 1.0
    return counts


@command("insert", Role.PRIMARY, in_transaction=True)
def insert(request: Request) -> Reply:
    documents = statements(request, "documents")
    collection = request.collection_or_new()
    errors = each(request, documents, lambda _, document: collection.insert(document))
    left_out = len(documents) - errors[-1]["index"] if errors else 0
    if errors and not request.command.get("ordered", True):
        left_out = len(errors)
    return answer({"n": len(documents) - left_out}, errors)


@command("update", Role.PRIMARY, in_transaction=True)
def update(request: Request) -> Reply:
    counts: Document = {"n": 0, "nModified": 0}
    upserted: list[Document] = []

    def write(index: int, statement: Document) -> None:
        upsert = statement.get("upsert", False)
        collection = request.collection_or_new() if upsert else request.collection
        if collection is None:
            return
        multi = statement.get("multi", False)
        with whole(request) if multi else nullcontext():
            result = collection.update(
                statement["q"],
                statement["u"],
                multi=multi,
                upsert=upsert,
                array_filters=statement.get("arrayFilters"),
                hint=statement.get("hint") or None,
            )
        counts["n"] += result.matched + result.upserted
        counts["nModified"] += result.modified
        if result.upserted:
            upserted.append({"index": index, "_id": result.upserted_id})

    errors = each(request, statements(request, "updates"), write)
    if upserted:
        counts["upserted"] = upserted
    return answer(counts, errors)


@command("delete", Role.PRIMARY, in_transaction=True)
def delete(request: Request) -> Reply:
    counts: Document = {"n": 0}
    collection = request.collection

    def write(_: int, statement: Document) -> None:
        if collection is None:
            return
        limit = statement.get("limit", 0)
        if request.transaction is None and not statement["q"] and not limit:
            counts["n"] += collection.clear()
            return
        with nullcontext() if limit else whole(request):
            counts["n"] += collection.delete(
                statement["q"], limit=limit, hint=statement.get("hint") or None
            )

    errors = each(request, statements(request, "deletes"), write)
    return answer(counts, errors)


@command("findAndModify", Role.PRIMARY, in_transaction=True)
def find_and_modify(request: Request) -> Reply:
    command = request.command
    removes = command.get("remove", False)
    if removes == ("update" in command):
        raise CommandError(
            codes.FAILED_TO_PARSE, "Either an update or remove=true must be specified"
        )
    upsert = command.get("upsert", False)
    collection = request.collection_or_new() if upsert else request.collection
    if collection is None:
        return found(command, None, {"n": 0} if removes else {"n": 0, "updatedExisting": False})
    query = command.get("query") or {}
    before = next(iter(collection.find(query, sort=command.get("sort") or None, limit=1)), None)
    if removes:
        if before is not None:
            collection.delete({"_id": before["_id"]}, limit=1)
        return found(command, before, {"n": int(before is not None)})
    if before is None and not upsert:
        return found(command, None, {"n": 0, "updatedExisting": False})
    return modify(command, collection, query, before)


def modify(
    command: Document, collection: Collection, query: Document, before: Document | None
) -> Reply:
    # The query stays, for the positional operator.
    exact = query if before is None else {**query, "_id": before["_id"]}
    result = collection.update(
        exact,
        command["update"],
        upsert=before is None,
        array_filters=command.get("arrayFilters"),
    )
    last: Document = {"n": 1, "updatedExisting": before is not None}
    if before is None:
        last["upserted"] = result.upserted_id
    changed = before
    if command.get("new"):
        identifier = result.upserted_id if before is None else before["_id"]
        changed = next(iter(collection.find({"_id": identifier}, limit=1)), None)
    return found(command, changed, last)


def found(command: Document, document: Document | None, last: Document) -> Reply:
    fields = command.get("fields")
    if document is not None and fields:
        document = projector(fields, command.get("query") or {})(document)
    return {"lastErrorObject": last, "value": document, "ok": 1.0}
