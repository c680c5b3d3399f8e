"""What a user's roles allow: of DocumentDB's built-in ones those that services and administrators
need (its developer guide, "Role-based access control")."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.documentdb_server import codes
from tests.documentdb_server.engine.errors import CommandError
from tests.documentdb_server.request import Request

READ = {"find", "aggregate", "count", "distinct", "explain", "getMore", "killCursors"}
READ |= {"listCollections", "listIndexes", "collStats", "dbStats"}
WRITE = {"insert", "update", "delete", "findAndModify", "create", "drop", "renameCollection"}
WRITE |= {"createIndexes", "dropIndexes"}
USERS = {"createUser", "updateUser", "dropUser", "usersInfo"}
# By role what it allows, and whether in every database.
ROLES: Mapping[str, tuple[set[str], bool]] = {
    "read": (READ, False),
    "readWrite": (READ | WRITE, False),
    "readAnyDatabase": (READ, True),
    "readWriteAnyDatabase": (READ | WRITE, True),
    "userAdminAnyDatabase": (USERS, True),
    "root": (READ | WRITE | USERS | {"dropDatabase"}, True),
}
RESTRICTED = {name for allowed, _ in ROLES.values() for name in allowed}


def stated(roles: list[Any], database: str) -> list[dict[str, str]]:
    """With the database of each: a role that names none is of the one the command was sent to."""
    found = [
        {"role": each, "db": database}
        if isinstance(each, str)
        else {"role": str(each["role"]), "db": str(each.get("db", database))}
        for each in roles
    ]
    for each in found:
        if each["role"] not in ROLES:
            raise CommandError(codes.ROLE_NOT_FOUND, f"No role named {each['role']}@{each['db']}")
    return found


def check(request: Request) -> None:
    """CommandError for what the user who is signed in may not do."""
    roles = request.cluster.users.roles.get(request.client.user, [])
    for name, database in needed(request):
        if not any(allows(role, name, database) for role in roles):
            raise CommandError(codes.UNAUTHORIZED, "Authorization failure")


def needed(request: Request) -> Iterator[tuple[str, str]]:
    """Commands with their databases."""
    if request.name not in RESTRICTED:
        return
    database = request.database
    if request.name == "renameCollection":  # sent to admin, of any database
        database = str(request.subject).partition(".")[0]
    yield request.name, database
    if request.name == "explain":
        yield next(iter(request.subject)), database
    for stage in request.command.get("pipeline", ()):
        if "$out" in stage:
            target = stage["$out"]
            yield "insert", target.get("db", database) if isinstance(target, dict) else database


def allows(role: Mapping[str, str], name: str, database: str) -> bool:
    allowed, everywhere = ROLES[role["role"]]
    return name in allowed and (everywhere or role["db"] == database)
