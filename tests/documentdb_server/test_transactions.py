from typing import Any

import pytest
from pymongo.database import Database
from pymongo.errors import OperationFailure

Document = dict[str, Any]


@pytest.fixture
def database(database: Database[Document]) -> Database[Document]:
    database.a.insert_one({"_id": 0, "x": 0})
    return database


def test_commit(database: Database[Document]) -> None:
    with database.client.start_session() as session, session.start_transaction():
        database.a.insert_one({"_id": 1}, session=session)
        database.a.update_one({"_id": 0}, {"$inc": {"x": 1}}, session=session)
        assert database.a.count_documents({}, session=session) == 2
    assert list(database.a.find(sort={"_id": 1})) == [{"_id": 0, "x": 1}, {"_id": 1}]


def test_abort(database: Database[Document]) -> None:
    with database.client.start_session() as session:
        session.start_transaction()
        database.a.insert_one({"_id": 1}, session=session)
        database.a.update_one({"_id": 0}, {"$inc": {"x": 1}}, session=session)
        database.a.delete_many({}, session=session)
        session.abort_transaction()
    assert list(database.a.find()) == [{"_id": 0, "x": 0}]


def test_an_error_ends_the_transaction(database: Database[Document]) -> None:
    with database.client.start_session() as session:
        session.start_transaction()
        database.a.insert_one({"_id": 1}, session=session)
        with pytest.raises(OperationFailure):
            database.a.insert_one({"_id": 0}, session=session)
        with pytest.raises(OperationFailure) as caught:
            database.a.insert_one({"_id": 2}, session=session)
        assert caught.value.code == 251
        assert caught.value.has_error_label("TransientTransactionError")
    assert database.a.distinct("_id") == [0]


def test_conflict(database: Database[Document]) -> None:
    client = database.client
    with client.start_session() as first, client.start_session() as second:
        first.start_transaction()
        second.start_transaction()
        database.a.update_one({"_id": 0}, {"$inc": {"x": 1}}, session=first)
        with pytest.raises(OperationFailure) as caught:
            database.a.update_one({"_id": 0}, {"$inc": {"x": 10}}, session=second)
        assert caught.value.code == 112
        assert caught.value.has_error_label("TransientTransactionError")
        first.commit_transaction()
    assert database.a.find_one() == {"_id": 0, "x": 1}


def test_conflict_with_a_write_outside(database: Database[Document]) -> None:
    with database.client.start_session() as session:
        session.start_transaction()
        database.a.update_one({"_id": 0}, {"$inc": {"x": 1}}, session=session)
        with pytest.raises(OperationFailure) as caught:
            database.a.update_one({"_id": 0}, {"$inc": {"x": 10}})
        assert caught.value.code == 112
        assert not caught.value.has_error_label("TransientTransactionError")
        session.abort_transaction()
    database.a.update_one({"_id": 0}, {"$inc": {"x": 10}})
    assert database.a.find_one() == {"_id": 0, "x": 10}


def test_collection_that_is_not_there(database: Database[Document]) -> None:
    with database.client.start_session() as session:
        session.start_transaction()
        with pytest.raises(OperationFailure, match="non-existent collection") as caught:
            database.b.insert_one({}, session=session)
        assert caught.value.code == 303
    assert database.list_collection_names() == ["a"]


def test_cursor(database: Database[Document]) -> None:
    database.a.insert_many([{} for _ in range(5)])
    with database.client.start_session() as session:
        session.start_transaction()
        cursor = database.a.find(session=session, batch_size=2)
        with pytest.raises(OperationFailure, match="getMore") as caught:
            list(cursor)
        assert caught.value.code == 263


def test_schema_change(database: Database[Document]) -> None:
    with database.client.start_session() as session:
        session.start_transaction()
        with pytest.raises(OperationFailure) as caught:
            database.create_collection("b", session=session, check_exists=False)
        assert caught.value.code == 263


def test_second_transaction_of_a_session(database: Database[Document]) -> None:
    with database.client.start_session() as session:
        for number in (1, 2):
            with session.start_transaction():
                database.a.insert_one({"_id": number}, session=session)
    assert sorted(database.a.distinct("_id")) == [0, 1, 2]


def test_end_of_the_session(database: Database[Document]) -> None:
    session = database.client.start_session()
    session.start_transaction()
    database.a.update_one({"_id": 0}, {"$inc": {"x": 1}}, session=session)
    session.end_session()
    database.a.update_one({"_id": 0}, {"$inc": {"x": 10}})
    assert database.a.find_one() == {"_id": 0, "x": 10}


@pytest.mark.parametrize("command", ["update", "delete"])
def test_statement_on_many_documents(database: Database[Document], command: str) -> None:
    """Its second document is in a transaction: nothing is left done of it."""
    database.a.insert_one({"_id": 1, "x": 0})
    with database.client.start_session() as session, session.start_transaction():
        database.a.update_one({"_id": 1}, {"$inc": {"x": 10}}, session=session)
        with pytest.raises(OperationFailure) as caught:
            if command == "update":
                database.a.update_many({}, {"$inc": {"x": 1}})
            else:
                database.a.delete_many({})
        assert caught.value.code == 112
    assert list(database.a.find(sort={"_id": 1})) == [{"_id": 0, "x": 0}, {"_id": 1, "x": 10}]
