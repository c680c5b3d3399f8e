import os
import time

from tests.documentdb_server.commands.handshake import VERSION
from tests.documentdb_server.commands.registry import Reply, command
from tests.documentdb_server.request import Request

STARTED = time.monotonic()


@command("serverStatus")
def server_status(request: Request) -> Reply:
    member = request.client.member
    return {
        "host": member.address,
        "version": ".".join(map(str, VERSION[:3])),
        "process": "stand-in",
        "pid": os.getpid(),
        "uptime": time.monotonic() - STARTED,
        "connections": {"current": len(member.connections)},
        "metrics": {"cursor": {"open": {"total": len(member.cursors.open)}}},
        "transactions": {"currentOpen": len(request.cluster.sessions.open)},
        "ok": 1.0,
    }
