"""From a command to its answer: who may send it, what refuses it, what it is part of."""

import sys
import traceback
from typing import Any

import bson

from ecom.documentdb.constructs import SPELLINGS
from tests.documentdb_server import authorization, codes, refusals
from tests.documentdb_server.commands import COMMANDS
from tests.documentdb_server.commands.registry import Command, Reply, Role
from tests.documentdb_server.engine.errors import CommandError, DuplicateKey
from tests.documentdb_server.request import Client, Request
from tests.documentdb_server.sessions import (
    LabelledError,
    TransientTransactionError,
    session_of,
)

ENDS = ("commitTransaction", "abortTransaction")


def request_of(client: Client, command: dict[str, Any]) -> Request:
    written = next(iter(command), "")
    return Request(client, SPELLINGS.get(written.lower(), written), command)


def execute(request: Request) -> bytes:
    """The encoded answer, also of a command that failed."""
    try:
        reply = _run(request)
        return reply if isinstance(reply, bytes) else bson.encode(reply)
    except CommandError as error:
        return failure(error)
    except Exception as error:  # a fault of the stand-in: the client is told, the log has it all
        traceback.print_exc(file=sys.stderr)
        message = f"The stand-in failed in {request.name}: {type(error).__name__}: {error}"
        return failure(CommandError(codes.INTERNAL_ERROR, message))


def failure(error: CommandError) -> bytes:
    answer: dict[str, Any] = {
        "ok": 0.0,
        "code": error.code,
        "codeName": codes.NAMES.get(error.code, error.code_name),
        "errmsg": error.message,
    }
    if isinstance(error, LabelledError) and error.labels:
        answer["errorLabels"] = error.labels
    if isinstance(error, DuplicateKey):
        answer["keyPattern"] = error.key_pattern
        answer["keyValue"] = error.key_value
    return bson.encode(answer)


def _run(request: Request) -> Reply:
    command = COMMANDS.get(request.name)
    if command is None:
        raise CommandError(codes.COMMAND_NOT_FOUND, f"no such command: '{request.name}'")
    if request.cluster.users.roles and command.login:
        if not request.client.user:
            text = f"Command {request.name} requires authentication"
            raise CommandError(codes.UNAUTHORIZED, text)
        authorization.check(request)
    if request.cluster.refuses and not command.control:
        refusals.check(request.command)
    _check_role(command, request)
    if "autocommit" in request.command and command.name not in ENDS:
        return _run_in_transaction(command, request)
    return command.run(request)


def _check_role(command: Command, request: Request) -> None:
    if command.role is Role.ANY or request.client.member is request.cluster.replica_set.primary:
        return
    if command.role is Role.PRIMARY:
        raise CommandError(codes.NOT_WRITABLE_PRIMARY, "not primary")
    preference = request.command.get("$readPreference", {}).get("mode", "primary")
    if preference == "primary":
        raise CommandError(codes.NOT_PRIMARY_NO_SECONDARY_OK, "not primary and secondaryOk=false")


def _run_in_transaction(command: Command, request: Request) -> Reply:
    """Any error ends the transaction, as on MongoDB."""
    sessions = request.cluster.sessions
    request.transaction = sessions.transaction(request.command)
    try:
        _check_in_transaction(command, request)
        with request.storage.within(request.transaction):
            reply = command.run(request)
    except CommandError as error:
        sessions.abort(session_of(request.command))
        if error.code == codes.WRITE_CONFLICT:
            raise TransientTransactionError(error.code, error.message) from error
        raise
    if isinstance(reply, dict) and "writeErrors" in reply:
        sessions.abort(session_of(request.command))
    return reply


def _check_in_transaction(command: Command, request: Request) -> None:
    """DocumentDB's developer guide, "Transactions", "Limitations"."""
    if not command.in_transaction:
        raise CommandError(
            codes.NOT_SUPPORTED_IN_TRANSACTION,
            f"Cannot run '{request.name}' in a multi-document transaction.",
        )
    if request.collection is None:
        raise CommandError(
            codes.FEATURE_NOT_SUPPORTED,
            "Feature not supported: non-existent collection in transaction",
        )
