from typing import Any

import pytest
from pymongo import ASCENDING, DESCENDING
from pymongo.database import Database
from pymongo.errors import CollectionInvalid, OperationFailure

Document = dict[str, Any]


def code(failure: pytest.ExceptionInfo[OperationFailure]) -> int | None:
    return failure.value.code


def test_create_and_drop(database: Database[Document]) -> None:
    database.create_collection("a")
    assert database.list_collection_names() == ["a"]
    assert database.client.list_database_names() == ["shop"]
    with pytest.raises(CollectionInvalid):
        database.create_collection("a")
    with pytest.raises(OperationFailure) as caught:
        database.command("create", "a")
    assert code(caught) == 48
    database.drop_collection("a")
    assert database.list_collection_names() == []


def test_drop_of_what_is_not_there(database: Database[Document]) -> None:
    with pytest.raises(OperationFailure) as caught:
        database.command("drop", "a")
    assert code(caught) == 26


def test_list_with_a_filter(database: Database[Document]) -> None:
    database.create_collection("a")
    database.create_collection("b")
    assert database.list_collection_names(filter={"name": "b"}) == ["b"]


def test_rename(database: Database[Document]) -> None:
    database.a.insert_one({"_id": 1})
    database.b.insert_one({"_id": 2})
    with pytest.raises(OperationFailure) as caught:
        database.a.rename("b")
    assert code(caught) == 48
    database.a.rename("b", dropTarget=True)
    assert database.list_collection_names() == ["b"]
    assert list(database.b.find()) == [{"_id": 1}]


def test_drop_database(database: Database[Document]) -> None:
    database.a.insert_one({})
    database.client.other.a.insert_one({})
    database.client.drop_database("other")
    assert database.client.list_database_names() == ["shop"]


def test_indexes(database: Database[Document]) -> None:
    keys = [("owner", ASCENDING), ("price", DESCENDING)]
    name = database.a.create_index(
        keys, unique=True, partialFilterExpression={"price": {"$gte": 0}}
    )
    index = database.a.index_information()[name]
    assert index["key"] == keys
    assert index["unique"] is True
    assert index["partialFilterExpression"] == {"price": {"$gte": 0}}
    database.a.drop_index(name)
    assert list(database.a.index_information()) == ["_id_"]


def test_index_that_is_there_already(database: Database[Document]) -> None:
    index = {"key": {"x": 1}, "name": "x"}
    first = database.command("createIndexes", "a", indexes=[index])
    assert first["createdCollectionAutomatically"] is True
    assert (first["numIndexesBefore"], first["numIndexesAfter"]) == (1, 2)
    again = database.command("createIndexes", "a", indexes=[index])
    assert again["createdCollectionAutomatically"] is False
    assert again["note"] == "all indexes already exist"


def test_unique_index_on_duplicates(database: Database[Document]) -> None:
    database.a.insert_many([{"x": 1}, {"x": 1}])
    with pytest.raises(OperationFailure) as caught:
        database.a.create_index("x", unique=True)
    assert code(caught) == 11000
    assert list(database.a.index_information()) == ["_id_"]


@pytest.mark.parametrize("wanted", ["x_1", {"x": 1}, ["x_1"]])
def test_drop_index(database: Database[Document], wanted: Any) -> None:
    database.a.create_index("x")
    database.a.create_index("y")
    assert database.command("dropIndexes", "a", index=wanted)["nIndexesWas"] == 3
    assert list(database.a.index_information()) == ["_id_", "y_1"]


def test_drop_all_indexes(database: Database[Document]) -> None:
    database.a.create_index("x")
    database.a.drop_indexes()
    assert list(database.a.index_information()) == ["_id_"]


@pytest.mark.parametrize("wanted", ["x_1", {"x": 1}])
def test_drop_of_an_index_that_is_not_there(database: Database[Document], wanted: Any) -> None:
    database.create_collection("a")
    with pytest.raises(OperationFailure) as caught:
        database.command("dropIndexes", "a", index=wanted)
    assert code(caught) == 27


def test_indexes_of_a_collection_that_is_not_there(database: Database[Document]) -> None:
    with pytest.raises(OperationFailure) as caught:
        database.command("listIndexes", "a")
    assert code(caught) == 26


def test_explain(database: Database[Document]) -> None:
    database.a.create_index("x")
    database.a.insert_many([{"x": number} for number in range(50)])
    explained = database.command("explain", {"find": "a", "filter": {"x": 3}})
    assert "IXSCAN" in str(explained["queryPlanner"]["winningPlan"])
    assert explained["executionStats"]["totalDocsExamined"] == 1
    scanned = database.a.find({"y": 3}).explain()
    assert "COLLSCAN" in str(scanned["queryPlanner"]["winningPlan"])


def test_count_and_distinct(database: Database[Document]) -> None:
    database.a.insert_many([{"x": number % 3} for number in range(9)])
    assert database.a.count_documents({"x": 1}) == 3
    assert database.a.estimated_document_count() == 9
    assert sorted(database.a.distinct("x", {"x": {"$gt": 0}})) == [1, 2]
    assert database.command("count", "a", query={"x": 1}, skip=1, limit=5)["n"] == 2
    assert database.b.distinct("x") == []


def test_stats(database: Database[Document]) -> None:
    database.a.insert_many([{}, {}])
    assert database.command("collStats", "a")["count"] == 2
    assert database.command("dbStats")["objects"] == 2
