"""What inspectdb and the schema editor read of the collections.

DocumentDB keeps no schema: a collection's fields are those of a sample of its documents.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from bson import Binary, Decimal128, Int64, ObjectId
from django.db.backends.base.introspection import FieldInfo, TableInfo
from django_mongodb_backend.introspection import DatabaseIntrospection as MongoDBIntrospection

SAMPLE_SIZE = 1000

FIELDS: Mapping[type, str] = {
    ObjectId: "django_mongodb_backend.fields.ObjectIdField",
    bool: "BooleanField",
    int: "BigIntegerField",
    Int64: "BigIntegerField",
    float: "FloatField",
    Decimal128: "DecimalField",
    str: "TextField",
    datetime: "DateTimeField",
    bytes: "BinaryField",
    Binary: "BinaryField",
    UUID: "UUIDField",
}


class DatabaseIntrospection(MongoDBIntrospection):
    # Both are needed for a text index, whose definition has the entry {"_fts": "text"}.
    ORDER_DIR = {**MongoDBIntrospection.ORDER_DIR, "text": "TEXT"}

    def table_names(self, cursor: Any = None, include_views: bool = False) -> list[str]:
        collections = self.connection.get_database().list_collections()
        return sorted(each["name"] for each in collections)

    def get_table_list(self, cursor: Any) -> list[TableInfo]:
        return [TableInfo(name, "t") for name in self.table_names()]

    def get_sequences(
        self, cursor: Any, table_name: str, table_fields: Any = ()
    ) -> list[dict[str, str]]:
        return []

    def get_relations(self, cursor: Any, table_name: str) -> dict[str, tuple[str, str]]:
        return {}

    def get_primary_key_columns(self, cursor: Any, table_name: str) -> list[str]:
        return ["_id"]

    def get_table_description(self, cursor: Any, table_name: str) -> list[FieldInfo]:
        """The fields of a sample of the collection; the type that most documents have wins."""
        pipeline = [{"$sample": {"size": SAMPLE_SIZE}}]
        documents = list(self.connection.get_collection(table_name).aggregate(pipeline))
        types: dict[str, Counter[type]] = {}
        for document in documents:
            for name, value in document.items():
                types.setdefault(name, Counter())[type(value)] += 1
        return [self._field(name, found, len(documents)) for name, found in types.items()]

    def get_field_type(self, data_type: type, description: FieldInfo) -> str:
        if description.name == "_id" and data_type is ObjectId:
            return "django_mongodb_backend.fields.ObjectIdAutoField"
        return FIELDS.get(data_type, "JSONField")

    def _field(self, name: str, found: Counter[type], documents: int) -> FieldInfo:
        nullable = found.pop(type(None), 0) > 0 or found.total() < documents
        kind = found.most_common(1)[0][0] if found else dict
        # 34 digits are the precision of Decimal128.
        digits, places = (34, 2) if kind is Decimal128 else (None, None)
        described: list[Any] = [name, kind, None, None, digits, places, nullable, None, None]
        return FieldInfo(*described)
