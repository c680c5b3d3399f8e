"""Django's DATABASES from one URL: SQLite, PostgreSQL or Amazon DocumentDB."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from ecom import postgresql
from ecom.peers.address import is_own_machine
from ecom.postgresql import RDS_CERTIFICATES

Credentials = Callable[[tuple[str, str] | None], tuple[str, str]]

DOCUMENTDB = "ecom.documentdb"
LAX_TLS = ("tlsInsecure", "tlsAllowInvalidCertificates", "tlsAllowInvalidHostnames")
SQL = ("postgresql", "postgres", "pgsql", "sqlite")


def database_of(
    url: str,
    pool_size: int,
    gate: bool,
    statement_timeout: int = 0,
    credentials: Credentials | None = None,
) -> dict[str, Any]:
    """Raises ImproperlyConfigured, never with the URL: it holds a password.

    `statement_timeout` is in seconds, 0 for none. `credentials`, where the URL has none, gives
    user and password: newer ones, if there are any, than those it is called with since the server
    refused them.
    """
    if url.startswith(("mongodb://", "mongodb+srv://")):
        return documentdb(url, pool_size, gate, credentials)
    config: dict[str, Any] = {}
    with suppress(ValueError):  # of a port that is no number, which may be a piece of a password
        if urlsplit(url).scheme in SQL:  # of an unknown one django-environ would show everything
            config = environ.Env.db_url_config(url)
    if not config:
        raise ImproperlyConfigured(
            "DATABASE_URL is not like postgresql://user:password@host/name, "
            "nor like mongodb://user:password@host:27017/name."
        )
    if config["ENGINE"] == postgresql.ENGINE:
        configured = postgresql.configure(config, pool_size, statement_timeout)
        if credentials:
            sign_in_by(credentials, configured["OPTIONS"]["pool"])
        return configured
    if credentials:
        raise ImproperlyConfigured(
            "ECOM_DATABASE_SECRET_ID is set, and DATABASE_URL is neither that of a PostgreSQL nor "
            "that of a DocumentDB: remove one of the two."
        )
    return config | SQLITE


SQLITE = {
    "OPTIONS": {
        # A write lock taken at the start of a transaction waits its turn; one taken halfway
        # fails at once with "database is locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
    },
    "CONN_MAX_AGE": None,
}


def sign_in_by(credentials: Credentials, pool: dict[str, Any]) -> None:
    from ecom.secrets.postgresql import connection_class

    pool["connection_class"] = connection_class(pool["connection_class"], credentials)


def documentdb(
    url: str, pool_size: int, gate: bool, credentials: Credentials | None
) -> dict[str, Any]:
    from pymongo.errors import PyMongoError
    from pymongo.uri_parser import parse_uri

    try:
        parsed = parse_uri(url, warn=False)
    except (PyMongoError, ValueError, OSError) as error:
        raise ImproperlyConfigured(
            f"DATABASE_URL is not a connection string of MongoDB ({type(error).__name__}). Write "
            "mongodb://user:password@host:27017/name?tls=true&replicaSet=rs0, with the characters "
            ": / ? # [ ] @ % in the user and password as %3A and so on; a tlsCAFile must exist."
        ) from None
    if not parsed["database"]:
        raise ImproperlyConfigured(
            "DATABASE_URL names no database: write mongodb://host:27017/name?…"
        )
    refuse_lax_tls(parsed)
    options: dict[str, Any] = {"maxPoolSize": pool_size, "gate": gate}
    if credentials:
        options["credentials"] = credentials
    if on_aws(url) and "tlsCAFile" not in parsed["options"]:
        options["tlsCAFile"] = str(RDS_CERTIFICATES)
    return {"ENGINE": DOCUMENTDB, "HOST": url, "NAME": parsed["database"], "OPTIONS": options}


def refuse_lax_tls(parsed: Mapping[str, Any]) -> None:
    """But at the near end of a tunnel: no certificate names 127.0.0.1, and what leaves the machine
    is the tunnel's to protect. A task has no tunnel, whoever it may share its network with."""
    lax = next((name for name in LAX_TLS if parsed["options"].get(name)), None)
    tunnel = all(is_own_machine(host) for host, _ in parsed["nodelist"]) and not in_ecs_task()
    if lax and not tunnel:
        raise ImproperlyConfigured(
            f"DATABASE_URL says {lax}, and so would talk to anybody in the place of the database. "
            "Leave it out: it is only for a command on your own machine that connects to the near "
            "end of a tunnel, at 127.0.0.1."
        )


def in_ecs_task() -> bool:
    return "ECS_CONTAINER_METADATA_URI_V4" in os.environ


def on_aws(url: str) -> bool:
    """The certificates of Amazon's databases are signed by authorities that no system knows."""
    return (urlsplit(url).hostname or "").endswith(".docdb.amazonaws.com")
