from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import ServerSelectionTimeoutError

from tests.documentdb_server import process
from tests.documentdb_server.certificates import self_signed

Document = dict[str, Any]
QUICKLY = {"serverSelectionTimeoutMS": "500"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def secured(certificate: Path) -> Iterator[process.Server]:
    with process.start(certificate=certificate, user="shop", password="secret") as server:
        yield server


def ping(url: str) -> None:
    with MongoClient[Document](url) as client:
        client.shop.a.insert_one({})


def test_known_authority(secured: process.Server, certificate: Path) -> None:
    ping(secured.url(tlsCAFile=str(certificate)))


def test_unknown_authority(secured: process.Server) -> None:
    with pytest.raises(ServerSelectionTimeoutError, match="CERTIFICATE_VERIFY_FAILED"):
        ping(secured.url(**QUICKLY))


def test_no_tls(secured: process.Server, certificate: Path) -> None:
    with pytest.raises(ServerSelectionTimeoutError):
        ping(secured.url(tls="false", **QUICKLY))
    ping(secured.url(tlsCAFile=str(certificate)))


def test_another_host_name(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path, address="127.0.0.2")
    with process.start(certificate=certificate) as server:
        trusting = server.url(tlsCAFile=str(certificate), **QUICKLY)
        with pytest.raises(ServerSelectionTimeoutError, match="IP address mismatch"):
            ping(trusting)
        ping(f"{trusting}&tlsAllowInvalidHostnames=true")
