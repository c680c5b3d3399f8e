"""The server's half of SCRAM-SHA-1 (RFC 5802), with MongoDB's digest in place of the password."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

ITERATIONS = 10_000


class WrongCredentials(Exception):  # noqa: N818 - it is what the client is told
    pass


@dataclass(frozen=True)
class Credentials:
    salt: bytes
    iterations: int
    stored_key: bytes
    server_key: bytes


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha1")


def password_digest(user: str, password: str) -> str:
    return hashlib.md5(f"{user}:mongo:{password}".encode()).hexdigest()


def credentials(digest: str) -> Credentials:
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha1", digest.encode(), salt, ITERATIONS)
    client_key = _hmac(salted, b"Client Key")
    stored_key = hashlib.sha1(client_key).digest()
    return Credentials(salt, ITERATIONS, stored_key, _hmac(salted, b"Server Key"))


def attributes(message: bytes) -> dict[str, str]:
    pairs = (part.split("=", 1) for part in message.decode().split(","))
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def user_of(first_message: bytes) -> str:
    name = attributes(first_message).get("n", "")
    return name.replace("=2C", ",").replace("=3D", "=")


class Conversation:
    def __init__(self, known: Credentials, first_message: bytes) -> None:
        """`first_message` is the client's: "n,,n=<user>,r=<nonce>"."""
        self.known = known
        self.client_first = first_message.split(b",", 2)[2]
        self.nonce = attributes(first_message).get("r", "") + secrets.token_urlsafe(18)
        salt = base64.b64encode(known.salt).decode()
        self.challenge = f"r={self.nonce},s={salt},i={known.iterations}".encode()

    def verify(self, final_message: bytes) -> bytes:
        """The server's signature for the right proof. WrongCredentials otherwise."""
        without_proof, _, encoded_proof = final_message.rpartition(b",p=")
        authentication = b",".join((self.client_first, self.challenge, without_proof))
        signature = _hmac(self.known.stored_key, authentication)
        proof = base64.b64decode(encoded_proof)
        client_key = bytes(a ^ b for a, b in zip(proof, signature, strict=False))
        if attributes(final_message).get("r") != self.nonce or not hmac.compare_digest(
            hashlib.sha1(client_key).digest(), self.known.stored_key
        ):
            raise WrongCredentials
        return b"v=" + base64.b64encode(_hmac(self.known.server_key, authentication))
