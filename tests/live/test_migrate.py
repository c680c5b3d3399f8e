"""`manage.py migrate` on DocumentDB: from nothing, again, and twice at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pymongo
import pytest

from tests.live.databases import new_database
from tests.live.server import Server

VARIABLES = {"DJANGO_SETTINGS_MODULE": "ecom.settings.catalog"}


@pytest.fixture
def catalog(tmp_path: Path, database_server: str) -> Server:
    return Server(tmp_path, new_database(tmp_path, database_server), **VARIABLES)


def indexes(catalog: Server) -> dict[str, set[str]]:
    with pymongo.MongoClient[dict[str, object]](catalog.database_url) as client:
        database = client.get_default_database()
        return {
            name: set(database[name].index_information())
            for name in database.list_collection_names()
        }


def migrate(catalog: Server, *options: str) -> str:
    done = catalog.manage("migrate", "--verbosity=1", *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_from_nothing_and_again(catalog: Server) -> None:
    migrate(catalog)
    made = indexes(catalog)
    assert {"item_sku", "item_sale_price", "item_mine"} <= made["catalog_item"]
    assert "No migrations to apply" in migrate(catalog)
    assert indexes(catalog) == made


def test_what_was_interrupted_is_run_again(catalog: Server) -> None:
    """As after a death between a migration's last operation and its record."""
    migrate(catalog)
    made = indexes(catalog)
    with pymongo.MongoClient[dict[str, object]](catalog.database_url) as client:
        client.get_default_database()["django_migrations"].delete_many({})

    migrate(catalog)

    assert indexes(catalog) == made


def test_twice_at_once(catalog: Server) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: migrate(catalog), range(2)))
    with pymongo.MongoClient[dict[str, object]](catalog.database_url) as client:
        records = list(client.get_default_database()["django_migrations"].find())
    applied = [(record["app"], record["name"]) for record in records]
    assert len(applied) == len(set(applied)) > 5


def test_models_and_migrations_agree(catalog: Server) -> None:
    done = catalog.manage("makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, done.stdout
