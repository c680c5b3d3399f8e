"""Connections to a stand-in of their own, whose commands can be made to fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.db.utils import ConnectionHandler
from pymongo import MongoClient
from pytest_django.plugin import DjangoDbBlocker

from ecom.documentdb.base import DatabaseWrapper
from tests.documentdb_server.process import Server, start
from tests.settings_documentdb import ON_SQLITE

Connect = Callable[..., DatabaseWrapper]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with start() as server:
        yield server


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, request: pytest.FixtureRequest
) -> None:
    """Tell the connection of DATABASES where the stand-in is."""
    database = connections["default"].settings_dict
    if not ON_SQLITE and not database["HOST"]:
        database["HOST"] = request.getfixturevalue("server").url()


@contextmanager
def connecting(blocker: DjangoDbBlocker) -> Iterator[Connect]:
    """connect(url, **options) makes a connection that is no part of DATABASES."""
    made: list[DatabaseWrapper] = []

    def connect(url: str, **options: Any) -> DatabaseWrapper:
        alias = f"trial-{uuid4().hex}"
        settings = {"ENGINE": "ecom.documentdb", "HOST": url, "OPTIONS": options, "NAME": alias}
        wrapper = ConnectionHandler({"default": {}, alias: settings})[alias]
        assert isinstance(wrapper, DatabaseWrapper)
        made.append(wrapper)
        return wrapper

    with blocker.unblock():
        yield connect
        for wrapper in made:
            wrapper.close_pool()


@pytest.fixture
def connect(django_db_blocker: DjangoDbBlocker) -> Iterator[Connect]:
    with connecting(django_db_blocker) as connect:
        yield connect


@pytest.fixture
def connection(server: Server, connect: Connect) -> DatabaseWrapper:
    """With a database of its own, which is empty."""
    return connect(server.url())


@pytest.fixture
def fail(server: Server) -> Iterator[Callable[..., None]]:
    """fail("insert", times=2, errorCode=112): the next two inserts fail."""
    with MongoClient[dict[str, Any]](server.url()) as client:

        def fail(*commands: str, times: int = 1, **data: Any) -> None:
            client.admin.command(
                "configureFailPoint",
                "failCommand",
                mode={"times": times},
                data={"failCommands": commands, **data},
            )

        yield fail
        client.admin.command("configureFailPoint", "failCommand", mode="off")
