from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from ecom.documentdb.lock import MigrationLock

pytestmark = pytest.mark.django_db


@pytest.fixture
def locked() -> MigrationLock:
    lock = MigrationLock(connection)  # type: ignore[arg-type]
    lock.acquire(0, print)
    return lock


def test_migrate_waits_for_another(locked: MigrationLock) -> None:
    try:
        with pytest.raises(OperationalError, match="Another migration"):
            call_command("migrate", lock_timeout=0, stdout=StringIO())
    finally:
        locked.release()
    call_command("migrate", lock_timeout=0, stdout=StringIO())


@pytest.mark.parametrize("option", ["--plan", "--check"])
def test_looking_needs_no_lock(locked: MigrationLock, option: str) -> None:
    try:
        call_command("migrate", option, lock_timeout=0, stdout=StringIO())
    finally:
        locked.release()
