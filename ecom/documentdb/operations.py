from django_mongodb_backend.operations import DatabaseOperations as MongoDBOperations


class DatabaseOperations(MongoDBOperations):
    compiler_module = "ecom.documentdb.compiler"

    def prep_for_iexact_query(self, x: str) -> str:
        return str(self.prep_for_like_query(x))

    def execute_sql_flush(self, tables: list[str]) -> None:
        for table in tables:
            if not table.startswith("system."):
                self.connection.get_collection(table).delete_many({})
