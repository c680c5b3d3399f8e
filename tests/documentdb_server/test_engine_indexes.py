"""Uniqueness, what partial and sparse indexes hold, and how indexes are made and dropped."""

from typing import Any

import pytest
from bson import Decimal128

from tests.documentdb_server.engine.collection import Collection
from tests.documentdb_server.engine.errors import CommandError, DuplicateKey
from tests.documentdb_server.engine.storage import Storage


@pytest.fixture
def collection() -> Collection:
    return Storage().create("shop", "item")


def unique(collection: Collection, *paths: str, **options: Any) -> None:
    collection.create_index({"key": dict.fromkeys(paths, 1), "unique": True, **options})


def test_duplicate_id(collection: Collection) -> None:
    collection.insert({"_id": 1})
    with pytest.raises(DuplicateKey) as caught:
        collection.insert({"_id": 1.0})
    assert str(caught.value) == (
        "E11000 duplicate key error collection: shop.item index: _id_ dup key: { _id: 1.0 }"
    )
    assert caught.value.code_name == "DuplicateKey"
    assert len(collection) == 1


def test_duplicate_of_a_compound_key(collection: Collection) -> None:
    unique(collection, "owner", "sku")
    collection.insert({"owner": "ann", "sku": "a"})
    collection.insert({"owner": "bob", "sku": "a"})
    with pytest.raises(DuplicateKey) as caught:
        collection.insert({"owner": "ann", "sku": "a"})
    assert caught.value.index_name == "owner_1_sku_1"
    assert caught.value.key_pattern == {"owner": 1, "sku": 1}
    assert caught.value.key_value == {"owner": "ann", "sku": "a"}


def test_missing_counts_as_null(collection: Collection) -> None:
    unique(collection, "sku")
    collection.insert({"sku": None})
    with pytest.raises(DuplicateKey, match=r"\{ sku: null \}"):
        collection.insert({})


def test_falsy_value_in_the_message(collection: Collection) -> None:
    unique(collection, "stock")
    collection.insert({"stock": 0})
    with pytest.raises(DuplicateKey, match=r"\{ stock: 0 \}"):
        collection.insert({"stock": 0})


def test_numbers_of_another_type(collection: Collection) -> None:
    unique(collection, "price")
    collection.insert({"price": 5})
    with pytest.raises(DuplicateKey):
        collection.insert({"price": Decimal128("5.00")})


def test_partial_unique_index_lets_nulls_be(collection: Collection) -> None:
    unique(collection, "sku", partialFilterExpression={"sku": {"$gte": ""}})
    collection.insert({"_id": 1, "sku": None})
    collection.insert({"_id": 2, "sku": None})
    collection.insert({"_id": 3})
    collection.insert({"_id": 4, "sku": "a"})
    with pytest.raises(DuplicateKey):
        collection.update({"_id": 1}, {"$set": {"sku": "a"}})
    assert list(collection.find({"_id": 1})) == [{"_id": 1, "sku": None}]


def test_sparse_unique_index(collection: Collection) -> None:
    unique(collection, "sku", sparse=True)
    collection.insert({})
    collection.insert({})
    collection.insert({"sku": None})
    with pytest.raises(DuplicateKey):
        collection.insert({"sku": None})


def test_unique_elements_of_arrays(collection: Collection) -> None:
    unique(collection, "labels")
    collection.insert({"labels": ["a", "b", "a"]})
    with pytest.raises(DuplicateKey):
        collection.insert({"labels": ["c", "b"]})


def test_failed_insert_leaves_nothing_in_other_indexes(collection: Collection) -> None:
    collection.create_index({"key": {"name": 1}})
    unique(collection, "sku")
    collection.insert({"name": "one", "sku": "a"})
    with pytest.raises(DuplicateKey):
        collection.insert({"name": "two", "sku": "a"})
    assert [len(index) for index in collection.catalog.all] == [1, 1, 1]


def test_update_moves_the_unique_key(collection: Collection) -> None:
    unique(collection, "sku")
    collection.insert({"_id": 1, "sku": "a"})
    collection.update({"_id": 1}, {"$set": {"sku": "b"}})
    collection.insert({"_id": 2, "sku": "a"})
    with pytest.raises(DuplicateKey):
        collection.update({"_id": 2}, {"$set": {"sku": "b"}})


def test_delete_frees_the_unique_key(collection: Collection) -> None:
    unique(collection, "sku")
    collection.insert({"_id": 1, "sku": "a"})
    collection.delete({"sku": "a"})
    collection.insert({"_id": 2, "sku": "a"})
    assert [len(index) for index in collection.catalog.all] == [1, 1]


def test_unique_index_on_duplicates(collection: Collection) -> None:
    collection.insert({"sku": "a"})
    collection.insert({"sku": "a"})
    with pytest.raises(DuplicateKey, match="index: sku_1 dup key"):
        unique(collection, "sku")
    assert [spec["name"] for spec in collection.indexes()] == ["_id_"]


def test_parallel_arrays(collection: Collection) -> None:
    collection.create_index({"key": {"a": 1, "b": 1}})
    with pytest.raises(CommandError, match=r"cannot index parallel arrays \[a\] \[b\]") as caught:
        collection.insert({"a": [1], "b": [2]})
    assert caught.value.code == 171
    assert len(collection) == 0


def test_array_of_documents_is_filed_by_element(collection: Collection) -> None:
    """Not by every combination of its fields."""
    unique(collection, "a.x", "a.y")
    collection.insert({"a": [{"x": 1, "y": 1}, {"x": 2, "y": 2}]})
    collection.insert({"a": {"x": 1, "y": 2}})
    with pytest.raises(DuplicateKey):
        collection.insert({"a": {"x": 2, "y": 2}})


def test_same_index_again(collection: Collection) -> None:
    assert collection.create_index({"key": {"a": 1}, "name": "a_1"})
    assert not collection.create_index({"v": 2, "key": {"a": 1}, "unique": False})
    assert not collection.create_index({"key": {"_id": 1}, "name": "_id_"})
    assert collection.indexes() == [
        {"v": 2, "key": {"_id": 1}, "name": "_id_"},
        {"v": 2, "key": {"a": 1}, "name": "a_1"},
    ]


def test_other_index_of_the_same_name(collection: Collection) -> None:
    collection.create_index({"key": {"a": 1}, "name": "it"})
    with pytest.raises(CommandError) as caught:
        collection.create_index({"key": {"b": 1}, "name": "it"})
    assert caught.value.code == 86


def test_order_of_the_fields_makes_another_index(collection: Collection) -> None:
    collection.create_index({"key": {"a": 1, "b": 1}, "name": "it"})
    with pytest.raises(CommandError) as caught:
        collection.create_index({"key": {"b": 1, "a": 1}, "name": "it"})
    assert caught.value.code == 86


def test_same_index_of_another_name(collection: Collection) -> None:
    collection.create_index({"key": {"a": 1}})
    with pytest.raises(CommandError, match="different name: a_1") as caught:
        collection.create_index({"key": {"a": 1}, "name": "it"})
    assert caught.value.code == 85


def test_drop_index(collection: Collection) -> None:
    unique(collection, "sku")
    collection.drop_index("sku_1")
    collection.insert({"sku": "a"})
    collection.insert({"sku": "a"})
    assert len(collection.indexes()) == 1


@pytest.mark.parametrize(("name", "code"), [("nothing", 27), ("_id_", 72)])
def test_drop_index_that_cannot_be(collection: Collection, name: str, code: int) -> None:
    with pytest.raises(CommandError) as caught:
        collection.drop_index(name)
    assert caught.value.code == code


@pytest.mark.parametrize("key", [{}, {"a": 0}, {"": 1}])
def test_index_without_a_usable_key(collection: Collection, key: dict[str, Any]) -> None:
    with pytest.raises(CommandError) as caught:
        collection.create_index({"key": key})
    assert caught.value.code == 67
