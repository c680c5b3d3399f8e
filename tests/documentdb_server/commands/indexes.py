from typing import Any

from tests.documentdb_server import codes
from tests.documentdb_server.commands.registry import Reply, Role, command
from tests.documentdb_server.engine.collection import Collection
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.request import Request


@command("createIndexes", Role.PRIMARY)
def create_indexes(request: Request) -> Reply:
    if request.namespace in request.cluster.builds:
        raise CommandError(
            codes.INDEX_BUILD_IN_PROGRESS,
            "Existing index build in progress on the same collection. "
            "Collection is limited to a single index build at a time.",
        )
    created = request.collection is None
    collection = request.collection_or_new()
    before = len(collection.indexes())
    for spec in request.required("indexes"):
        collection.create_index(spec)
    answer: dict[str, Any] = {
        "numIndexesBefore": before,
        "numIndexesAfter": len(collection.indexes()),
        "createdCollectionAutomatically": created,
    }
    if answer["numIndexesAfter"] == before:
        answer["note"] = "all indexes already exist"
    return {**answer, "ok": 1.0}


@command("listIndexes", Role.READER)
def list_indexes(request: Request) -> Reply:
    return request.client.member.cursors.first(
        request.namespace,
        existing(request).indexes(),
        (request.command.get("cursor") or {}).get("batchSize"),
    )


@command("dropIndexes", Role.PRIMARY)
def drop_indexes(request: Request) -> Reply:
    collection = existing(request)
    before = len(collection.indexes())
    for name in names(collection, request.required("index")):
        collection.drop_index(name)
    return {"nIndexesWas": before, "ok": 1.0}


def existing(request: Request) -> Collection:
    collection = request.collection
    if collection is None:
        raise CommandError(codes.NAMESPACE_NOT_FOUND, f"ns does not exist: {request.namespace}")
    return collection


def names(collection: Collection, wanted: Any) -> list[str]:
    """`wanted` is a name, several, a key pattern or "*": all but the one of _id."""
    if wanted == "*":
        return [each["name"] for each in collection.indexes() if each["name"] != "_id_"]
    if isinstance(wanted, list):
        return [str(each) for each in wanted]
    if isinstance(wanted, dict):
        pattern = list(wanted.items())
        for each in collection.indexes():
            if list(each["key"].items()) == pattern:
                return [each["name"]]
        raise CommandError(codes.INDEX_NOT_FOUND, f"can't find index with key: {wanted}")
    return [str(wanted)]
