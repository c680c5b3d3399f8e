from typing import Any

from tests.documentdb_server import codes
from tests.documentdb_server.commands.registry import OK, Reply, Role, command
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.engine.matching import matcher
from tests.documentdb_server.request import Request

Document = dict[str, Any]


@command("create", Role.PRIMARY)
def create(request: Request) -> Reply:
    request.storage.create(request.database, request.collection_name)
    return OK


@command("drop", Role.PRIMARY)
def drop(request: Request) -> Reply:
    if not request.storage.drop(request.database, request.collection_name):
        raise CommandError(codes.NAMESPACE_NOT_FOUND, "ns not found")
    return {"ns": request.namespace, "ok": 1.0}


@command("dropDatabase", Role.PRIMARY)
def drop_database(request: Request) -> Reply:
    request.storage.drop_database(request.database)
    return {"dropped": request.database, "ok": 1.0}


@command("renameCollection", Role.PRIMARY)
def rename_collection(request: Request) -> Reply:
    database, _, old = str(request.command["renameCollection"]).partition(".")
    other_database, _, new = str(request.required("to")).partition(".")
    if database != other_database:
        raise CommandError(codes.INVALID_NAMESPACE, "a collection keeps its database when renamed")
    if request.command.get("dropTarget"):
        request.storage.drop(database, new)
    request.storage.rename(database, old, new)
    return OK


@command("listCollections", Role.READER)
def list_collections(request: Request) -> Reply:
    wanted = matcher(request.command.get("filter") or {})
    described = [
        {
            "name": name,
            "type": "collection",
            "options": {},
            "info": {"readOnly": False},
            "idIndex": {"v": 2, "key": {"_id": 1}, "name": "_id_"},
        }
        for name in request.storage.collections(request.database)
        if not name.startswith("system.")
    ]
    return request.client.member.cursors.first(
        f"{request.database}.$cmd.listCollections",
        filter(wanted, described),
        (request.command.get("cursor") or {}).get("batchSize"),
    )


@command("listDatabases", Role.READER)
def list_databases(request: Request) -> Reply:
    wanted = matcher(request.command.get("filter") or {})
    described: list[Document] = [
        {"name": name, "sizeOnDisk": 0, "empty": False}
        for name in request.storage.databases()
        if name != "admin"  # the users' own; DocumentDB does not show it
    ]
    return {"databases": list(filter(wanted, described)), "totalSize": 0, "ok": 1.0}


@command("collStats", Role.READER)
def collection_stats(request: Request) -> Reply:
    collection = request.collection
    indexes = [] if collection is None else collection.indexes()
    return {
        "ns": request.namespace,
        "count": 0 if collection is None else len(collection),
        "nindexes": len(indexes),
        "ok": 1.0,
    }


@command("dbStats", Role.READER)
def database_stats(request: Request) -> Reply:
    names = request.storage.collections(request.database)
    collections = [request.storage.collection(request.database, name) for name in names]
    return {
        "db": request.database,
        "collections": len(collections),
        "objects": sum(len(each) for each in collections if each is not None),
        "ok": 1.0,
    }
