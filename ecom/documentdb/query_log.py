"""connection.queries and the logger django.db.backends, filled as by the parent, but for every
method that sends a command: the parent leaves out find(), update_one() and others."""

import copy
import logging
import time
from typing import TYPE_CHECKING, Any

from ecom.documentdb.collection import GuardedCollection, GuardedDatabase

if TYPE_CHECKING:
    from ecom.documentdb.base import DatabaseWrapper

logger = logging.getLogger("django.db.backends")

# find() sends its command when the first document is read: its time here is that of the call.
LOGGED = frozenset(
    {
        "aggregate",
        "bulk_write",
        "command",
        "count_documents",
        "create_collection",
        "create_indexes",
        "delete_many",
        "delete_one",
        "distinct",
        "drop",
        "drop_collection",
        "drop_index",
        "find",
        "find_one",
        "find_one_and_delete",
        "find_one_and_replace",
        "find_one_and_update",
        "index_information",
        "insert_many",
        "insert_one",
        "list_collections",
        "list_indexes",
        "rename",
        "replace_one",
        "update_many",
        "update_one",
    }
)


class Logged:
    def __init__(
        self,
        wrapper: "DatabaseWrapper",
        guarded: GuardedCollection | GuardedDatabase,
        prefix: str,
    ) -> None:
        self.wrapper = wrapper
        self.guarded = guarded
        self.prefix = prefix

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.guarded, name)
        if name not in LOGGED:
            return method

        def logged(*args: Any, **kwargs: Any) -> Any:
            # pymongo adds _id to the documents that it inserts.
            as_given = copy.deepcopy(args)
            start = time.monotonic()
            try:
                return method(*args, **kwargs)
            finally:
                self._log(name, time.monotonic() - start, as_given, kwargs)

        return logged

    def _log(
        self, name: str, duration: float, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        arguments = [repr(each) for each in args]
        arguments += [
            f"{option}={value!r}"
            for option, value in kwargs.items()
            if option != "session" and value is not None
        ]
        operation = f"db.{self.prefix}{name}({', '.join(arguments)})"
        self.wrapper.queries_log.append({"sql": operation, "time": f"{duration:.3f}"})
        logger.debug(
            "(%.3f) %s; alias=%s",
            duration,
            operation,
            self.wrapper.alias,
            extra={"duration": duration, "sql": operation, "alias": self.wrapper.alias},
        )
