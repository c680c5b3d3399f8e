"""MongoDB's test commands. On a mongod they are there with --setParameter enableTestCommands=1."""

from tests.documentdb_server import codes
from tests.documentdb_server.commands.registry import OK, Reply, Role, command
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.failpoints import FAIL_COMMAND
from tests.documentdb_server.request import Request


@command("configureFailPoint", control=True)
def configure_fail_point(request: Request) -> Reply:
    name = request.command["configureFailPoint"]
    if name != FAIL_COMMAND:
        raise CommandError(codes.BAD_VALUE, f"the only fail point is {FAIL_COMMAND}, not {name!r}")
    fail_point = request.client.member.fail_point
    hits = fail_point.hits
    fail_point.configure(request.required("mode"), request.command.get("data") or {})
    return {"count": hits, "ok": 1.0}


@command("waitForFailPoint", control=True)
def wait_for_fail_point(request: Request) -> Reply:
    """The connection has waited already."""
    return OK


@command("replSetStepDown", Role.PRIMARY, control=True)
def step_down(request: Request) -> Reply:
    request.cluster.replica_set.step_down(
        request.client.member,
        away=float(request.command["replSetStepDown"]),
        election=request.command.get("electionPauseMS", 0) / 1000,
    )
    return OK
