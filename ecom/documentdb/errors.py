"""pymongo's errors as Django's, told apart by code and never by text.

The message says what went wrong and what to do. It holds no value of a document, and neither does
the cause that a traceback shows: servers quote values in "duplicate key" and in type errors.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bson.errors import BSONError, InvalidDocument
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DocumentTooLarge,
    InvalidOperation,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)

# What pymongo raises: its own errors, those of its BSON encoder, and for an integer over 64 bits.
DRIVER_ERRORS = (PyMongoError, BSONError, OverflowError)

WRITE_CONFLICT = 112
DUPLICATE_KEY = 11000
AUTHENTICATION_FAILED = 18
NAMESPACE_NOT_FOUND = 26
INDEX_NOT_FOUND = 27
NAMESPACE_EXISTS = 48
INDEX_BUILD_IN_PROGRESS = 40333

# The server refused the command before it began, since it is not the primary (any more).
REFUSED_BY_SECONDARY = frozenset({10058, 10107, 13435})
# The server was interrupted while it may have been at work.
INTERRUPTED = frozenset({91, 189, 11600, 11602})

UNREACHABLE = (
    "No server of the cluster can be reached. Check that it is running, its host and port, the "
    "route and security groups, and the TLS settings."
)
POOL_EXHAUSTED = (
    "All connections of this process to DocumentDB are in use. "
    'Raise OPTIONS["maxPoolSize"], or run fewer threads.'
)
CONNECTION_LOST = (
    "The connection to DocumentDB was lost; whether the command was carried out is unknown. "
    "Read before you try again."
)
NO_PRIMARY = "The cluster is changing its primary. Try again in some seconds."

TOO_LARGE = "The document is larger than 16 MiB."

_BY_CODE: Mapping[int, tuple[type[DatabaseError], str]] = {
    2: (DataError, "DocumentDB refuses a value, such as a document over 16 MiB."),
    DUPLICATE_KEY: (IntegrityError, "Another document has this value of a unique field."),
    AUTHENTICATION_FAILED: (
        OperationalError,
        "DocumentDB refused the user name or the password. Check USER, PASSWORD and "
        "authMechanism (SCRAM-SHA-1).",
    ),
    13: (
        OperationalError,
        "The database user may not do this. Grant it the role readWrite on the database.",
    ),
    50: (
        OperationalError,
        "The command took longer than its limit of time (maxTimeMS). "
        "Add an index for the query, or raise the limit.",
    ),
    WRITE_CONFLICT: (
        OperationalError,
        "Others kept writing to the same documents (write conflict). Try again.",
    ),
    43: (OperationalError, "The cursor is gone: it was idle for too long. Run the query again."),
    251: (OperationalError, "The transaction has ended on the server. Run all of it again."),
    INDEX_BUILD_IN_PROGRESS: (
        OperationalError,
        "Another index of this collection is being built; DocumentDB builds one at a time.",
    ),
    NAMESPACE_NOT_FOUND: (ProgrammingError, "The collection does not exist. Run migrate."),
    INDEX_NOT_FOUND: (ProgrammingError, "The index does not exist."),
    NAMESPACE_EXISTS: (ProgrammingError, "The collection exists already."),
    85: (ProgrammingError, "The collection has an index of this key with other options."),
    86: (ProgrammingError, "The collection has another index of this name."),
    14: (DataError, "A stored value is of the wrong type for this command."),
    121: (DataError, "The document does not meet the collection's validation rules."),
    241: (DataError, "A stored value cannot be converted to the wanted type."),
    10334: (DataError, TOO_LARGE),
    17419: (DataError, TOO_LARGE),
}

# 9 FailedToParse is what DocumentDB answers to syntax it does not know (txnNumber, an update by a
# pipeline); 59, 115, 168, 238 and 40324 are what MongoDB itself answers to the unknown.
_NOT_SUPPORTED = frozenset({9, 59, 115, 168, 238, 303, 304, 305, 40324})

# Errors whose text names constructs, hosts or indexes, but never quotes documents.
_WITHOUT_VALUES = (
    _NOT_SUPPORTED
    | REFUSED_BY_SECONDARY
    | INTERRUPTED
    | frozenset({13, 18, 26, 27, 43, 48, 50, 85, 86, 112, 251, 40333})
)


def code_of(error: BaseException) -> int | None:
    """The server's code of a pymongo error, or of a Django error made from one."""
    if isinstance(error, DatabaseError | InterfaceError):
        return code_of(error.__cause__) if error.__cause__ else None
    if isinstance(error, BulkWriteError):
        return _failure(error).get("code")
    if isinstance(error, OperationFailure):
        return error.code
    if isinstance(error, NotPrimaryError) and isinstance(error.details, Mapping):
        return error.details.get("code")
    return None


def translated(error: Exception) -> DatabaseError | InterfaceError:
    """Django's error for one of DRIVER_ERRORS, its cause set."""
    kind, message = _kind_and_message(error)
    result = kind(message)
    result.__cause__ = _without_values(error)
    return result


@contextmanager
def translating() -> Iterator[None]:
    """Raise Django's errors for pymongo's."""
    try:
        yield
    except DRIVER_ERRORS as error:
        django_error = translated(error)
        raise django_error from django_error.__cause__


def _kind_and_message(error: Exception) -> tuple[type[DatabaseError | InterfaceError], str]:
    if isinstance(error, ConnectionFailure):
        return OperationalError, _connection_message(error)
    if isinstance(error, InvalidOperation):
        return InterfaceError, str(error)
    if isinstance(error, BSONError | OverflowError):
        return DataError, "A value cannot be stored as BSON (too large, or of an unknown type)."
    if isinstance(error, BulkWriteError) and not error.details.get("writeErrors"):
        return OperationalError, "The write is not yet stored on a majority of the copies."
    return _answered(error, code_of(error))


def _answered(error: Exception, code: int | None) -> tuple[type[DatabaseError], str]:
    if code in _NOT_SUPPORTED:
        return NotSupportedError, f"DocumentDB does not support this: {_text(error)} (code {code})."
    if code is not None and code in _BY_CODE:
        kind, message = _BY_CODE[code]
        return kind, f"{message} (code {code})"
    return DatabaseError, f"DocumentDB answered with {type(error).__name__} (code {code})."


def _connection_message(error: ConnectionFailure) -> str:
    if isinstance(error, ServerSelectionTimeoutError):
        return UNREACHABLE
    if isinstance(error, WaitQueueTimeoutError):
        return POOL_EXHAUSTED
    if isinstance(error, NotPrimaryError):
        return NO_PRIMARY
    if isinstance(error, NetworkTimeout):
        return f'{CONNECTION_LOST} (No answer within OPTIONS["socketTimeoutMS"].)'
    return CONNECTION_LOST


def _failure(error: BulkWriteError) -> Mapping[str, Any]:
    """Unordered writes fail one by one. A duplicate key, which may be ignored, hides no other."""
    failures = error.details.get("writeErrors") or error.details.get("writeConcernErrors") or [{}]
    return next((each for each in failures if each.get("code") != DUPLICATE_KEY), failures[0])


def _text(error: Exception) -> Any:
    if isinstance(error, BulkWriteError):
        return _failure(error)["errmsg"]
    details = getattr(error, "details", None)
    return details.get("errmsg") if isinstance(details, Mapping) else str(error)


def _without_values(error: Exception) -> Exception:
    """The error itself, or one of the same kind or code that quotes no document."""
    if isinstance(error, InvalidDocument) and not isinstance(error, DocumentTooLarge):
        return InvalidDocument("cannot encode a value")
    if not isinstance(error, OperationFailure):
        return error
    code = code_of(error)
    if code in _WITHOUT_VALUES and not isinstance(error, BulkWriteError):
        return error
    details = _failure(error) if isinstance(error, BulkWriteError) else error.details or {}
    kept = {name: details[name] for name in ("code", "index", "keyPattern") if name in details}
    return OperationFailure(f"{type(error).__name__} (code {code})", code, kept)
