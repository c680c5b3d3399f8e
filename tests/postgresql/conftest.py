import os
from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

# They run once, on the leg that has a PostgreSQL.
collect_ignore_glob = [] if os.environ.get("ECOM_TEST_DATABASE") == "postgresql" else ["test_*"]


@pytest.fixture(scope="session")
def database_server() -> str:
    """The URL of the leg's PostgreSQL, as its superuser."""
    return os.environ["DATABASE_URL"]


@pytest.fixture(autouse=True)
def own_databases(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """These tests make connections themselves, none of them to Django's test database."""
    with django_db_blocker.unblock():
        yield
