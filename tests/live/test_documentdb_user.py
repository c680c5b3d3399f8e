"""`manage.py create_database_roles` on DocumentDB; what the user it makes can and cannot do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest
from pymongo.errors import OperationFailure

from tests.documentdb_server.process import Server as StandIn
from tests.environment import start_stand_in
from tests.live.server import Server

Client = pymongo.MongoClient[dict[str, Any]]
PASSWORD = 'use: with/all@of%them\'s "and" $more'


@pytest.fixture(scope="module")
def documentdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    with start_stand_in(tmp_path_factory.mktemp("documentdb")) as server:
        yield server


@pytest.fixture
def administrator(documentdb: StandIn, tmp_path: Path) -> Server:
    return catalog(tmp_path, documentdb.url("catalog"), USER_PASSWORD=PASSWORD)


def catalog(folder: Path, url: str, **variables: str) -> Server:
    return Server(folder, url, DJANGO_SETTINGS_MODULE="ecom.settings.catalog", **variables)


def as_user(documentdb: StandIn, user: str, password: str, database: str) -> str:
    other = StandIn(
        None, members=1, user=user, password=password, certificate=None, profile="mongodb"
    )
    other.ports = documentdb.ports
    return other.url(database)


def test_the_catalog_as_its_own_user(
    documentdb: StandIn, administrator: Server, tmp_path: Path
) -> None:
    done = administrator.manage("create_database_roles", "catalog")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Database catalog: catalog_user for migrate and the service.\n"

    url = as_user(documentdb, "catalog_user", PASSWORD, "catalog")
    migrated = catalog(tmp_path, url).manage("migrate", "--verbosity=0")
    assert migrated.returncode == 0, migrated.stderr
    with Client(documentdb.url()) as admin, Client(url) as client:
        admin.other.secret.insert_one({})
        assert client.catalog.catalog_item.count_documents({}) == 0
        for command in (
            client.other.secret.find_one,
            lambda: client.other.secret.insert_one({}),
            lambda: client.admin.command("usersInfo", 1),
            lambda: client.admin.command("updateUser", "catalog_user", roles=["root"]),
        ):
            with pytest.raises(OperationFailure) as caught:
                command()
            assert caught.value.code == 13


def test_again_with_another_password(documentdb: StandIn, administrator: Server) -> None:
    for password in ("first of all", "second: @/%"):
        administrator.environment["USER_PASSWORD"] = password
        done = administrator.manage("create_database_roles", "again", "--user=mine")
        assert done.returncode == 0, done.stderr
        assert password not in done.stdout + done.stderr
    with Client(as_user(documentdb, "mine", "second: @/%", "again")) as client:
        client.again.items.insert_one({})
    with Client(as_user(documentdb, "mine", "first of all", "again")) as client:
        with pytest.raises(OperationFailure) as caught:
            client.again.items.find_one()
        assert caught.value.code == 18
    with Client(documentdb.url()) as admin:
        [user] = admin.admin.command("usersInfo", "mine")["users"]
    assert user["roles"] == [{"role": "readWrite", "db": "again"}]


def test_a_user_of_something_else(documentdb: StandIn, administrator: Server) -> None:
    with Client(documentdb.url()) as admin:
        roles = [{"role": "readWrite", "db": "theirs"}]
        admin.admin.command("createUser", "theirs_user", pwd="unchanged", roles=roles)
    for name, options in (("ours", ["--user=theirs_user"]), ("ours", ["--user=shop"])):
        done = administrator.manage("create_database_roles", name, *options)
        assert done.returncode == 1
        assert "exists and may do more than use the database ours" in done.stderr
    with Client(as_user(documentdb, "theirs_user", "unchanged", "theirs")) as client:
        client.theirs.a.find_one()


@pytest.mark.parametrize(
    ("changes", "options", "sentence"),
    [
        ({}, ["--owner=mine"], "On DocumentDB one user migrates and serves: leave --owner out."),
        ({"USER_PASSWORD": ""}, [], "The role new_user needs a password: set USER_PASSWORD."),
    ],
)
def test_refused(
    administrator: Server, changes: dict[str, str], options: list[str], sentence: str
) -> None:
    administrator.environment |= changes
    done = administrator.manage("create_database_roles", "new", *options)
    assert (done.returncode, done.stderr) == (1, f"CommandError: {sentence}\n")


def test_no_administrator(documentdb: StandIn, administrator: Server, tmp_path: Path) -> None:
    with Client(documentdb.url()) as admin:
        admin.admin.command("createUser", "clerk", pwd="clerk", roles=[])
    url = as_user(documentdb, "clerk", "clerk", "catalog")
    done = catalog(tmp_path, url, USER_PASSWORD=PASSWORD).manage("create_database_roles", "new")
    assert (done.returncode, done.stderr) == (
        1,
        "CommandError: The user of DATABASE_URL may not make others. Give the administrator's.\n",
    )
