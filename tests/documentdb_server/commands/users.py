from typing import Any

from tests.documentdb_server.authorization import stated
from tests.documentdb_server.commands.registry import OK, Reply, Role, command
from tests.documentdb_server.request import Request
from tests.documentdb_server.scram import password_digest
from tests.documentdb_server.users import DATABASE


def _digest(request: Request, name: str) -> str:
    password = str(request.required("pwd"))
    if request.command.get("digestPassword", True):
        return password_digest(name, password)
    return password  # which the driver has made a digest of


@command("createUser", Role.PRIMARY)
def create_user(request: Request) -> Reply:
    name = request.subject
    roles = stated(request.required("roles"), request.database)
    request.cluster.users.create(name, _digest(request, name), roles)
    return OK


@command("updateUser", Role.PRIMARY)
def update_user(request: Request) -> Reply:
    name = request.subject
    digest = _digest(request, name) if "pwd" in request.command else None
    given = request.command.get("roles")
    roles = None if given is None else stated(given, request.database)
    request.cluster.users.update(name, digest, roles)
    return OK


@command("dropUser", Role.PRIMARY)
def drop_user(request: Request) -> Reply:
    request.cluster.users.drop(request.subject)
    return OK


@command("usersInfo", Role.READER)
def users_info(request: Request) -> Reply:
    wanted = _names(request.subject)
    users = [
        {
            "_id": f"{DATABASE}.{user['_id']}",
            "user": user["_id"],
            "db": DATABASE,
            "roles": user["roles"],
        }
        for user in request.cluster.users.all()
        if wanted is None or user["_id"] in wanted
    ]
    return {"users": users, "ok": 1.0}


def _names(asked: Any) -> set[str] | None:
    """None stands for all of them: {usersInfo: 1}."""
    if isinstance(asked, str):
        return {asked}
    if isinstance(asked, dict):
        return {str(asked.get("user"))} if "user" in asked else None
    if isinstance(asked, list):
        return {name for each in asked for name in _names(each) or ()}
    return None
