import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from ecom.development import create_once, secret_key


def test_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    first = secret_key(folder)
    assert len(first) >= 50
    assert secret_key(folder) == first


def test_readable_by_its_owner_only(tmp_path: Path) -> None:
    secret_key(tmp_path)
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_at_once(tmp_path: Path) -> None:
    gate = threading.Barrier(20)

    def create(number: int) -> str:
        gate.wait(10)
        return create_once(tmp_path / "secret", f"secret of {number}")

    with ThreadPoolExecutor(20) as pool:
        results = set(pool.map(create, range(20)))

    assert len(results) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_unusable_folder(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.touch()
    with pytest.raises(ImproperlyConfigured, match="ECOM_DATA_DIR"):
        create_once(occupied / "secret", "")
