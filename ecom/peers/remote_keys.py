"""Another service's public keys (RFC 7517), fetched when needed and kept when it is away."""

import logging
import threading
import time
from typing import Protocol

import jwt

from ecom.keys import public_keys
from ecom.peers.http import PeerClient
from ecom.peers.interfaces import PeerUnavailable

logger = logging.getLogger(__name__)

REFRESH_AFTER = 300  # seconds
RETRY_AFTER = 5  # seconds between two fetches, whatever unknown ids are asked for


class KeySource(Protocol):
    def find_key(self, kid: str) -> jwt.PyJWK | None: ...


class RemoteKeys:
    def __init__(self, client: PeerClient, path: str) -> None:
        self.client = client
        self.path = path
        self._lock = threading.Lock()
        self._keys: dict[str, jwt.PyJWK] | None = None
        self._tried_at = float("-inf")

    def find_key(self, kid: str) -> jwt.PyJWK | None:
        """Raises PeerUnavailable as long as no keys could be fetched at all."""
        age = time.monotonic() - self._tried_at
        unknown = self._keys is None or kid not in self._keys
        if age > REFRESH_AFTER or (unknown and age > RETRY_AFTER):
            self._fetch()
        if self._keys is None:
            raise PeerUnavailable
        return self._keys.get(kid)

    def _fetch(self) -> None:
        tried_at = self._tried_at
        with self._lock:
            if self._tried_at != tried_at:
                return  # another thread has just tried
            try:
                self._keys = public_keys(self.client.get(self.path).json())
            except PeerUnavailable:
                pass  # the last keys stay; without any, find_key says so
            except (ValueError, KeyError, TypeError, AttributeError, jwt.PyJWTError):
                logger.warning("%s%s is not a JWK set", self.client.base_url, self.path)
            finally:
                self._tried_at = time.monotonic()
