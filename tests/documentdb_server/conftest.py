from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from tests.documentdb_server import process

Document = dict[str, Any]


@pytest.fixture(scope="session")
def server() -> Iterator[process.Server]:
    """One for all tests that do no harm to it."""
    with process.start() as server:
        yield server


@pytest.fixture(scope="session")
def client(server: process.Server) -> Iterator[MongoClient[Document]]:
    with MongoClient[Document](server.url()) as client:
        yield client


@pytest.fixture
def database(client: MongoClient[Document]) -> Iterator[Database[Document]]:
    """Empty before and after the test."""
    yield client.shop
    client.admin.command("configureFailPoint", "failCommand", mode="off")
    client.drop_database("shop")
