"""What MongoClient is given, from an entry of DATABASES."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from pymongo.errors import ConfigurationError
from pymongo.uri_parser import parse_uri

MECHANISMS = ("SCRAM-SHA-1", "MONGODB-AWS")

# Times are milliseconds. A request should get its error before its client gives up. A failover of
# DocumentDB takes longer than any of these, so requests during one fail rather than pile up.
DEFAULTS: Mapping[str, Any] = {
    "serverSelectionTimeoutMS": 1500,
    "connectTimeoutMS": 1500,
    "waitQueueTimeoutMS": 1500,
    "socketTimeoutMS": 10_000,
    # After a refusal by what is no longer the primary, the client looks for the new one at once.
    # By "auto" it waits for servers to report, and that DocumentDB does so is not documented.
    "serverMonitoringMode": "poll",
}

# Options of this backend that MongoClient does not know.
OWN_OPTIONS = ("gate", "credentials")


def client_parameters(given: Mapping[str, Any]) -> dict[str, Any]:
    """The parent's parameters, completed for DocumentDB. Raises ImproperlyConfigured."""
    parameters = {name: value for name, value in given.items() if name not in OWN_OPTIONS}
    stated = stated_options(given)
    _refuse(stated)
    parameters["retryWrites"] = False
    for name, default in DEFAULTS.items():
        if name.lower() not in stated:
            parameters[name] = default
    if stated["user"] or stated.get("username") or stated.get("credentials"):
        _authenticate(parameters, stated)
    return parameters


def stated_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Options of the connection string and of OPTIONS, by their names in small letters.

    Raises ImproperlyConfigured for a connection string that pymongo cannot read.
    """
    host = given.get("host") or ""
    stated: dict[str, Any] = {"user": None}
    if "://" in host:
        parsed = _parsed(host)
        stated["user"] = parsed["username"]
        stated |= {name.lower(): value for name, value in parsed["options"].items()}
    return stated | {name.lower(): value for name, value in given.items()}


def hosts(given: Mapping[str, Any]) -> list[str]:
    """The names of the hosts, without ports."""
    host = given.get("host") or "localhost"
    if "://" in host:
        return [name for name, _ in _parsed(host)["nodelist"]]
    return [urlsplit(f"//{host}").hostname or host]


def _parsed(uri: str) -> Mapping[str, Any]:
    if not uri.startswith("mongodb://"):
        raise ImproperlyConfigured(
            "The connection string does not begin with mongodb://. DocumentDB has no SRV records "
            "(mongodb+srv://)."
        )
    try:
        return parse_uri(uri, warn=False)
    except (ConfigurationError, ValueError, OSError) as error:
        # OSError: a file that an option names, such as tlsCAFile, cannot be read.
        raise ImproperlyConfigured(f"The connection string is not valid: {error}") from None


def _refuse(stated: Mapping[str, Any]) -> None:
    if stated.get("retrywrites"):
        raise ImproperlyConfigured(
            "retryWrites is on, and DocumentDB refuses retryable writes. "
            "Leave it out, or set it to False; the backend repeats what is safe to repeat."
        )
    mechanism = stated.get("authmechanism")
    if mechanism and mechanism not in MECHANISMS:
        raise ImproperlyConfigured(
            f"authMechanism is {mechanism}; DocumentDB knows {' and '.join(MECHANISMS)}. "
            "Leave it out for SCRAM-SHA-1."
        )
    preference = stated.get("readpreference") or stated.get("read_preference") or "primary"
    if str(getattr(preference, "name", preference)).lower() != "primary":
        raise ImproperlyConfigured(
            "readPreference is not primary: a replica lags behind, and Django reads what it has "
            "just written. Leave it out."
        )


def _authenticate(parameters: dict[str, Any], stated: Mapping[str, Any]) -> None:
    if "authmechanism" not in stated:
        parameters["authMechanism"] = "SCRAM-SHA-1"
    # All users of DocumentDB are in admin; pymongo would take the database of the URI.
    if "authsource" not in stated and stated.get("authmechanism") != "MONGODB-AWS":
        parameters["authSource"] = "admin"
