"""Requests and answers between services: JWTs of 60 seconds, each for one operation.

`iss` is the service that signs with its own key, `aud` the one meant, `scope` the operation. An
answer has the `jti` of its request, so that none can be played back, and a request the digest of
its `body`, so that no other can be put under its signature.
"""

import hashlib
import time
import uuid
from typing import Any

import jwt
from django.conf import settings

from ecom.keys import key_store
from ecom.peers.remote_keys import KeySource

LIFETIME = 60  # seconds
LEEWAY = 5  # seconds that the clocks of two hosts may differ


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def sign(audience: str, scope: str, **claims: Any) -> str:
    """Other `claims` travel along, and may replace the `jti`."""
    key = key_store.load().active
    now = int(time.time())
    payload = {
        "iss": settings.SERVICE_NAME,
        "aud": audience,
        "scope": scope,
        "iat": now,
        "exp": now + LIFETIME,
        "jti": uuid.uuid4().hex,
    } | claims
    return jwt.encode(payload, key.key, algorithm="RS256", headers={"kid": key.key_id})


def verify(
    token: str, keys: KeySource, issuer: str, scope: str, jti: str | None = None
) -> dict[str, Any]:
    """The claims. Raises jwt.InvalidTokenError, or PeerUnavailable where no key is known yet."""
    kid = jwt.get_unverified_header(token).get("kid")
    key = keys.find_key(kid) if isinstance(kid, str) else None
    if key is None:
        raise jwt.InvalidTokenError("no such key")
    claims: dict[str, Any] = jwt.decode(
        token,
        key.key,
        algorithms=["RS256"],
        audience=settings.SERVICE_NAME,
        issuer=issuer,
        leeway=LEEWAY,
        options={"require": ["exp", "iat", "jti"]},
    )
    if claims.get("scope") != scope:
        raise jwt.InvalidTokenError("signed for another operation")
    if jti is not None and claims["jti"] != jti:
        raise jwt.InvalidTokenError("answers another request")
    return claims
