import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import (
    AutoReconnect,
    ExecutionTimeout,
    NetworkTimeout,
    OperationFailure,
    WriteConcernError,
)

from tests.documentdb_server import process

Document = dict[str, Any]


def inject(database: Database[Document], mode: Any, **data: Any) -> int:
    """Return how often the fail point was hit before."""
    answer = database.client.admin.command(
        "configureFailPoint", "failCommand", mode=mode, data=data
    )
    return int(answer["count"])


def wait(database: Database[Document], hits: int, within: float = 10) -> None:
    database.client.admin.command(
        "waitForFailPoint", "failCommand", timesEntered=hits, maxTimeMS=within * 1000
    )


def test_error(database: Database[Document]) -> None:
    inject(
        database,
        {"times": 2},
        failCommands=["insert"],
        errorCode=112,
        errorLabels=["TransientTransactionError"],
    )
    for _ in range(2):
        with pytest.raises(OperationFailure) as caught:
            database.a.insert_one({})
        assert caught.value.code == 112
        assert caught.value.has_error_label("TransientTransactionError")
    assert database.a.count_documents({}) == 0
    database.a.insert_one({})
    assert database.a.count_documents({}) == 1


def test_other_commands_pass(database: Database[Document]) -> None:
    inject(database, "alwaysOn", failCommands=["update", "delete"], errorCode=112)
    database.a.insert_one({})
    with pytest.raises(OperationFailure):
        database.a.delete_one({})


def test_off(database: Database[Document]) -> None:
    inject(database, "alwaysOn", failCommands=["insert"], errorCode=112)
    inject(database, "off")
    database.a.insert_one({})


def test_skip(database: Database[Document]) -> None:
    inject(database, {"skip": 1}, failCommands=["insert"], errorCode=112)
    database.a.insert_one({})
    with pytest.raises(OperationFailure):
        database.a.insert_one({})


@pytest.mark.parametrize(("probability", "failures"), [(0, 0), (1, 20)])
def test_probability(database: Database[Document], probability: float, failures: int) -> None:
    mode = {"activationProbability": probability}
    inject(database, mode, failCommands=["insert"], errorCode=112)
    failed = 0
    for _ in range(20):
        try:
            database.a.insert_one({})
        except OperationFailure:
            failed += 1
    assert failed == failures


@pytest.mark.parametrize("mode", ["sometimes", {"times": "2"}, {"never": 1}])
def test_unknown_mode(database: Database[Document], mode: Any) -> None:
    with pytest.raises(OperationFailure) as caught:
        inject(database, mode, failCommands=["insert"], errorCode=112)
    assert caught.value.code == 2


def test_closed_before_the_command(database: Database[Document]) -> None:
    inject(database, {"times": 1}, failCommands=["insert"], closeConnection=True)
    with pytest.raises(AutoReconnect):
        database.a.insert_one({"_id": 1})
    assert database.a.count_documents({}) == 0


def test_closed_after_the_command(database: Database[Document]) -> None:
    """The lost acknowledgement: the client cannot tell it from the other one."""
    inject(database, {"times": 1}, failCommands=["insert"], closeAfter=True)
    with pytest.raises(AutoReconnect):
        database.a.insert_one({"_id": 1})
    assert database.a.count_documents({}) == 1


def test_delay_longer_than_the_client_waits(
    server: process.Server, database: Database[Document]
) -> None:
    inject(database, {"times": 1}, failCommands=["insert"], blockConnection=True, blockTimeMS=400)
    with (
        MongoClient[Document](server.url(socketTimeoutMS="100")) as impatient,
        pytest.raises(NetworkTimeout),
    ):
        impatient.shop.a.insert_one({"_id": 1})
    deadline = time.monotonic() + 10
    while database.a.count_documents({}) == 0:
        assert time.monotonic() < deadline, "the delayed insert was never carried out"
        time.sleep(0.01)


def test_a_delayed_command_holds_up_nobody_else(database: Database[Document]) -> None:
    hits = inject(
        database, {"times": 1}, failCommands=["insert"], blockConnection=True, blockTimeMS=500
    )
    with ThreadPoolExecutor(1) as others:
        delayed = others.submit(database.a.insert_one, {"_id": 1})
        wait(database, hits + 1)
        database.b.insert_one({"_id": 2})
        assert database.a.count_documents({}) == 0
        delayed.result()
    assert database.a.count_documents({}) == 1


def test_wait_in_vain(database: Database[Document]) -> None:
    hits = inject(database, "alwaysOn", failCommands=["insert"], errorCode=112)
    with pytest.raises(ExecutionTimeout):
        wait(database, hits + 1, within=0.05)


def test_write_concern_error(database: Database[Document]) -> None:
    inject(
        database,
        {"times": 1},
        failCommands=["insert"],
        writeConcernError={"code": 64, "errmsg": "waiting for replication timed out"},
    )
    with pytest.raises(WriteConcernError) as caught:
        database.a.insert_one({"_id": 1})
    assert caught.value.code == 64
    assert database.a.count_documents({}) == 1


def test_two_index_builds_at_once(database: Database[Document]) -> None:
    database.create_collection("a")
    hits = inject(
        database,
        "alwaysOn",
        failCommands=["createIndexes"],
        blockConnection=True,
        blockTimeMS=500,
    )
    with ThreadPoolExecutor(1) as others:
        building = others.submit(database.a.create_index, "x")
        wait(database, hits + 1)
        with pytest.raises(OperationFailure) as caught:
            database.a.create_index("y")
        assert caught.value.code == 40333
        building.result()
    inject(database, "off")
    database.a.create_index("y")
    assert set(database.a.index_information()) == {"_id_", "x_1", "y_1"}
