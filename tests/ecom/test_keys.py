import base64
import json
import stat
import time
from pathlib import Path

import jwt
import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from ecom.keys import KeySet, KeyStore, public_keys

PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth"}


@pytest.fixture(scope="module")
def keys() -> KeySet:
    return KeySet.generate()


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> KeyStore:
    settings.SIGNING_KEYS = ""
    settings.SIGNING_KEYS_FILE = tmp_path / "keys.json"
    return KeyStore()


def states(keys: KeySet) -> list[str]:
    return [key["state"] for key in keys.keys]


def kids(keys: KeySet) -> set[str]:
    return {key["kid"] for key in keys.published()["keys"]}


def test_generated(keys: KeySet) -> None:
    assert sorted(states(keys)) == ["active", "next"]
    for key in keys.keys:
        modulus = base64.urlsafe_b64decode(key["n"] + "==")
        assert len(modulus) * 8 == 2048


def test_published_without_private_members(keys: KeySet) -> None:
    published = keys.published()["keys"]
    assert len(published) == 2
    for key in published:
        assert not PRIVATE_MEMBERS & key.keys()
        assert "state" not in key


def test_published_keys_verify_what_the_active_signs(keys: KeySet) -> None:
    token = jwt.encode({"a": 1}, keys.active.key, algorithm="RS256")
    key = public_keys(keys.published())[str(keys.active.key_id)]
    assert jwt.decode(token, key.key, algorithms=["RS256"]) == {"a": 1}


def test_rotated(keys: KeySet) -> None:
    rotated = keys.rotated(time.time())

    assert sorted(states(rotated)) == ["active", "next", "retired"]
    following = next(key for key in keys.keys if key["state"] == "next")
    assert rotated.active.key_id == following["kid"]
    assert kids(keys) < kids(rotated)


def test_retired_key_stays_as_long_as_its_tokens(keys: KeySet, settings: Settings) -> None:
    lifetime = settings.REFRESH_TOKEN_LIFETIME.total_seconds()
    now = time.time()

    recent = keys.rotated(now - lifetime + 60)
    expired = keys.rotated(now - lifetime - 60)

    assert keys.active.key_id in kids(recent)
    assert keys.active.key_id not in kids(expired)
    assert states(expired.rotated(now)).count("retired") == 1


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"keys": 1}', '{"keys": [1]}', '{"keys": []}', '{"keys": [{}]}'],
)
def test_no_key_set(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="signing keys"):
        KeySet.from_json(text)


def test_two_active_keys(keys: KeySet) -> None:
    text = json.dumps({"keys": [key | {"state": "active"} for key in keys.keys]})
    with pytest.raises(ImproperlyConfigured, match="exactly one"):
        KeySet.from_json(text)


def test_only_rsa_signature_keys_count(keys: KeySet) -> None:
    [key, _] = keys.published()["keys"]
    others = [
        key | {"kid": "encrypts", "use": "enc"},
        {"kty": "oct", "kid": "secret", "use": "sig", "k": "c2VjcmV0"},
        {name: value for name, value in key.items() if name != "kid"},
    ]
    assert public_keys({"keys": [*others, key]}).keys() == {key["kid"]}


def test_development_makes_a_file_once(store: KeyStore, settings: Settings) -> None:
    made = store.load()
    again = KeyStore().load()

    assert again.keys == made.keys
    assert stat.S_IMODE(settings.SIGNING_KEYS_FILE.stat().st_mode) == 0o600


def test_saved_keys_are_seen_by_others(store: KeyStore, settings: Settings) -> None:
    other = KeyStore()
    other.load()

    store.save(store.load().rotated(time.time()))

    assert other.load().keys == store.load().keys
    assert stat.S_IMODE(settings.SIGNING_KEYS_FILE.stat().st_mode) == 0o600


def test_production_without_keys(store: KeyStore, settings: Settings) -> None:
    settings.DEVELOPMENT = False
    with pytest.raises(ImproperlyConfigured, match="SIGNING_KEYS is not set"):
        store.load()
    assert not settings.SIGNING_KEYS_FILE.exists()


def test_keys_from_the_variable(store: KeyStore, settings: Settings, keys: KeySet) -> None:
    settings.DEVELOPMENT = False
    settings.SIGNING_KEYS = keys.to_json()

    assert store.load().keys == keys.keys
    with pytest.raises(ImproperlyConfigured, match="variable SIGNING_KEYS"):
        store.save(keys)


@pytest.mark.parametrize("missing", ["kty", "kid", "n", "d"])
def test_keys_that_cannot_be_used_are_refused_when_read(keys: KeySet, missing: str) -> None:
    for state in ("active", "next"):
        damaged = [
            {name: value for name, value in key.items() if (name, key["state"]) != (missing, state)}
            for key in keys.keys
        ]
        with pytest.raises(ImproperlyConfigured, match="make_signing_keys"):
            KeySet.from_json(json.dumps({"keys": damaged}))
