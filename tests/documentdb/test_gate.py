import logging
from typing import Any

import pytest
from django.db import NotSupportedError

from ecom.documentdb.base import DatabaseWrapper
from ecom.documentdb.gate import Violation
from tests.documentdb.conftest import Connect
from tests.documentdb_server.process import Server, start


@pytest.fixture
def connection(connect: Connect, server: Server) -> DatabaseWrapper:
    return connect(server.url(), gate=True)


def test_violation(connection: DatabaseWrapper, caplog: pytest.LogCaptureFixture) -> None:
    database = connection.current_database()
    for _ in range(2):
        with pytest.raises(Exception, match="facet"):
            database.shoes.aggregate([{"$match": {"name": "secret"}}, {"$facet": {}}])
    assert connection.gate is not None
    facet: Any = ("stage", "$facet")
    assert connection.gate.violations == [Violation("aggregate", "shoes", facet)]
    (record,) = [each for each in caplog.records if each.name == "ecom.documentdb.gate"]
    assert record.levelno == logging.WARNING
    assert "aggregate on shoes" in record.getMessage()
    assert "$facet" in record.getMessage()
    assert "secret" not in record.getMessage()


def test_violation_of_another_thread(connection: DatabaseWrapper) -> None:
    other = connection.copy(connection.alias)
    with pytest.raises(NotSupportedError):
        other.get_collection("shoes").aggregate([{"$facet": {}}])
    assert connection.gate is not None
    assert len(connection.gate.violations) == 1


def test_nothing_to_say(connection: DatabaseWrapper, caplog: pytest.LogCaptureFixture) -> None:
    shoes = connection.get_collection("shoes")
    shoes.insert_one({"size": 40})
    list(shoes.aggregate([{"$match": {"size": 40}}]))
    connection.get_database().command("ping")
    assert connection.gate is not None
    assert connection.gate.violations == []
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []


def test_sign_in_passes(connect: Connect) -> None:
    with start(user="shop", password="secret") as server:
        connection = connect(server.url(), gate=True)
        connection.get_database().command("ping")
        assert connection.gate is not None
        assert connection.gate.violations == []


def test_off_by_default(connect: Connect, server: Server) -> None:
    assert connect(server.url()).gate is None
