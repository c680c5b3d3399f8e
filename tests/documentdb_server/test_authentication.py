from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from tests.documentdb_server import process

Document = dict[str, Any]
PASSWORD = "p@ss, w=rd / ä"


@pytest.fixture(scope="module")
def locked() -> Iterator[process.Server]:
    with process.start(user="shop", password=PASSWORD) as server:
        yield server


def connect(
    server: process.Server, user: str, password: str, **options: Any
) -> MongoClient[Document]:
    chosen = {"authSource": "admin", "authMechanism": "SCRAM-SHA-1"} | options
    return MongoClient(
        f"mongodb://127.0.0.1:{server.ports[0]}/?directConnection=true",
        username=user,
        password=password,
        **chosen,
    )


def refusal(client: MongoClient[Document]) -> OperationFailure:
    with client, pytest.raises(OperationFailure) as caught:
        client.shop.a.find_one()
    return caught.value


def test_right_password(locked: process.Server) -> None:
    with MongoClient[Document](locked.url()) as client:
        client.shop.a.insert_one({})
        [user] = client.admin.command("connectionStatus")["authInfo"]["authenticatedUsers"]
    assert user == {"user": "shop", "db": "admin"}


def test_no_user(locked: process.Server) -> None:
    with MongoClient[Document](f"mongodb://127.0.0.1:{locked.ports[0]}") as client:
        assert client.admin.command("ping") == {"ok": 1.0}
        with pytest.raises(OperationFailure, match="requires authentication") as caught:
            client.shop.a.find_one()
    assert caught.value.code == 13


@pytest.mark.parametrize(
    ("user", "password"), [("shop", "wrong"), ("nobody", PASSWORD), ("shop", f"{PASSWORD} ")]
)
def test_wrong_credentials(locked: process.Server, user: str, password: str) -> None:
    assert refusal(connect(locked, user, password)).code == 18


def test_wrong_database(locked: process.Server) -> None:
    assert refusal(connect(locked, "shop", PASSWORD, authSource="shop")).code == 18


def test_scram_sha_256(locked: process.Server) -> None:
    error = refusal(connect(locked, "shop", PASSWORD, authMechanism="SCRAM-SHA-256"))
    assert "Unsupported mechanism [ -301 ]" in str(error)


def test_negotiated_mechanism(locked: process.Server) -> None:
    with connect(locked, "shop", PASSWORD, authMechanism="DEFAULT") as client:
        assert client.shop.a.count_documents({"none": 1}) == 0


def test_a_failed_attempt_leaves_the_connection_without_a_user(locked: process.Server) -> None:
    url = f"mongodb://127.0.0.1:{locked.ports[0]}/?maxPoolSize=1"
    with MongoClient[Document](url) as client:
        with pytest.raises(OperationFailure):
            client.admin.command("saslContinue", conversationId=1, payload=b"")
        with pytest.raises(OperationFailure) as caught:
            client.shop.a.find_one()
    assert caught.value.code == 13


@pytest.mark.parametrize("payload", [b"", b"n,,", b"n,,n=shop", b"\xff\xfe", b"n=shop,r=1"])
def test_malformed_first_message(locked: process.Server, payload: bytes) -> None:
    url = f"mongodb://127.0.0.1:{locked.ports[0]}/?maxPoolSize=1"
    with MongoClient[Document](url) as client, pytest.raises(OperationFailure) as caught:
        client.admin.command("saslStart", mechanism="SCRAM-SHA-1", payload=payload)
        client.admin.command("saslContinue", conversationId=1, payload=b"c=biws,p=AA==")
    assert caught.value.code == 18


def test_users(locked: process.Server) -> None:
    with MongoClient[Document](locked.url()) as admin:
        admin.shop.command("createUser", "clerk", pwd="first", roles=["readWrite"])
        with pytest.raises(OperationFailure) as caught:
            admin.admin.command("createUser", "clerk", pwd="again", roles=[])
        assert caught.value.code == 51003
        with connect(locked, "clerk", "first") as clerk:
            clerk.shop.a.find_one()

        admin.admin.command("updateUser", "clerk", pwd="second")
        assert refusal(connect(locked, "clerk", "first")).code == 18
        with connect(locked, "clerk", "second") as clerk:
            clerk.shop.a.find_one()

        users = admin.admin.command("usersInfo", "clerk")["users"]
        assert [(each["user"], each["roles"]) for each in users] == [
            ("clerk", [{"role": "readWrite", "db": "shop"}])
        ]
        assert len(admin.admin.command("usersInfo", 1)["users"]) == 2

        admin.admin.command("dropUser", "clerk")
        assert refusal(connect(locked, "clerk", "second")).code == 18
        with pytest.raises(OperationFailure) as caught:
            admin.admin.command("dropUser", "clerk")
        assert caught.value.code == 11


def test_the_users_are_not_shown_as_data(locked: process.Server) -> None:
    with MongoClient[Document](locked.url()) as client:
        assert "admin" not in client.list_database_names()
        assert client.admin.list_collection_names() == []
