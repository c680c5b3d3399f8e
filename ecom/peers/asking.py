"""Asking another service: what it answers it has signed, for this very request."""

import json
import uuid
from typing import Any

import jwt

from ecom.peers.http import PeerClient
from ecom.peers.interfaces import PeerUnavailable
from ecom.peers.remote_keys import KeySource
from ecom.peers.signing import digest, sign, verify


class Peer:
    def __init__(self, name: str, client: PeerClient, keys: KeySource) -> None:
        self.name = name
        self.client = client
        self.keys = keys

    def ask(self, scope: str, path: str, **content: Any) -> dict[str, Any]:
        """The answer's claims. Raises PeerUnavailable, also for what is not signed as agreed."""
        jti = uuid.uuid4().hex
        body = json.dumps(content).encode()
        token = sign(self.name, scope, jti=jti, body=digest(body))
        response = self.client.post(path, token, body)
        try:
            return verify(response.text, self.keys, self.name, scope, jti)
        except jwt.InvalidTokenError as error:
            raise PeerUnavailable from error
