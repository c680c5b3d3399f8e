"""What a journal's records, one after the other, leave behind."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .bson_types import Document
from .ordering import key

Namespace = tuple[str, str]


@dataclass
class Kept:
    documents: dict[bytes, Document] = field(default_factory=dict)
    indexes: dict[str, Document] = field(default_factory=dict)


class Contents:
    def __init__(self) -> None:
        self.collections: dict[Namespace, Kept] = {}

    def apply(self, record: Document) -> None:
        if record["op"] == "commit":
            for written in record["records"]:
                self.apply(written)
            return
        namespace = record["db"], record["collection"]
        match record["op"]:
            case "create":
                self.collections[namespace] = Kept(indexes={"_id_": record["spec"]})
            case "drop":
                del self.collections[namespace]
            case "rename":
                self.collections[record["db"], record["to"]] = self.collections.pop(namespace)
            case "put":
                document = record["document"]
                self.collections[namespace].documents[key(document["_id"])] = document
            case "remove":
                del self.collections[namespace].documents[key(record["_id"])]
            case "clear":
                self.collections[namespace].documents.clear()
            case "create_index":
                self.collections[namespace].indexes[record["spec"]["name"]] = record["spec"]
            case "drop_index":
                del self.collections[namespace].indexes[record["name"]]

    def records(self) -> Iterator[Document]:
        """The shortest journal that leaves the same behind."""
        for (database, name), kept in self.collections.items():
            place = {"db": database, "collection": name}
            by_id, *others = kept.indexes.values()
            yield {"op": "create", **place, "spec": by_id}
            yield from ({"op": "create_index", **place, "spec": spec} for spec in others)
            yield from ({"op": "put", **place, "document": it} for it in kept.documents.values())
