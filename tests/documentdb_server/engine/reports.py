"""The stages that report on a collection instead of reading it."""

import bson

from .bson_types import Document, now
from .collection import Collection


def collection_stats(collection: Collection) -> list[Document]:
    size = sum(len(bson.encode(document)) for document in collection.find({}))
    return [
        {
            "ns": collection.namespace,
            "localTime": now(),
            "count": len(collection),
            "storageStats": {
                "size": size,
                "count": len(collection),
                "avgObjSize": size // len(collection) if len(collection) else 0,
                "nindexes": len(collection.indexes()),
            },
        }
    ]


def index_stats(collection: Collection) -> list[Document]:
    return [
        {"name": spec["name"], "key": spec["key"], "spec": spec} for spec in collection.indexes()
    ]
