"""Signing in with SCRAM-SHA-1, the only mechanism for passwords that DocumentDB 5.0 has."""

import binascii

from tests.documentdb_server import codes
from tests.documentdb_server.commands.registry import Reply, command
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.request import Request
from tests.documentdb_server.scram import Conversation, WrongCredentials, user_of
from tests.documentdb_server.users import DATABASE, MECHANISM

UNACCEPTABLE = (WrongCredentials, binascii.Error, IndexError, UnicodeDecodeError)
CONVERSATION = 1  # one at a time on each connection


def failed() -> CommandError:
    return CommandError(codes.AUTHENTICATION_FAILED, "Authentication failed.")


@command("saslStart", login=False)
def start(request: Request) -> Reply:
    if request.command.get("mechanism") != MECHANISM:
        raise CommandError(codes.BAD_VALUE, "Unsupported mechanism [ -301 ]")
    first_message = bytes(request.required("payload"))
    try:
        name = user_of(first_message)
        credentials = request.cluster.users.credentials(name)
        if credentials is None or request.database != DATABASE:
            raise WrongCredentials
        conversation = Conversation(credentials, first_message)
    except UNACCEPTABLE:
        raise failed() from None
    request.client.conversation = (name, conversation)
    return _step(conversation.challenge, done=False)


@command("saslContinue", login=False)
def proceed(request: Request) -> Reply:
    payload = bytes(request.required("payload"))
    if request.client.conversation is None:
        if request.client.user and not payload:
            return _step(b"", done=True)  # the empty exchange that ends a conversation
        raise failed()
    name, conversation = request.client.conversation
    request.client.conversation = None
    try:
        signature = conversation.verify(payload)
    except UNACCEPTABLE:
        raise failed() from None
    request.client.user = name
    return _step(signature, done=False)


def _step(payload: bytes, *, done: bool) -> Reply:
    return {"conversationId": CONVERSATION, "done": done, "payload": payload, "ok": 1.0}


@command("connectionStatus", login=False)
def connection_status(request: Request) -> Reply:
    name = request.client.user
    users = [{"user": name, "db": DATABASE}] if name else []
    roles = request.cluster.users.roles.get(name, [])
    described = {"authenticatedUsers": users, "authenticatedUserRoles": roles}
    return {"authInfo": described, "ok": 1.0}
