"""The RSA keys a service signs with: a JWK set (RFC 7517) whose members also carry a `state`.

next     published, so that every verifier knows it before the first token is signed with it
active   signs
retired  signs no more; published until the last token it signed has expired
"""

import base64
import json
import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from ecom.development import create_once

PUBLIC_MEMBERS = ("kty", "kid", "use", "alg", "n", "e")
NO_JWK_SET = (
    "The signing keys are not a JWK set of private RSA keys: give one as "
    "manage.py make_signing_keys prints it."
)


def generate_key(state: str) -> dict[str, Any]:
    private_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(private_key, as_dict=True)
    kid = base64.urlsafe_b64encode(secrets.token_bytes(12)).decode()
    return jwk | {"kid": kid, "use": "sig", "alg": "RS256", "state": state}


class KeySet:
    """Raises ImproperlyConfigured unless exactly one key of `keys` is active."""

    def __init__(self, keys: list[dict[str, Any]]) -> None:
        self.keys = keys
        active = [key for key in keys if key.get("state") == "active"]
        if len(active) != 1:
            raise ImproperlyConfigured(
                "The signing keys need exactly one key with the state active."
            )
        self.active = jwt.PyJWK(active[0], algorithm="RS256")

    @classmethod
    def generate(cls) -> "KeySet":
        return cls([generate_key("active"), generate_key("next")])

    @classmethod
    def from_json(cls, text: str) -> "KeySet":
        try:
            keys = cls(json.loads(text)["keys"])
            readable = public_keys(keys.published())
            private = [key for key in keys.keys if "d" in key and key["kid"] in readable]
        except (ValueError, TypeError, KeyError, AttributeError, jwt.PyJWTError) as error:
            raise ImproperlyConfigured(NO_JWK_SET) from error
        if len(private) != len(readable):
            raise ImproperlyConfigured(NO_JWK_SET)
        return keys

    def to_json(self) -> str:
        return json.dumps({"keys": self.keys}, indent=1)

    def published(self) -> dict[str, Any]:
        """The public halves, as the JWK set that verifiers fetch."""
        oldest = time.time() - settings.REFRESH_TOKEN_LIFETIME.total_seconds()
        return {
            "keys": [
                {name: key[name] for name in PUBLIC_MEMBERS}
                for key in self.keys
                if key.get("retired_at", oldest) >= oldest
            ]
        }

    @property
    def rotated_at(self) -> float:
        """Seconds since the epoch; 0 where nothing that has been rotated is left."""
        return max((float(key.get("retired_at", 0)) for key in self.keys), default=0)

    def rotated(self, now: float) -> "KeySet":
        """next becomes active, active retires, a new next is made, expired ones are dropped.

        `now` is in seconds since the epoch.
        """
        oldest = now - settings.REFRESH_TOKEN_LIFETIME.total_seconds()
        keys: list[dict[str, Any]] = [generate_key("next")]
        for key in self.keys:
            if key["state"] == "next":
                keys.append(key | {"state": "active"})
            elif key["state"] == "active":
                keys.append(key | {"state": "retired", "retired_at": now})
            elif key["retired_at"] >= oldest:
                keys.append(key)
        return KeySet(keys)


def public_keys(jwk_set: Mapping[str, Any]) -> dict[str, jwt.PyJWK]:
    """The RSA signature keys of a JWK set by `kid`; others are passed over (RFC 7517, 5)."""
    return {
        key["kid"]: jwt.PyJWK(key, algorithm="RS256")
        for key in jwk_set["keys"]
        if key.get("kty") == "RSA" and key.get("use") == "sig" and "kid" in key
    }


class KeyStore:
    """This service's keys: from the variable SIGNING_KEYS, or in development from a file."""

    def __init__(self) -> None:
        self._read_at = 0
        self._keys: KeySet | None = None

    def load(self) -> KeySet:
        """Raises ImproperlyConfigured when there are none."""
        if settings.SIGNING_KEYS:
            self._keys = self._keys or KeySet.from_json(settings.SIGNING_KEYS)
            return self._keys
        path = self.path
        if not path.exists():
            create_once(path, KeySet.generate().to_json())
        changed_at = path.stat().st_mtime_ns
        if self._keys is None or changed_at != self._read_at:
            self._keys, self._read_at = KeySet.from_json(path.read_text()), changed_at
        return self._keys

    def save(self, keys: KeySet) -> None:
        """Raises ImproperlyConfigured where the keys come from a variable."""
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(keys.to_json())
        draft.replace(self.path)

    @property
    def path(self) -> Path:
        if settings.SIGNING_KEYS:
            raise ImproperlyConfigured(
                "The signing keys come from the variable SIGNING_KEYS and are changed there."
            )
        if not settings.DEVELOPMENT:
            raise ImproperlyConfigured(
                "SIGNING_KEYS is not set: give a JWK set, as manage.py make_signing_keys prints it."
            )
        return settings.SIGNING_KEYS_FILE


key_store = KeyStore()
