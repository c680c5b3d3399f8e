from tests.documentdb_server.commands.registry import OK, Reply, Role, command
from tests.documentdb_server.request import Request
from tests.documentdb_server.sessions import session_of


@command("commitTransaction", Role.PRIMARY, in_transaction=True)
def commit(request: Request) -> Reply:
    sessions = request.cluster.sessions
    sessions.transaction(request.command)  # or there is none, which is an error
    sessions.commit(session_of(request.command))
    return OK


@command("abortTransaction", Role.PRIMARY, in_transaction=True)
def abort(request: Request) -> Reply:
    sessions = request.cluster.sessions
    sessions.transaction(request.command)
    sessions.abort(session_of(request.command))
    return OK


@command("endSessions")
def end_sessions(request: Request) -> Reply:
    for session in request.command["endSessions"]:
        request.cluster.sessions.abort(bytes(session["id"]))
    return OK
