import os
import threading
from collections.abc import Callable
from typing import Any, ClassVar, Self, TypeVar
from weakref import WeakSet

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, NotSupportedError
from django.db.utils import Error
from django.utils.asyncio import async_unsafe
from django_mongodb_backend.base import Cursor as MongoDBCursor
from django_mongodb_backend.base import DatabaseWrapper as MongoDBWrapper
from pymongo.errors import ConfigurationError, OperationFailure
from pymongo.synchronous.database import Database
from pymongo.synchronous.mongo_client import MongoClient

from ecom.documentdb.client import DatabaseClient
from ecom.documentdb.collection import GuardedCollection, GuardedDatabase
from ecom.documentdb.errors import AUTHENTICATION_FAILED, code_of, translating
from ecom.documentdb.features import DatabaseFeatures
from ecom.documentdb.gate import Gate
from ecom.documentdb.introspection import DatabaseIntrospection
from ecom.documentdb.lookups import lookups
from ecom.documentdb.operations import DatabaseOperations
from ecom.documentdb.parameters import client_parameters
from ecom.documentdb.query_log import Logged
from ecom.documentdb.schema import DatabaseSchemaEditor

Client = MongoClient[dict[str, Any]]
Result = TypeVar("Result")


class Cursor(MongoDBCursor):
    """Django opens one in places where a database of SQL needs it; nothing is sent through it."""

    def __enter__(self) -> Self:
        return self

    def execute(self, *args: Any) -> None:
        raise NotSupportedError(
            "DocumentDB has no SQL. Use the ORM, or connection.get_collection(name) with the "
            "methods of pymongo."
        )

    executemany = callproc = execute


class DatabaseWrapper(MongoDBWrapper):
    # `vendor` stays "mongodb": the parent's fields and functions compare with it.
    display_name = "Amazon DocumentDB"
    mongo_operators = lookups(MongoDBWrapper.mongo_operators)
    client_class = DatabaseClient
    features_class = DatabaseFeatures
    introspection_class = DatabaseIntrospection
    ops_class = DatabaseOperations
    SchemaEditorClass = DatabaseSchemaEditor

    # One client, that is one pool of connections, for each alias in a process.
    _connection_pools: ClassVar[dict[str, Client]] = {}
    _gates: ClassVar[dict[str, Gate]] = {}
    _making_client = threading.Lock()
    _replaced: ClassVar[dict[str, Client]] = {}
    _wrappers: ClassVar[WeakSet["DatabaseWrapper"]] = WeakSet()

    def __init__(self, settings_dict: dict[str, Any], alias: str = DEFAULT_DB_ALIAS) -> None:
        super().__init__(settings_dict, alias=alias)
        # The listener of OPTIONS["gate"], with what it has seen; one for all threads.
        gated = self.settings_dict["OPTIONS"].get("gate")
        self.gate = self._gates.setdefault(alias, Gate()) if gated else None
        self._wrappers.add(self)

    def get_connection_params(self) -> dict[str, Any]:
        """Raises ImproperlyConfigured for what DocumentDB cannot do (see parameters.py)."""
        try:
            return client_parameters(super().get_connection_params())
        except ImproperlyConfigured as error:
            raise ImproperlyConfigured(f"DATABASES[{self.alias!r}]: {error}") from None

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Client:
        with self._making_client:
            if self.alias not in self._connection_pools:
                self._connection_pools[self.alias] = self._new_client(
                    conn_params | self._credentials()
                )
            return self._connection_pools[self.alias]

    def refuse_settings(self) -> None:
        """Raises ImproperlyConfigured for what a client refuses; connects to nothing."""
        parameters = self.get_connection_params() | {"connect": False}
        if "credentials" in self.settings_dict["OPTIONS"]:
            # Not asked for here: the secrets store may be out of reach.
            parameters |= {"username": "unknown", "password": "unknown"}
        self._new_client(parameters).close()

    def _new_client(self, conn_params: dict[str, Any]) -> Client:
        listeners = list(conn_params.get("event_listeners", ()))
        if self.gate:
            listeners.append(self.gate)
        try:
            return MongoClient(
                **{**conn_params, "event_listeners": listeners}, driver=self._driver_info()
            )
        except (ConfigurationError, ValueError, TypeError, OSError) as error:
            raise ImproperlyConfigured(
                f"DATABASES[{self.alias!r}] holds what the client refuses: {error}"
            ) from None

    def signed_in(self, operation: Callable[[], Result]) -> Result:
        """Call; again, after signing in anew, where the password has been changed meanwhile."""
        try:
            return operation()
        except OperationFailure as error:
            if code_of(error) != AUTHENTICATION_FAILED or not self.renew_credentials():
                raise
        return operation()

    def renew_credentials(self) -> bool:
        """Sign in with what OPTIONS["credentials"] gives now; False where it has nothing new."""
        with self._making_client:
            refused = self._connection_pools.get(self.alias)
            if refused is not None and refused is self.connection:
                used = self._credentials_of(refused)
                credentials = self._credentials(used)
                if credentials == used:
                    return False
                # Other threads may be in the midst of a call, so it is closed at the next change.
                if forgotten := self._replaced.pop(self.alias, None):
                    forgotten.close()
                self._replaced[self.alias] = refused
                self._connection_pools[self.alias] = self._new_client(
                    self.get_connection_params() | credentials
                )
        self._forget_client()
        return True

    def _credentials(self, refused: dict[str, str] | None = None) -> dict[str, str]:
        credentials = self.settings_dict["OPTIONS"].get("credentials")
        if credentials is None:
            return {}
        username, password = credentials(refused and (refused["username"], refused["password"]))
        return {"username": username, "password": password}

    def _credentials_of(self, client: Client) -> dict[str, str]:
        used = client.options.pool_options._credentials
        if used is None or "credentials" not in self.settings_dict["OPTIONS"]:
            return {}
        return {"username": used.username, "password": used.password}

    def _forget_client(self) -> None:
        self.connection = None
        self.__dict__.pop("database", None)

    def current_database(self) -> Database[Any]:
        """pymongo's database, of the client that the process uses now."""
        if self.connection is not self._connection_pools.get(self.alias):
            self._forget_client()
        self.ensure_connection()
        database: Database[Any] = self.database
        return database

    def get_collection(self, name: str, **kwargs: Any) -> Any:
        """A collection with Django's errors; what may be sent again after a failure is.

        errors.code_of() tells the server's code of such an error."""
        collection = GuardedCollection(self, name, **kwargs)
        return Logged(self, collection, f"{name}.") if self.queries_logged else collection

    def get_database(self) -> Any:
        database = GuardedDatabase(self)
        return Logged(self, database, "") if self.queries_logged else database

    def get_database_version(self) -> tuple[int, ...]:
        with translating():
            info = self.signed_in(self._build_info)
        return tuple(info["versionArray"])

    def _build_info(self) -> dict[str, Any]:
        return self.current_database().client.server_info()

    @async_unsafe
    def cursor(self) -> Cursor:
        return Cursor()

    def is_usable(self) -> bool:
        try:
            self.get_database().command("ping")
        except Error:
            return False
        return True

    def start_transaction_mongo(self) -> None:
        with translating():
            super().start_transaction_mongo()

    def commit_mongo(self) -> None:
        with translating():
            super().commit_mongo()

    def rollback_mongo(self) -> None:
        if self.session and not self.session.in_transaction:
            # After a commit that failed, there is nothing left to abort.
            self._end_session()
        with translating():
            super().rollback_mongo()

    def close_pool(self) -> None:
        if self.connection is not None and self.alias in self._connection_pools:
            super().close_pool()
        self._forget_client()


_of_parent_process: list[Any] = []


def _forget_clients_of_parent() -> None:
    """A forked process makes clients of its own. Those of its parent are kept and never closed:
    to close one would end the parent's sessions, through the parent's connections."""
    _of_parent_process.append(dict(DatabaseWrapper._connection_pools))
    _of_parent_process.append(dict(DatabaseWrapper._replaced))
    DatabaseWrapper._connection_pools.clear()
    DatabaseWrapper._replaced.clear()
    DatabaseWrapper._making_client = threading.Lock()
    for wrapper in DatabaseWrapper._wrappers:
        wrapper._forget_client()
        wrapper.session = None


os.register_at_fork(after_in_child=_forget_clients_of_parent)
