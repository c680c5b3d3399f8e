from collections.abc import Iterable
from typing import Any

from tests.documentdb_server import codes
from tests.documentdb_server.commands.registry import Reply, Role, command
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.request import Request

Document = dict[str, Any]


def find_arguments(command: Document) -> Document:
    return {
        "sort": command.get("sort") or None,
        "skip": command.get("skip", 0),
        "limit": abs(command.get("limit", 0)),
        "projection": command.get("projection") or None,
        "hint": command.get("hint") or None,
    }


@command("find", Role.READER, in_transaction=True)
def find(request: Request) -> Reply:
    command = request.command
    collection = request.collection
    documents: Iterable[Document] = ()
    if collection is not None:
        documents = collection.find(command.get("filter") or {}, **find_arguments(command))
    return request.client.member.cursors.first(
        request.namespace,
        documents,
        command.get("batchSize"),
        # A negative limit is an old way to ask for one batch only.
        single=command.get("singleBatch", False) or command.get("limit", 0) < 0,
    )


@command("aggregate", Role.READER, in_transaction=True)
def aggregate(request: Request) -> Reply:
    pipeline = request.required("pipeline")
    name = request.command["aggregate"]
    collection = name if isinstance(name, str) else None  # {aggregate: 1}: of the database
    if request.command.get("explain"):
        return explain_aggregate(request)
    batch = (request.command.get("cursor") or {}).get("batchSize")
    documents = request.storage.aggregate(request.database, collection, pipeline)
    namespace = f"{request.database}.{collection or '$cmd.aggregate'}"
    return request.client.member.cursors.first(namespace, documents, batch)


@command("getMore", Role.ANY)
def get_more(request: Request) -> Reply:
    namespace = f"{request.database}.{request.required('collection')}"
    cursor_id = request.command["getMore"]
    return request.client.member.cursors.next(
        cursor_id, namespace, request.command.get("batchSize")
    )


@command("killCursors", Role.ANY)
def kill_cursors(request: Request) -> Reply:
    killed, unknown = request.client.member.cursors.kill(request.required("cursors"))
    return {
        "cursorsKilled": killed,
        "cursorsNotFound": unknown,
        "cursorsAlive": [],
        "cursorsUnknown": [],
        "ok": 1.0,
    }


@command("count", Role.READER, in_transaction=True)
def count(request: Request) -> Reply:
    collection, command = request.collection, request.command
    number = 0
    if collection is not None:
        number = collection.count(
            command.get("query") or {},
            skip=command.get("skip", 0),
            limit=abs(command.get("limit", 0)),
            hint=command.get("hint") or None,
        )
    return {"n": number, "ok": 1.0}


@command("distinct", Role.READER, in_transaction=True)
def distinct(request: Request) -> Reply:
    collection = request.collection
    values: list[Any] = []
    if collection is not None:
        values = collection.distinct(request.required("key"), request.command.get("query") or {})
    return {"values": values, "ok": 1.0}


@command("explain", Role.READER)
def explain(request: Request) -> Reply:
    inner: Document = {**request.subject, "$db": request.database}
    name = next(iter(inner))
    explained = Request(request.client, name, inner)
    if name == "aggregate":
        return explain_aggregate(explained)
    queries = {
        "find": inner.get("filter"),
        "count": inner.get("query"),
        "distinct": inner.get("query"),
        "findAndModify": inner.get("query"),
        "update": next((each["q"] for each in inner.get("updates", [])), None),
        "delete": next((each["q"] for each in inner.get("deletes", [])), None),
    }
    if name not in queries:
        raise CommandError(codes.FAILED_TO_PARSE, f"explain of {name} is not known")
    return {**_explained_find(explained, queries[name] or {}), "ok": 1.0}


def _explained_find(request: Request, query: Document) -> Document:
    collection = request.collection
    if collection is None:
        plan = {"winningPlan": {"stage": "EOF"}, "namespace": request.namespace}
        counts = {"nReturned": 0, "totalKeysExamined": 0, "totalDocsExamined": 0}
        return {"queryPlanner": plan, "executionStats": counts}
    return collection.explain_find(query, **find_arguments(request.command))


def explain_aggregate(request: Request) -> Reply:
    explained = request.storage.explain_aggregate(
        request.database, request.collection_name, request.required("pipeline")
    )
    return {**explained, "ok": 1.0}
