from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from tests.documentdb_server import process


def test_version(client: MongoClient[dict[str, Any]]) -> None:
    assert client.server_info()["versionArray"] == [5, 0, 0, 0]


@pytest.mark.parametrize("name", ["hello", "isMaster", "ismaster"])
def test_hello(client: MongoClient[dict[str, Any]], server: process.Server, name: str) -> None:
    address = f"127.0.0.1:{server.ports[0]}"
    answer = client.admin.command(name)
    assert answer["isWritablePrimary"] is answer["ismaster"] is True
    assert answer["secondary"] is False
    assert answer["me"] == answer["primary"] == address
    assert answer["hosts"] == [address]
    assert answer["setName"] == "rs0"
    assert answer["maxWireVersion"] == 13
    assert answer["logicalSessionTimeoutMinutes"] == 30


def test_direct_connection(server: process.Server) -> None:
    """As through a tunnel, where the members' addresses cannot be reached."""
    url = f"mongodb://127.0.0.1:{server.ports[0]}/?directConnection=true"
    with MongoClient[dict[str, Any]](url) as client:
        assert client.shop.a.count_documents({}) == 0
        assert client.topology_description.topology_type_name == "Single"


def test_unknown_command(client: MongoClient[dict[str, Any]]) -> None:
    with pytest.raises(OperationFailure, match="no such command: 'mapReduce'") as caught:
        client.shop.command("mapReduce", "a")
    assert caught.value.code == 59


def test_a_fault_of_the_stand_in_is_told(client: MongoClient[dict[str, Any]]) -> None:
    with pytest.raises(OperationFailure, match="The stand-in failed in getMore") as caught:
        client.shop.command({"getMore": [], "collection": "a"})
    assert caught.value.code == 1
