from tests.documentdb_server import wire
from tests.documentdb_server.commands.registry import OK, Reply, command
from tests.documentdb_server.request import Request
from tests.documentdb_server.users import MECHANISM

VERSION = [5, 0, 0, 0]


@command("hello", login=False)
@command("isMaster", login=False)
def hello(request: Request) -> Reply:
    described = request.cluster.replica_set.hello(request.client.member)
    described["connectionId"] = request.client.id
    if "saslSupportedMechs" in request.command:
        described["saslSupportedMechs"] = [MECHANISM]
    return described


@command("buildInfo", login=False)
def build_info(request: Request) -> Reply:
    return {
        "version": ".".join(map(str, VERSION[:3])),
        "versionArray": VERSION,
        "gitVersion": "stand-in",
        "bits": 64,
        "maxBsonObjectSize": wire.MAX_DOCUMENT,
        "ok": 1.0,
    }


@command("ping", login=False)
def ping(request: Request) -> Reply:
    return OK
