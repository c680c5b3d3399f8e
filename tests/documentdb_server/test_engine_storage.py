"""Collections, the journal and what it brings back, transactions and their conflicts."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from bson import Binary, Decimal128, Int64, ObjectId

from tests.documentdb_server.engine.collection import Collection
from tests.documentdb_server.engine.errors import CommandError, DuplicateKey
from tests.documentdb_server.engine.journal import JournalInUseError
from tests.documentdb_server.engine.storage import Storage


def contents(storage: Storage, name: str = "item") -> list[dict[str, Any]]:
    collection = storage.collection("shop", name)
    assert collection is not None
    return list(collection.find({}))


def reopened(storage: Storage, folder: Path) -> Storage:
    """What a new process finds. The old one is not asked to save anything."""
    storage.close()
    return Storage(folder)


def test_namespaces() -> None:
    storage = Storage()
    storage.create("shop", "b")
    storage.create("shop", "a")
    storage.create("auth", "user")
    assert storage.databases() == ["auth", "shop"]
    assert storage.collections("shop") == ["a", "b"]
    assert storage.ensure("shop", "a") is storage.collection("shop", "a")
    assert storage.drop("shop", "a")
    assert not storage.drop("shop", "a")
    storage.drop_database("shop")
    assert storage.databases() == ["auth"]


def test_collection_that_exists() -> None:
    storage = Storage()
    storage.create("shop", "item")
    with pytest.raises(CommandError) as caught:
        storage.create("shop", "item")
    assert caught.value.code == 48


@pytest.mark.parametrize("names", [("shop", ""), ("shop", "a$b"), ("sh.op", "a"), ("", "a")])
def test_name_that_cannot_be(names: tuple[str, str]) -> None:
    with pytest.raises(CommandError) as caught:
        Storage().create(*names)
    assert caught.value.code == 73


def test_rename() -> None:
    storage = Storage()
    storage.create("shop", "old").insert({"_id": 1})
    storage.create("shop", "taken")
    with pytest.raises(CommandError, match="target namespace exists"):
        storage.rename("shop", "old", "taken")
    storage.rename("shop", "old", "new")
    assert storage.collections("shop") == ["new", "taken"]
    with pytest.raises(DuplicateKey, match=r"collection: shop\.new index"):
        storage.ensure("shop", "new").insert({"_id": 1})
    with pytest.raises(CommandError) as caught:
        storage.rename("shop", "old", "newer")
    assert caught.value.code == 26


def test_everything_comes_back(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    collection = storage.create("shop", "item")
    collection.create_index({"key": {"sku": 1}, "unique": True})
    collection.create_index({"key": {"gone": 1}})
    document = {
        "_id": ObjectId(),
        "sku": "a",
        "price": Decimal128("1.10"),
        "big": Int64(1),
        "made": datetime(2024, 1, 1, 0, 0, 0, 5000),
        "raw": Binary(b"x", 4),
        "nested": {"z": [1, None], "a": 1.0},
    }
    collection.insert(document)
    collection.insert({"_id": 2, "sku": "b"})
    collection.insert({"_id": 3, "sku": "c"})
    collection.update({"_id": 2}, {"$set": {"sku": "z"}})
    collection.delete({"_id": 3})
    collection.drop_index("gone_1")
    storage.create("shop", "dropped").insert({"_id": 1})
    storage.drop("shop", "dropped")
    storage.create("shop", "empty")
    storage.rename("shop", "empty", "renamed")

    storage = reopened(storage, tmp_path)
    assert storage.collections("shop") == ["item", "renamed"]
    found = contents(storage)
    assert found == [document, {"_id": 2, "sku": "z"}]
    assert [type(value) for value in found[0].values()] == list(map(type, document.values()))
    collection = storage.ensure("shop", "item")
    assert [spec["name"] for spec in collection.indexes()] == ["_id_", "sku_1"]
    with pytest.raises(DuplicateKey):
        collection.insert({"sku": "z"})
    collection.insert({"_id": 4, "sku": "b"})
    assert collection.explain_find({"sku": "b"})["executionStats"]["totalDocsExamined"] == 1


def test_start_after_start(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    for number in range(3):
        storage.ensure("shop", "item").insert({"_id": number})
        storage = reopened(storage, tmp_path)
    assert [document["_id"] for document in contents(storage)] == [0, 1, 2]


@pytest.mark.parametrize("lost", [1, 7, 20])
def test_torn_last_record(tmp_path: Path, lost: int) -> None:
    """Whatever part of it reached the disk."""
    storage = Storage(tmp_path)
    for number in range(3):
        storage.ensure("shop", "item").insert({"_id": number})
    storage.close()
    journal = tmp_path / "journal.bson"
    journal.write_bytes(journal.read_bytes()[:-lost])
    storage = Storage(tmp_path)
    assert [document["_id"] for document in contents(storage)] == [0, 1]
    storage.ensure("shop", "item").insert({"_id": 9})
    storage = reopened(storage, tmp_path)
    assert [document["_id"] for document in contents(storage)] == [0, 1, 9]


def test_garbage_in_place_of_the_last_record(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    for number in range(2):
        storage.ensure("shop", "item").insert({"_id": number, "a": "x" * 50})
    storage.close()
    journal = tmp_path / "journal.bson"
    journal.write_bytes(journal.read_bytes()[:-9] + b"\0" * 9)
    assert [document["_id"] for document in contents(Storage(tmp_path))] == [0]


def test_start_leaves_out_what_is_outdated(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    collection = storage.create("shop", "item")
    collection.insert({"_id": 1, "a": 0})
    for number in range(200):
        collection.update({}, {"$set": {"a": number}})
    journal = tmp_path / "journal.bson"
    before = journal.stat().st_size
    storage = reopened(storage, tmp_path)
    assert journal.stat().st_size < before / 50
    assert contents(storage) == [{"_id": 1, "a": 199}]


def test_folder_in_use(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    with pytest.raises(JournalInUseError, match="is in use by another server"):
        Storage(tmp_path)
    storage.close()
    Storage(tmp_path).close()


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    storage = Storage(tmp_path)
    collection = storage.create("shop", "item")
    collection.create_index({"key": {"sku": 1}, "unique": True})
    collection.insert({"_id": 1, "sku": "a", "stock": 5})
    collection.insert({"_id": 2, "sku": "b", "stock": 5})
    return storage


@pytest.fixture
def items(storage: Storage) -> Collection:
    return storage.ensure("shop", "item")


def change_everything(items: Collection) -> None:
    items.insert({"_id": 3, "sku": "c"})
    items.update({"_id": 1}, {"$inc": {"stock": -1}})
    items.update({"_id": 1}, {"$set": {"sku": "z"}})
    items.delete({"_id": 2})


CHANGED = [{"_id": 1, "sku": "z", "stock": 4}, {"_id": 3, "sku": "c"}]
UNCHANGED = [{"_id": 1, "sku": "a", "stock": 5}, {"_id": 2, "sku": "b", "stock": 5}]


def test_commit(storage: Storage, items: Collection, tmp_path: Path) -> None:
    transaction = storage.begin()
    with storage.within(transaction):
        change_everything(items)
    transaction.commit()
    assert contents(storage) == CHANGED
    assert contents(reopened(storage, tmp_path)) == CHANGED


def test_abort(storage: Storage, items: Collection, tmp_path: Path) -> None:
    transaction = storage.begin()
    with storage.within(transaction):
        change_everything(items)
    transaction.abort()
    assert contents(storage) == UNCHANGED
    with pytest.raises(DuplicateKey):
        items.insert({"sku": "b"})
    items.insert({"_id": 5, "sku": "c"})
    assert contents(reopened(storage, tmp_path)) == [*UNCHANGED, {"_id": 5, "sku": "c"}]


def test_end_of_the_process_before_the_commit(
    storage: Storage, items: Collection, tmp_path: Path
) -> None:
    transaction = storage.begin()
    with storage.within(transaction):
        change_everything(items)
    items.insert({"_id": 9, "sku": "outside"})
    found = contents(reopened(storage, tmp_path))
    assert found == [*UNCHANGED, {"_id": 9, "sku": "outside"}]


def test_torn_commit(storage: Storage, items: Collection, tmp_path: Path) -> None:
    """All of a transaction or nothing."""
    transaction = storage.begin()
    with storage.within(transaction):
        change_everything(items)
    transaction.commit()
    storage.close()
    journal = tmp_path / "journal.bson"
    journal.write_bytes(journal.read_bytes()[:-1])
    assert contents(Storage(tmp_path)) == UNCHANGED


WRITES: list[Any] = [
    lambda items: items.update({"_id": 1}, {"$inc": {"stock": -1}}),
    lambda items: items.delete({"_id": 1}),
    lambda items: items.insert({"sku": "z"}),  # taken by the transaction
    lambda items: items.insert({"sku": "a"}),  # given up by it, until it aborts
    lambda items: items.insert({"_id": 2, "sku": "y"}),
    lambda items: items.update({"_id": 3}, {"$set": {"a": 1}}),
]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("other_is_transaction", [True, False])
def test_conflict(
    storage: Storage, items: Collection, write: Any, other_is_transaction: bool
) -> None:
    transaction = storage.begin()
    with storage.within(transaction):
        change_everything(items)
    with pytest.raises(CommandError) as caught:
        if other_is_transaction:
            with storage.within(storage.begin()):
                write(items)
        else:
            write(items)
    assert (caught.value.code, caught.value.code_name) == (112, "WriteConflict")
    transaction.abort()
    assert contents(storage) == UNCHANGED


def test_writes_that_do_not_meet(storage: Storage, items: Collection) -> None:
    one, other = storage.begin(), storage.begin()
    with storage.within(one):
        items.update({"_id": 1}, {"$inc": {"stock": 1}})
    with storage.within(other):
        items.update({"_id": 2}, {"$inc": {"stock": 1}})
    items.insert({"_id": 3})
    one.abort()
    other.commit()
    assert [document.get("stock") for document in contents(storage)] == [5, 6, None]


def test_no_conflict_after_the_end(storage: Storage, items: Collection) -> None:
    for end in ("commit", "abort"):
        transaction = storage.begin()
        with storage.within(transaction):
            items.update({"_id": 1}, {"$inc": {"stock": 1}})
        getattr(transaction, end)()
        assert items.update({"_id": 1}, {"$inc": {"stock": 1}}).modified == 1


def test_ended_transaction(storage: Storage) -> None:
    transaction = storage.begin()
    transaction.commit()
    with pytest.raises(CommandError) as caught:
        transaction.abort()
    assert caught.value.code == 251
    with pytest.raises(CommandError), storage.within(transaction):
        pass


@pytest.mark.parametrize(
    "change",
    [
        lambda storage: storage.drop("shop", "item"),
        lambda storage: storage.rename("shop", "item", "other"),
        lambda storage: storage.ensure("shop", "item").create_index({"key": {"a": 1}}),
        lambda storage: storage.ensure("shop", "item").drop_index("sku_1"),
    ],
)
def test_structure_waits_for_open_transactions(
    storage: Storage, items: Collection, change: Any
) -> None:
    transaction = storage.begin()
    with storage.within(transaction):
        items.insert({"_id": 3})
    with pytest.raises(CommandError) as caught:
        change(storage)
    assert caught.value.code == 112
    transaction.commit()
    change(storage)


def test_everything_deleted_at_once(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    items = storage.create("shop", "item")
    items.create_index({"key": {"sku": 1}, "name": "sku", "unique": True})
    for number in range(3):
        items.insert({"_id": number, "sku": number})
    assert items.clear() == 3
    assert items.clear() == 0
    items.insert({"_id": 1, "sku": 1})
    assert list(items.find({"sku": {"$gte": 0}})) == [{"_id": 1, "sku": 1}]
    storage = reopened(storage, tmp_path)
    assert contents(storage) == [{"_id": 1, "sku": 1}]


def test_nothing_is_cleared_under_a_transaction() -> None:
    storage = Storage()
    items = storage.create("shop", "item")
    items.insert({"_id": 1})
    with storage.within(storage.begin()):
        items.update({"_id": 1}, {"$set": {"a": 1}})
    with pytest.raises(CommandError) as caught:
        items.clear()
    assert caught.value.code == 112
