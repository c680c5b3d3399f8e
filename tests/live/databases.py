"""A database of a server's own, and asking it past the server."""

import contextlib
import sqlite3
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pymongo
from bson import ObjectId


def new_database(folder: Path, server_url: str | None = None) -> str:
    """The URL of an empty database: a file in `folder`, or one made on that database server."""
    name = f"live_{uuid.uuid4().hex}"
    if server_url is None:
        return f"sqlite:///{folder / name}.sqlite3"
    if server_url.startswith("postgresql"):
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


def select(database_url: str, table: str, *columns: str, **equal: Any) -> list[tuple[Any, ...]]:
    """The columns of the rows in which each of `equal` is as given."""
    if database_url.startswith("mongodb"):
        return documents(database_url, table, columns, equal)
    tests = [
        f"{name} = %s" if value is not None else f"{name} IS NULL" for name, value in equal.items()
    ]
    sql = f"SELECT {', '.join(columns)} FROM {table} WHERE {' AND '.join(['1 = 1', *tests])}"
    values = [value for value in equal.values() if value is not None]
    if database_url.startswith("sqlite"):
        path = database_url.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(path)) as file:
            return file.execute(sql.replace("%s", "?"), values).fetchall()
    with psycopg.connect(database_url) as connection:
        return connection.execute(sql.encode(), values).fetchall()


def documents(
    database_url: str, collection: str, columns: tuple[str, ...], equal: dict[str, Any]
) -> list[tuple[Any, ...]]:
    names = ["_id" if column == "id" else column for column in columns]
    query = {
        name: ObjectId(value) if ObjectId.is_valid(value) else value
        for name, value in equal.items()
    }
    with pymongo.MongoClient[dict[str, Any]](database_url, retryWrites=False) as client:
        found = client.get_default_database()[collection].find(query)
        return [tuple(plain(document[name]) for name in names) for document in found]


def plain(value: Any) -> Any:
    return str(value) if isinstance(value, ObjectId) else value
