"""The other service of a test: it has keys of its own, and signs with them what a test says."""

import time
from typing import Any

import jwt

from ecom.keys import KeySet, public_keys


class OtherService:
    def __init__(self, name: str) -> None:
        self.name = name
        self.keys = KeySet.generate()

    def find_key(self, kid: str) -> jwt.PyJWK | None:
        """As an ecom.peers.remote_keys.KeySource."""
        return public_keys(self.keys.published()).get(kid)

    def sign(self, audience: str, scope: str, kid: str = "", **claims: Any) -> str:
        key = self.keys.active
        now = int(time.time())
        payload = {
            "iss": self.name,
            "aud": audience,
            "scope": scope,
            "iat": now,
            "exp": now + 60,
            "jti": "request-1",
        } | claims
        payload = {name: value for name, value in payload.items() if value is not None}
        return jwt.encode(payload, key.key, algorithm="RS256", headers={"kid": kid or key.key_id})
