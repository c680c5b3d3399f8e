import json
import time
from pathlib import Path

import jwt
import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from accounts.models import User
from ecom.keys import KeySet, KeyStore
from ecom.peers.remote_keys import REFRESH_AFTER
from tests.accounts.conftest import accepted, sign_in


@pytest.fixture
def store(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> KeyStore:
    settings.SIGNING_KEYS_FILE = tmp_path / "keys.json"
    store = KeyStore()
    for module in (
        "ecom.tokens",
        "accounts.peer",
        "ecom.management.commands.rotate_signing_key",
    ):
        monkeypatch.setattr(f"{module}.key_store", store)
    return store


def test_rotation_keeps_tokens_good(store: KeyStore, owner: User) -> None:
    upcoming = next(key["kid"] for key in store.load().keys if key["state"] == "next")
    before = sign_in(owner)["access"]
    call_command("rotate_signing_key")
    after = sign_in(owner)["access"]
    assert jwt.get_unverified_header(after)["kid"] == upcoming
    assert jwt.get_unverified_header(before)["kid"] != upcoming
    assert accepted(before)
    assert accepted(after)
    assert [key["state"] for key in store.load().keys].count("next") == 1


def test_from_a_variable_the_new_value_is_printed(
    store: KeyStore, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = KeySet.generate()
    settings.SIGNING_KEYS = keys.to_json()
    call_command("rotate_signing_key")
    printed = KeySet.from_json(capsys.readouterr().out)
    assert printed.active.key_id == keys.keys[1]["kid"]
    assert store.load().active.key_id == keys.active.key_id


def test_not_before_the_next_key_is_known_everywhere(
    store: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("rotate_signing_key")
    rotated = store.load()
    with pytest.raises(CommandError, match=r"Rotate again in \d+ seconds"):
        call_command("rotate_signing_key")
    assert store.load().keys == rotated.keys
    call_command("rotate_signing_key", force=True)
    assert store.load().active.key_id != rotated.active.key_id
    later = time.time() + REFRESH_AFTER + 1
    monkeypatch.setattr(time, "time", lambda: later)
    call_command("rotate_signing_key")


def test_without_keys(store: KeyStore, settings: Settings) -> None:
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="SIGNING_KEYS is not set"):
        call_command("rotate_signing_key")


def test_make_signing_keys(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_signing_keys")
    text = capsys.readouterr().out
    assert KeySet.from_json(text).active
    assert [key["state"] for key in json.loads(text)["keys"]] == ["active", "next"]
