import traceback
from collections.abc import Callable
from typing import Any

import pytest
from bson import Int64
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)

from ecom.documentdb.base import DatabaseWrapper
from ecom.documentdb.errors import code_of
from tests.documentdb.conftest import Connect
from tests.documentdb_server.process import Server

Fail = Callable[..., None]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (9, NotSupportedError),
        (303, NotSupportedError),
        (304, NotSupportedError),
        (305, NotSupportedError),
        (13, OperationalError),
        (18, OperationalError),
        (50, OperationalError),
        (251, OperationalError),
        (40333, OperationalError),
        (26, ProgrammingError),
        (27, ProgrammingError),
        (48, ProgrammingError),
        (86, ProgrammingError),
        (2, DataError),
        (14, DataError),
        (10334, DataError),
        (17419, DataError),
        (1, DatabaseError),
    ],
)
def test_code(
    connection: DatabaseWrapper, fail: Fail, code: int, expected: type[DatabaseError]
) -> None:
    fail("distinct", errorCode=code)
    with pytest.raises(DatabaseError) as caught:
        connection.get_collection("shoes").distinct("name")
    assert type(caught.value) is expected
    assert code_of(caught.value) == code


def test_not_supported_names_the_construct(connection: DatabaseWrapper) -> None:
    with pytest.raises(NotSupportedError, match=r"\$facet"):
        connection.get_collection("shoes").aggregate([{"$facet": {"all": []}}])


def test_duplicate_key(connection: DatabaseWrapper) -> None:
    shoes = connection.get_collection("shoes")
    shoes.insert_one({"_id": 1})
    with pytest.raises(IntegrityError) as caught:
        shoes.insert_many([{"_id": 2}, {"_id": 1}, {"_id": 3}])
    assert code_of(caught.value) == 11000
    assert shoes.distinct("_id") == [1, 2]


def test_duplicate_key_hides_no_conflict(connection: DatabaseWrapper) -> None:
    """bulk_create(ignore_conflicts=True) and add() ignore the one, and must not lose the other."""
    shoes = connection.get_collection("shoes")
    shoes.insert_one({"_id": 1})
    with connection.current_database().client.start_session() as session:
        session.start_transaction()
        shoes.insert_one({"_id": 2}, session=session)
        with pytest.raises(OperationalError) as caught:
            shoes.insert_many([{"_id": 1}, {"_id": 2}], ordered=False)
    assert code_of(caught.value) == 112


def test_duplicate_key_found_by_find_one_and_update(connection: DatabaseWrapper) -> None:
    shoes = connection.get_collection("shoes")
    shoes.insert_many([{"_id": 1, "sku": "a"}, {"_id": 2, "sku": "b"}])
    shoes.create_index("sku", unique=True)
    with pytest.raises(IntegrityError):
        shoes.find_one_and_update({"_id": 1}, {"$set": {"sku": "b"}})


@pytest.mark.parametrize("single", [True, False])
def test_no_value_of_a_document_is_shown(connection: DatabaseWrapper, single: bool) -> None:
    shoes = connection.get_collection("shoes")
    document = {"_id": "hidden-id", "password": "hidden-hash"}
    shoes.insert_one(document)
    with pytest.raises(IntegrityError) as caught:
        if single:
            shoes.insert_one(document)
        else:
            shoes.find_one_and_replace({"_id": "other"}, document, upsert=True)
    assert "hidden" not in "".join(traceback.format_exception(caught.value))


def test_value_that_bson_cannot_hold(connection: DatabaseWrapper) -> None:
    shoes = connection.get_collection("shoes")
    with pytest.raises(DataError):
        shoes.insert_one({"size": 2**64})
    with pytest.raises(DataError):
        shoes.insert_one({"size": object()})
    shoes.insert_one({"size": Int64(2**63 - 1)})


@pytest.mark.parametrize("document", [{"size": {"hidden"}}, {"hidden\0": 1}])
def test_value_that_bson_cannot_hold_is_not_shown(
    connection: DatabaseWrapper, document: dict[str, Any]
) -> None:
    with pytest.raises(DataError) as caught:
        connection.get_collection("shoes").insert_one(document)
    assert "hidden" not in "".join(map(str, (caught.value, caught.value.__cause__)))


@pytest.mark.parametrize("update", [False, True])
def test_document_that_is_too_large(connection: DatabaseWrapper, update: bool) -> None:
    shoes = connection.get_collection("shoes")
    nine_mebibytes = "x" * 9 * 1024**2
    shoes.insert_one({"_id": 1, "a": nine_mebibytes})
    with pytest.raises(DataError, match="16 MiB"):
        if update:
            shoes.update_one({"_id": 1}, {"$set": {"b": nine_mebibytes}})
        else:
            shoes.insert_one({"_id": 2, "a": 2 * nine_mebibytes})
    assert [list(shoe) for shoe in shoes.find({})] == [["_id", "a"]]


def test_error_while_reading_on(connection: DatabaseWrapper, fail: Fail) -> None:
    shoes = connection.get_collection("shoes")
    shoes.insert_many([{"size": size} for size in range(5)])
    found = shoes.find({}, batch_size=2)
    assert next(found)["size"] == 0
    fail("getMore", errorCode=43)
    with pytest.raises(OperationalError, match="Run the query again"):
        list(found)


def test_nobody_listens(connect: Connect) -> None:
    connection = connect("mongodb://127.0.0.1:1", serverSelectionTimeoutMS=50)
    with pytest.raises(OperationalError, match="No server of the cluster can be reached"):
        connection.get_collection("shoes").find_one({})


def test_slow_answer(server: Server, connect: Connect, fail: Fail) -> None:
    connection = connect(server.url(), socketTimeoutMS=50)
    connection.ensure_connection()
    fail("count", blockConnection=True, blockTimeMS=300, times=2)
    with pytest.raises(OperationalError, match="socketTimeoutMS"):
        connection.get_database().command("count", "shoes")


def test_pool_exhausted(server: Server, connect: Connect) -> None:
    connection = connect(server.url(), maxPoolSize=1, waitQueueTimeoutMS=50)
    shoes = connection.get_collection("shoes")
    shoes.insert_many([{"size": size} for size in range(3)])
    session = connection.current_database().client.start_session()
    with session.start_transaction():
        shoes.insert_one({}, session=session)
        pool = next(iter(connection.current_database().client._topology._servers.values())).pool
        with pool.checkout(), pytest.raises(OperationalError, match="maxPoolSize"):
            shoes.find_one({})


def test_refused_by_a_client_that_is_closed(connection: DatabaseWrapper) -> None:
    shoes = connection.get_collection("shoes")
    connection.current_database().client.close()
    with pytest.raises(InterfaceError):
        shoes.find_one({})
