"""One migration at a time on a file of SQLite."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import OperationalError
from django.db.backends.sqlite3.base import DatabaseWrapper

from ecom.migration_lock import migration_lock
from tests.live.databases import new_database
from tests.live.server import Server


@pytest.fixture
def file(tmp_path: Path) -> DatabaseWrapper:
    return DatabaseWrapper({"NAME": str(tmp_path / "shop.sqlite3")})


def test_twice_at_once(tmp_path: Path) -> None:
    server = Server(tmp_path, new_database(tmp_path))
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: server.manage("migrate", "--verbosity=0"), range(2)))
    assert [one.stderr for one in done] == ["", ""]
    applied = server.select("django_migrations", "app", "name")
    assert len(applied) == len(set(applied)) > 5


def test_waits_for_another_one(file: DatabaseWrapper, tmp_path: Path) -> None:
    another = ExitStack()
    another.enter_context(migration_lock(file, 0, print))
    said: list[str] = []

    def say(sentence: str) -> None:
        said.append(sentence)
        another.close()

    with migration_lock(file, 30, say):
        path = tmp_path / "shop.sqlite3.migrating"
        assert said == [f"Another migration is running (it holds {path}). Waiting for it."]


def test_another_one_does_not_end(file: DatabaseWrapper) -> None:
    with (
        migration_lock(file, 0, print),
        pytest.raises(OperationalError, match="Another migration has been running for too long"),
        migration_lock(file, 0, print),
    ):
        pass


def test_no_folder_for_the_file(tmp_path: Path) -> None:
    done = Server(tmp_path, f"sqlite:///{tmp_path}/missing/file").manage("migrate")
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: ")


@pytest.mark.parametrize("name", [":memory:", "file:memorydb_default?mode=memory&cache=shared"])
def test_in_memory(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    memory = DatabaseWrapper({"NAME": name})
    with migration_lock(memory, 0, print), migration_lock(memory, 0, print):
        assert list(tmp_path.iterdir()) == []
