from django_mongodb_backend.operations import DatabaseOperations as MongoDBOperations


class DatabaseOperations(MongoDBOperations):
    compiler_module = "ecom.documentdb.compiler"

    def execute_sql_flush(self, tables: list[str]) -> None:
        for table in tables:
            if not table.startswith("system."):
                self.connection.get_collection(table).delete_many({})
