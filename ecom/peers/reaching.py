"""Whether another service can be reached from here: if not, why and what to do, in a sentence."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import jwt
import requests

from ecom.keys import public_keys
from ecom.peers.http import CONNECT_TIMEOUT, READ_TIMEOUT, PeerClient
from ecom.peers.remote_keys import RemoteKeys
from ecom.secrets.bounded import bounded

WITHIN = 8  # seconds, also where looking up the name takes long


class UnreachableError(Exception):
    """One sentence with cause and cure."""


def reach(keys: RemoteKeys) -> int:
    """Fetches the other service's public keys, which every call to it needs, and counts them.

    Raises UnreachableError.
    """
    client = keys.client
    try:
        response = bounded(lambda: client.send("GET", keys.path, {}), WITHIN)
        if response.status_code != 200:
            raise unreachable(client, *answered(response, client, keys.path))
        found = len(public_keys(response.json()))
    except (requests.ConnectionError, requests.Timeout, TimeoutError) as error:
        raise unreachable(client, *unanswered(error, client)) from error
    except (ValueError, KeyError, TypeError, AttributeError, jwt.PyJWTError) as error:
        raise unreachable(client, f"{keys.path} there is no set of public keys", ANOTHER) from error
    if not found:
        raise unreachable(client, "it publishes no keys", "give it SIGNING_KEYS")
    return found


ANOTHER = "another program answers at this address, so correct it"
AWAY = "look whether the service runs and what its log says"


def unreachable(client: PeerClient, cause: str, cure: str) -> UnreachableError:
    return UnreachableError(f"{client.setting} {client.base_url}: {cause}: {cure}.")


# Cause and cure by the first of these kinds that is among what an error came of.
REASONS: dict[type[Exception], tuple[str, str]] = {
    socket.gaierror: (
        "the name {name} does not resolve",
        "correct the address, or start that service, whose tasks are found by this name",
    ),
    ConnectionRefusedError: (
        "{host} refuses the connection",
        f"{AWAY}, and whether that is its port",
    ),
    requests.exceptions.SSLError: (
        "the certificate of {host} is not trusted",
        "give an address that its certificate names",
    ),
    requests.ReadTimeout: (
        f"{{host}} took the connection and did not answer within {READ_TIMEOUT:g} s",
        AWAY,
    ),
    requests.ConnectTimeout: (
        f"{{host}} did not accept a connection within {CONNECT_TIMEOUT:g} s",
        "let its security group accept the port from this service's, and that one send to it; a "
        "public address needs a way out of the subnet",
    ),
    TimeoutError: (
        f"nothing came of the call within {WITHIN} s",
        "look at the DNS of the network",
    ),
    Exception: ("{host} broke the connection off", AWAY),
}


def unanswered(error: Exception, client: PeerClient) -> tuple[str, str]:
    parts = urlsplit(client.base_url)
    found = list(causes(error))
    cause, cure = next(
        reason for kind, reason in REASONS.items() if any(isinstance(each, kind) for each in found)
    )
    return cause.format(name=parts.hostname, host=parts.netloc), cure


def answered(response: requests.Response, client: PeerClient, path: str) -> tuple[str, str]:
    status, host = response.status_code, urlsplit(client.base_url).hostname
    cause = f"it answers {path} with {status}"
    if status == 400:
        return cause, f"put {host} into ALLOWED_HOSTS of that service"
    if status == 404:
        return cause, f"{ANOTHER}, or let the load balancer send it this path"
    if response.is_redirect:
        return f"{cause}, a redirect", f"{ANOTHER}, or give the https address"
    if status >= 500:
        return cause, AWAY
    return cause, ANOTHER


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """urllib3 keeps the reason in an argument, and Python what it came of."""
    while error is not None:
        yield error
        inner = error.args[0] if error.args else None
        reason = getattr(inner, "reason", None)
        error = (
            reason if isinstance(reason, BaseException) else error.__cause__ or error.__context__
        )
